"""The bundled network for sounds, built new or written with a head that was solved for, with the code that transformers
needs to load it elsewhere beside its weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

import core.modalities.audio as audio
from core.modalities.audio.features import RATE, VERSION
from core.modalities.audio.preparation import Pictures
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

FRAMES = 48
"""Of a spectrogram where nothing says how long sounds are: 1 s."""
CODE = ("log_mel.py", "features.py")
MODEL, CONFIG, EXTRACTOR = (
    f"log_mel.{name}" for name in ("LogMelForAudioClassification", "LogMelConfig", "LogMelFeatureExtractor")
)


def build(labels: Sequence[str], frames: int, target: Target = ONE_CLASS) -> Any:
    """The convolutional network, its weights drawn from torch's global generator."""
    from core.finetune.classifiers.classifier import label_names
    from core.modalities.audio.log_mel import LogMelConfig, LogMelForAudioClassification

    settings: Any = LogMelConfig
    network: Any = LogMelForAudioClassification
    settings.register_for_auto_class()
    network.register_for_auto_class("AutoModelForAudioClassification")
    return network(LogMelConfig(frames=frames, features=VERSION, **label_names(labels, target)))


def pictures(frames: int) -> Pictures:
    """What makes sounds ready for it."""
    from core.modalities.audio.log_mel import LogMelFeatureExtractor

    extractor: Any = LogMelFeatureExtractor
    extractor.register_for_auto_class()
    return Pictures(extractor(frames=frames))


def write(folder: Path, labels: Sequence[str], weight: Tensor, bias: Tensor, target: Target = ONE_CLASS) -> None:
    """Writes a model that is a linear layer (weight (k, d), bias (k,)) on the statistics of a sound.

    Without transformers: importing it takes longer than all of the quick retrain.
    """
    from core.finetune.classifiers.classifier import label_names

    folder.mkdir(parents=True, exist_ok=True)
    for name in CODE:
        shutil.copyfile(Path(audio.__path__[0]) / name, folder / name)
    state = {"classifier.weight": weight.float().contiguous().cpu(), "classifier.bias": bias.float().contiguous().cpu()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    about = {
        "architectures": [MODEL.split(".")[1]],
        "auto_map": {"AutoConfig": CONFIG, "AutoModelForAudioClassification": MODEL},
        "model_type": "winnow-log-mel",
        "body": "statistics",
        "features": VERSION,
        "dtype": "float32",
    }
    _write_json(folder / "config.json", about | label_names(labels, target))
    extractor = {
        "auto_map": {"AutoFeatureExtractor": EXTRACTOR},
        "feature_extractor_type": EXTRACTOR.split(".")[1],
        "sampling_rate": RATE,
        "body": "statistics",
    }
    _write_json(folder / "preprocessor_config.json", extractor)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")

"""A model folder of a network of Winnow's own, with the code that transformers needs to load it elsewhere beside its
weights. Without transformers: importing it takes longer than all of the quick retrain."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

import core.modalities.audio as audio
from core.modalities.audio.features import RATE, VERSION


@dataclass(frozen=True, slots=True)
class Code:
    """Where the classes of a network for sounds stand."""

    files: tuple[str, ...]
    """In `core.modalities.audio`, the one with the classes first."""
    model: str
    config: str
    extractor: str
    model_type: str

    def write(
        self,
        folder: Path,
        state: Mapping[str, Tensor],
        labels: Mapping[str, Any],
        config: Mapping[str, Any],
        extractor: Mapping[str, Any],
    ) -> None:
        """`labels`: what the config says of the classes; `config` and `extractor`: what else they hold."""
        module = self.files[0].removesuffix(".py")
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.files:
            shutil.copyfile(Path(audio.__path__[0]) / name, folder / name)
        kept = {name: value.float().contiguous().cpu() for name, value in state.items()}
        save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
        about = {
            "architectures": [self.model],
            "auto_map": {
                "AutoConfig": f"{module}.{self.config}",
                "AutoModelForAudioClassification": f"{module}.{self.model}",
            },
            "model_type": self.model_type,
            "features": VERSION,
            "dtype": "float32",
        }
        _write_json(folder / "config.json", {**about, **config, **labels})
        of_sounds = {
            "auto_map": {"AutoFeatureExtractor": f"{module}.{self.extractor}"},
            "feature_extractor_type": self.extractor,
            "sampling_rate": RATE,
        }
        _write_json(folder / "preprocessor_config.json", {**of_sounds, **extractor})


def registered(network: Any, settings: Any) -> None:
    """A network that is saved by transformers brings its code, too."""
    settings.register_for_auto_class()
    network.register_for_auto_class("AutoModelForAudioClassification")


def head(weight: Tensor, bias: Tensor) -> dict[str, Tensor]:
    """The state of a head (weight (k, d), bias (k,)) that was solved for."""
    return {"classifier.weight": weight, "classifier.bias": bias}


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")

"""The bundled classifier of what is said, built on the speech embedding's weights or written with a head that was
solved for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from core.finetune.classifiers.own_code import Code, head, registered
from core.modalities.audio.features import SPEECH_BANDS, VERSION
from core.modalities.audio.preparation import Waves
from core.modalities.audio.speech_body import SCALE
from core.modalities.audio.speech_encoder import weights
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

CODE = Code(
    ("speech.py", "speech_body.py", "features.py"),
    "SpeechForAudioClassification",
    "SpeechConfig",
    "SpeechFeatureExtractor",
    "winnow-speech",
)


def build(labels: Sequence[str], target: Target = ONE_CLASS) -> Any:
    """The classifier, its head drawn from torch's global generator."""
    from core.finetune.classifiers.classifier import label_names
    from core.modalities.audio.speech import SpeechConfig, SpeechForAudioClassification

    registered(SpeechForAudioClassification, SpeechConfig)
    model: Any = SpeechForAudioClassification(SpeechConfig(features=VERSION, **label_names(labels, target)))
    model.body.load_state_dict(weights())
    return model


def waves() -> Waves:
    """What makes sounds ready for it."""
    from core.modalities.audio.speech import SpeechFeatureExtractor

    extractor: Any = SpeechFeatureExtractor
    extractor.register_for_auto_class()
    return Waves(extractor())


def write(folder: Path, labels: Sequence[str], weight: Tensor, bias: Tensor, target: Target = ONE_CLASS) -> None:
    """Writes the classifier with a head (weight (k, d), bias (k,)) on what the encoder `speech` gives."""
    from core.finetune.classifiers.classifier import label_names

    state = {f"body.{name}": value for name, value in weights().items()} | head(weight / SCALE, bias)
    CODE.write(folder, state, label_names(labels, target), {}, {"feature_size": SPEECH_BANDS})

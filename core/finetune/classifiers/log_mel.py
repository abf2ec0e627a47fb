"""The bundled network for sounds that nobody has trained before, built new or written with a head that was solved
for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from core.finetune.classifiers.own_code import Code, head, registered
from core.modalities.audio.features import VERSION
from core.modalities.audio.preparation import Pictures
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

FRAMES = 48
"""Of a spectrogram where nothing says how long sounds are: 1 s."""
CODE = Code(
    ("log_mel.py", "features.py"),
    "LogMelForAudioClassification",
    "LogMelConfig",
    "LogMelFeatureExtractor",
    "winnow-log-mel",
)


def build(labels: Sequence[str], frames: int, target: Target = ONE_CLASS) -> Any:
    """The convolutional network, its weights drawn from torch's global generator."""
    from core.finetune.classifiers.classifier import label_names
    from core.modalities.audio.log_mel import LogMelConfig, LogMelForAudioClassification

    registered(LogMelForAudioClassification, LogMelConfig)
    network: Any = LogMelForAudioClassification
    return network(LogMelConfig(frames=frames, features=VERSION, **label_names(labels, target)))


def pictures(frames: int) -> Pictures:
    """What makes sounds ready for it."""
    from core.modalities.audio.log_mel import LogMelFeatureExtractor

    extractor: Any = LogMelFeatureExtractor
    extractor.register_for_auto_class()
    return Pictures(extractor(frames=frames))


def write(folder: Path, labels: Sequence[str], weight: Tensor, bias: Tensor, target: Target = ONE_CLASS) -> None:
    """Writes a model that is a linear layer (weight (k, d), bias (k,)) on the statistics of a sound."""
    from core.finetune.classifiers.classifier import label_names

    body = {"body": "statistics"}
    CODE.write(folder, head(weight, bias), label_names(labels, target), body, body)

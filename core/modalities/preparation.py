"""What makes examples ready for a classifier, whatever they are. For jobs alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch

from core.modalities.inputs import Given, Inputs
from core.modalities.payloads import Payloads
from core.progress import Report

Stages = Callable[[str], Report]
"""The report of a stage of the preparation, by its name."""


class Preparation(Protocol):
    """A tokenizer, an image processor, and the like, as saved beside a model."""

    window: ClassVar[int]
    """Examples that are encoded at a time."""
    channels_last: ClassVar[bool]
    """Whether the model's convolutions are quicker on a GPU with channels last."""

    def encode(self, payloads: Sequence[Any]) -> list[Any]:
        """Each example as it is kept for the model: texts, or files as paths or opened."""

    def collate(self, encoded: Sequence[Any]) -> Given:
        """One batch on the CPU, padded where examples differ in length."""

    def ready(self, batch: Given) -> Given:
        """What `model(**inputs)` takes, without labels, of a batch on the model's device."""

    def cost(self, encoded: Any) -> int:
        """What an encoded example takes of `most`."""

    def most(self, where: torch.device) -> int:
        """What a batch may cost without gradients, as if each of its examples cost as much as the dearest."""

    def cache_key(self, config: Any) -> str:
        """What of it changes the features that a model with this config gives an example."""

    def inputs(self, payloads: Payloads, arrays: Path, where: torch.device, stages: Stages) -> Inputs:
        """All of a job's examples for a model on the device `where`: encoded, and kept below `arrays` for the next
        job."""

    def save(self, folder: Path) -> None:
        """Writes what transformers' Auto classes load beside a model."""

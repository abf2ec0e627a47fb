"""What a fine-tune is asked for, what it says while it runs, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.jobs.about import About
from core.records import TrainSpec
from core.typed import FLAT

TRAIN_ROWS = 50_000
"""At most so many rows of `train` are predicted, and have their features kept, by a fine-tune of more than the head."""


@dataclass(frozen=True, slots=True)
class TrainJobSpec:
    """A fine-tune of a version."""

    title: str
    settings: TrainSpec = field(metadata=FLAT)
    """With every default filled in."""
    about: About = field(metadata=FLAT)
    accelerate_yaml: str | None = None
    """The person's own accelerate config as it was at the start, where the run follows one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """An event `metrics`: figures of one step."""

    step: int
    epoch: float
    split: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Note:
    """An event `note`: what the person should know."""

    text: str


@dataclass(frozen=True, slots=True)
class SplitScores:
    """How the model scores on a split."""

    rows: int
    loss: float
    """Mean log loss in nats; of numbers the mean squared error."""
    accuracy: float | None = None
    macro_f1: float | None = None
    """None where labels are numbers."""
    mae: float | None = None
    rmse: float | None = None
    r2: float | None = None
    """None where they are classes."""

    @property
    def told(self) -> dict[str, float]:
        """The scores that there are, as they are told by step."""
        values = {name: getattr(self, name) for name in ("accuracy", "macro_f1", "mae", "rmse", "r2")}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class TrainResult:
    """How a fine-tune went."""

    splits: Mapping[str, SplitScores]
    epochs: int
    steps: int
    best_epoch: int
    seconds: Mapping[str, float]
    """Of each stage."""
    device: str
    processes: int
    precision: str
    examples_per_second: float
    peak_memory: int | None
    """Bytes on the device; None where it cannot be told."""
    batch: int
    """Examples that are on the device at a time."""
    accumulation: int
    notes: tuple[str, ...] = ()

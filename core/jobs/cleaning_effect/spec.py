"""What the question whether cleaning helped is asked with, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.jobs.about import About
from core.records import EffectScoring, ReviewedRows, TrainSpec
from core.typed import FLAT


@dataclass(frozen=True, slots=True)
class CleaningEffectSpec:
    """A comparison of the labels of a reviewed version with those of the load."""

    seeds: int
    settings: TrainSpec = field(metadata=FLAT)
    """What each model is trained with, every default filled in."""
    about: About = field(metadata=FLAT)


@dataclass(frozen=True, slots=True)
class CleaningEffectResult:
    """What was found."""

    train: ReviewedRows
    test: ReviewedRows
    scorings: tuple[EffectScoring, ...]
    """On the test labels as given, then as reviewed."""
    notes: tuple[str, ...]
    seconds: float
    device: str

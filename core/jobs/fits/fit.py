"""One fine-tune of several that a job does in turn."""

from __future__ import annotations

from dataclasses import dataclass

from core.finetune.checkpoint import Checkpoints
from core.finetune.place import Place
from core.jobs.about import About
from core.jobs.fits.report import FitReport
from core.records import TrainSpec


@dataclass(frozen=True, slots=True)
class Fit:
    """Where and how it learns. No validation split chooses among its epochs: its last weights count."""

    about: About
    settings: TrainSpec
    """With every default filled in."""
    place: Place
    checkpoints: Checkpoints
    """Where one that was stopped goes on from."""
    report: FitReport

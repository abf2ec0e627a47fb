"""The models that a scan fine-tunes, one after the other, each without a fold, and what they say of it.

What a model says is kept in the job's folder: a scan that was stopped and is started again goes on with the fold that
was under way, from its last checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.files import remove_parts, whole
from core.finetune.checkpoint import Checkpoints
from core.finetune.place import Place
from core.jobs.fits.fit import Fit
from core.jobs.fits.report import FitReport
from core.jobs.scan.fold_settings import KEPT, fold_settings, name_of, stage_of
from core.jobs.scan.spec import ScanJobSpec
from core.queue import JobFolder, ProgressWriter
from core.words import stored

Rows = NDArray[np.int64]
FitAndAsk = Callable[[Fit, Rows, Rows], NDArray[np.float32]]
"""Given the rows to learn from and those to be asked about."""


@dataclass
class FineTuned:
    """One model for each of `folds` folds."""

    folder: JobFolder
    progress: ProgressWriter
    spec: ScanJobSpec
    rows: int
    folds: int
    fit_and_ask: FitAndAsk
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As the tier calls them."""
        return name_of(self.spec.settings.fine_tune)

    def ask(self, fold: int, train: Rows, held: Rows) -> NDArray[np.float32]:
        """What a model that has learnt the rows `train` says of the rows `held`. Raises Stopped once a checkpoint is
        saved."""
        path = self._kept / f"{fold:03d}.npy"
        if not path.exists():
            stage = stage_of(self.spec.settings.fine_tune, fold, self.folds)
            number = fold + 1
            report = FitReport(self.progress, stage, stored(f"fold {number}:"), 0, 1, self.notes)
            checkpoints = Checkpoints(self._kept / f"checkpoint-{fold:03d}")
            settings = fold_settings(
                self.spec.settings, self.spec.about.task, self.rows, self.place.device.type != "cpu"
            )
            found = self.fit_and_ask(Fit(self.spec.about, settings, self.place, checkpoints, report), train, held)
            self._kept.mkdir(parents=True, exist_ok=True)
            remove_parts(self._kept)
            with whole(path) as part, part.open("wb") as file:
                np.save(file, found)
            checkpoints.clear()
        said: NDArray[np.float32] = np.load(path, allow_pickle=False)
        return said

    @cached_property
    def place(self) -> Place:
        """The GPU where there is one; models are not loaded before there is a fold to learn."""
        return Place.of("auto")

    @property
    def _kept(self) -> Path:
        return self.folder.output / KEPT

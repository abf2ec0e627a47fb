"""One full fine-tune per arm and seed, one after the other: the training loop of `core.finetune` on each arm's labels.

A stop saves a checkpoint of the fine-tune that is under way; what the ones before it predict is on disk already.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.files import whole
from core.finetune.checkpoint import Checkpoints
from core.finetune.place import Place
from core.jobs.cleaning_effect.draws import Draw, draw
from core.jobs.cleaning_effect.rows import LabelledRows
from core.jobs.cleaning_effect.spec import CleaningEffectSpec
from core.jobs.fits.fit import Fit
from core.jobs.fits.report import FitReport
from core.jobs.fits.rows import fit_rows
from core.queue import JobFolder, ProgressWriter
from core.records import ARMS, Arm
from core.targets import Labels
from core.targets.arrays import most_probable
from core.tasks import task_named
from core.words import later, stored

STAGE = "fine-tuning"
_LABELS: dict[Arm, str] = {
    "given": later("labels given"),
    "reviewed": later("labels reviewed"),
    "random": later("labels random"),
}


def predict_by_fine_tunes(
    folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows
) -> tuple[dict[Arm, Labels], list[str]]:
    """What the fine-tunes of each arm predict for the test rows, (seeds, test rows) or (seeds, test rows, k), and what
    a person should know.

    Each goes through its rows for the same number of epochs and keeps its last weights: no validation split chooses.
    """
    return _FineTunes(folder, progress, spec, rows).run()


class _FineTunes:
    def __init__(
        self, folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows
    ) -> None:
        self.folder, self.progress, self.spec, self.rows = folder, progress, spec, rows
        self.settings = replace(spec.settings, patience=0)
        self.place = Place.of(self.settings.precision)
        self.seeds, self.labels = spec.seeds, spec.about.labels
        self.task = task_named(spec.about.task)
        self.notes: list[str] = []

    def run(self) -> tuple[dict[Arm, Labels], list[str]]:
        given, reviewed = self.rows.given[self.rows.train], self.rows.reviewed[self.rows.train]
        found: dict[Arm, list[Labels]] = {arm: [] for arm in ARMS}
        for seed in range(self.seeds):
            drawn = draw(given, reviewed, len(self.labels), seed)
            for place, arm in enumerate(ARMS):
                found[arm].append(self._predicted(drawn, arm, seed, len(ARMS) * seed + place))
        return {arm: np.stack(each) for arm, each in found.items()}, list(dict.fromkeys(self.notes))

    def _predicted(self, drawn: Draw, arm: Arm, seed: int, done: int) -> Labels:
        """Of the test rows, from disk where an earlier attempt got that far."""
        path = self.folder.output / f"seed-{seed:03d}-{arm}.npy"
        if not path.exists():
            checkpoints = Checkpoints(self.folder.output / "checkpoint" / path.stem)
            mark, total = _LABELS[arm], len(ARMS) * self.seeds
            title = stored(f"{mark}, seed {seed}:")
            report = FitReport(self.progress, STAGE, title, done, total, self.notes)
            fit = Fit(self.spec.about, replace(self.settings, seed=seed), self.place, checkpoints, report)
            places = drawn.rows(arm)
            train, labels = self.rows.train[places], drawn.labels[arm][places]
            probabilities = fit_rows(fit, self.rows.rows, train, labels, self.rows.test)
            predicted = most_probable(probabilities, self.task.target.several)[0]
            with whole(path) as part, part.open("wb") as file:
                np.save(file, predicted)
            checkpoints.clear()
        found: Labels = np.load(path, allow_pickle=False)
        return found

"""One full fine-tune per arm and seed, one after the other: the training loop of `core.finetune` on each arm's labels.

A stop saves a checkpoint of the fine-tune that is under way; what the ones before it predict is on disk already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from core.files import whole
from core.finetune.checkpoint import Checkpoints
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.examples import Examples
from core.finetune.forward import forward
from core.finetune.loop import Loop
from core.finetune.place import Place
from core.finetune.vocabulary import only_occurring
from core.jobs.cleaning_effect.draws import Draw, draw
from core.jobs.cleaning_effect.rows import LabelledRows
from core.jobs.cleaning_effect.spec import CleaningEffectSpec
from core.jobs.examples import JobExamples
from core.jobs.report import JobReport
from core.modalities.heavy import heavy_modality
from core.queue import JobFolder, ProgressWriter, Stopped
from core.records import ARMS, Arm
from core.targets import Labels
from core.targets.arrays import most_probable
from core.tasks import task_named

STAGE = "fine-tuning"


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
        self.side = heavy_modality(self.task.modality).input_size(rows.rows.payloads)
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
            report = _FitReport(self.progress, f"labels {arm}, seed {seed}", done, len(ARMS) * self.seeds, self.notes)
            predicted = self._fine_tune(drawn, arm, seed, checkpoints, report)
            with whole(path) as part, part.open("wb") as file:
                np.save(file, predicted)
            checkpoints.clear()
        found: Labels = np.load(path, allow_pickle=False)
        return found

    def _fine_tune(self, drawn: Draw, arm: Arm, seed: int, checkpoints: Checkpoints, report: _FitReport) -> Labels:
        report.tell("loading the model")
        spec, task = self.settings, self.task.name
        classifier = load_classifier(
            spec.model, task, self.labels, max_tokens=spec.max_tokens, seed=seed, side=self.side
        )
        classifier.freeze(spec.strategy, spec.last_layers)
        arrays, loading = self.spec.about.arrays, JobReport(self.folder, self.progress)
        examples = JobExamples(classifier, self.rows.rows, arrays, loading, self.place.device)
        places = drawn.rows(arm)
        train = replace(examples.of(self.rows.train[places]), labels=drawn.labels[arm][places])
        nothing = examples.of(np.empty(0, np.int64))
        with only_occurring(classifier.model, examples.words(self.rows.train)):
            loop = Loop(classifier, train, nothing, replace(spec, seed=seed), self.place, checkpoints, report)
            if not loop.run():
                raise Stopped
        return self._answers(classifier, examples.of(self.rows.test), report.tell)

    def _answers(self, classifier: Classifier, test: Examples, tell: Callable[[str], None]) -> Labels:
        found = np.empty_like(test.labels)
        for output in forward(classifier, test, np.arange(len(test)), self.place):
            found[output.rows] = most_probable(output.probabilities, self.task.target.several)[0]
            tell("predicting")
        return found


@dataclass(slots=True)
class _FitReport:
    """Says how far all fine-tunes are, out of what one of them says of itself."""

    progress_of_job: ProgressWriter
    title: str
    done: int
    """Fine-tunes before this one."""
    total: int
    notes: list[str]
    share: float = field(default=0.0)
    """Of this one."""

    def tell(self, message: str) -> None:
        """Raises Stopped once the run was asked to end."""
        self.progress_of_job.update(STAGE, self.done + self.share, self.total, f"{self.title}: {message}")

    def progress(self, stage: str, done: float, total: float, message: str = "") -> bool:
        """Returns whether the run was asked to stop."""
        self.share = done / max(1.0, total)
        try:
            self.tell(message)
        except Stopped:
            return True
        return False

    def metrics(self, step: int, epoch: float, split: str, values: dict[str, float]) -> None:
        """The curves of one fine-tune of many are not kept."""

    def note(self, text: str) -> None:
        self.notes.append(f"{self.title}: {text}")

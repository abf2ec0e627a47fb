"""A job that asks whether cleaning helped: `python -m core.jobs.cleaning_effect.run FOLDER`.

spec.json   a `CleaningEffectSpec`
input/      rows.parquet: example_id, content_hash, label (class index as loaded, a list of them, or a number), reviewed
            (the same after review, NULL for a row that review excluded), split (train or test), text, media_id;
            of labels that are spans also spans and reviewed_spans, their text forms, and tokens
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.evaluation.effect import compare_arms
from core.evaluation.effect_numbers import compare_number_arms
from core.jobs.cleaning_effect.rows import LabelledRows
from core.jobs.cleaning_effect.spec import CleaningEffectResult, CleaningEffectSpec
from core.jobs.entry import run
from core.jobs.rows import array_form, read_rows, read_splits
from core.queue import JobFolder, ProgressWriter
from core.records import Arm, EffectScoring, ReviewedRows, TestLabels
from core.targets import Labels
from core.targets.arrays import distinct, numeric, same, unlabelled
from core.tasks import task_named

SCORED: tuple[TestLabels, ...] = ("given", "reviewed")
Predictions = dict[Arm, Labels]
"""What the models of each arm predict for the test rows: (seeds, test rows), or (seeds, test rows, k) of several."""


def main(folder: JobFolder, progress: ProgressWriter) -> CleaningEffectResult:
    """Trains every model, scores it on both sets of test labels, and compares."""
    begun = time.monotonic()
    spec = folder.spec_as(CleaningEffectSpec)
    if task_named(spec.about.task).target.located:
        from core.jobs.cleaning_effect.spans import effect_of_spans

        return effect_of_spans(folder, progress, spec)
    rows = _read(folder, spec)
    _check(rows)
    predictions, notes = _predict(folder, progress, spec, rows)
    scorings = [_score(rows, predictions, labels_from, spec.about.labels, progress) for labels_from in SCORED]
    return CleaningEffectResult(
        train=_reviewed(rows, rows.train),
        test=_reviewed(rows, rows.test),
        scorings=tuple(scorings),
        notes=tuple(notes),
        seconds=round(time.monotonic() - begun, 2),
        device=device_name(device()),
    )


def _read(folder: JobFolder, spec: CleaningEffectSpec) -> LabelledRows:
    column = pq.read_table(folder.input / "rows.parquet", columns=["reviewed"]).column("reviewed")
    classes = len(spec.about.labels)
    reviewed = array_form(column.combine_chunks(), classes)
    splits = read_splits(folder)
    train, test = (np.flatnonzero(splits == split) for split in ("train", "test"))
    return LabelledRows(read_rows(folder, spec.about.task, spec.about.media, classes), reviewed, train, test)


def _check(rows: LabelledRows) -> None:
    """Raises UsageError where one of the arms has nothing to tell apart."""
    for labels, words in ((rows.given, "as given"), (rows.reviewed, "as reviewed")):
        learnt = labels[rows.train]
        if len(distinct(learnt[~unlabelled(learnt)])[0]) < 2:
            raise UsageError(
                f"By their labels {words}, the rows to learn from are all alike.",
                "Take a version whose train split has at least two different labels.",
            )


def _predict(
    folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows
) -> tuple[Predictions, list[str]]:
    if numeric(rows.given):
        from core.jobs.cleaning_effect.numbers import predict_by_lines

        return predict_by_lines(progress, spec, rows)
    if spec.settings.strategy == "head":
        from core.jobs.cleaning_effect.head import predict_by_heads

        return predict_by_heads(folder, progress, spec, rows)
    from core.jobs.cleaning_effect.full import predict_by_fine_tunes

    return predict_by_fine_tunes(folder, progress, spec, rows)


def _score(
    rows: LabelledRows,
    predictions: Predictions,
    labels_from: TestLabels,
    labels: Sequence[str],
    progress: ProgressWriter,
) -> EffectScoring:
    """On the test rows that have a label in this set."""
    true = (rows.given if labels_from == "given" else rows.reviewed)[rows.test]
    kept = np.flatnonzero(~unlabelled(true))
    scored = {arm: found[:, kept] for arm, found in predictions.items()}

    report = progress.stage(f"intervals on the test labels as {labels_from}")
    if numeric(true):
        return EffectScoring(labels_from, len(kept), compare_number_arms(true[kept], scored, report))
    return EffectScoring(labels_from, len(kept), compare_arms(true[kept], scored, labels, report))


def _reviewed(rows: LabelledRows, split: NDArray[np.int64]) -> ReviewedRows:
    given, reviewed = rows.given[split], rows.reviewed[split]
    excluded = unlabelled(reviewed)
    return ReviewedRows(len(split), int((~same(given, reviewed) & ~excluded).sum()), int(excluded.sum()))


if __name__ == "__main__":
    run(main)

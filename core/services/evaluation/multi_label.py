"""How good a run is, or which of two is better, where a label is several classes: the work that `measures` keeps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.context import Context
from core.errors import UsageError
from core.evaluation import multi_label
from core.evaluation.bootstrap import set_score_intervals
from core.evaluation.comparison import only_exact, paired_set_intervals, set_differences
from core.evaluation.confusion import Cells
from core.evaluation.multi_label import SetPairs, set_pairs
from core.progress import Report, part
from core.records import Difference, Estimate, Interval, LabelsFrom, MultiLabelComparison, MultiLabelEvaluation, Run
from core.services.evaluation.probabilities import SetProbabilities, split_probabilities
from core.store.predicted_sets import set_counts
from core.store.relations import relation
from core.targets.contract import Target

MOST_CLASSES = 5_000
"""Beyond it, a count for each pair of classes no longer fits beside a page: it takes 200 MB."""

_NOT_MADE = np.zeros((0, 0), np.int64)


@dataclass(frozen=True, slots=True)
class Kept:
    """An evaluation without its counts by pairs of classes, and the cells to make them of: at a thousand classes a
    tenth of the memory."""

    evaluation: MultiLabelEvaluation
    together: Cells

    def whole(self) -> MultiLabelEvaluation:
        return replace(self.evaluation, missed_and_added=self.together.matrix())


@dataclass(frozen=True, slots=True)
class KeptComparison:
    """The same of a comparison."""

    first: Kept
    second: Kept
    differences: tuple[Difference, ...]
    only_right: tuple[int, int]

    def whole(self) -> MultiLabelComparison:
        first, second = self.first.whole(), self.second.whole()
        tables = second.tables - first.tables
        return MultiLabelComparison(first, second, first.rows, self.differences, tables, *self.only_right)


def evaluation(
    context: Context,
    run: Run,
    target: Target,
    split: str,
    truth_id: str,
    labels_from: LabelsFrom,
    report: Report,
) -> Kept | None:
    """A run's predictions on a split; None where there is nothing to count."""
    pairs, labels = _pairs(context, (run,), target, split, truth_id)
    if not pairs:
        return None
    ends = set_score_intervals(pairs[0], part(report, 0, 0.5))
    made = _evaluation(run, truth_id, split, labels_from, labels, pairs[0], ends)
    found = split_probabilities(context, run, target, split, truth_id)
    if not isinstance(found, SetProbabilities):
        return made
    loss = found.loss(part(report, 0.5, 1))
    return replace(made, evaluation=replace(made.evaluation, log_loss=loss))


def comparison(
    context: Context,
    runs: tuple[Run, Run],
    target: Target,
    split: str,
    truth_id: str,
    labels_from: LabelsFrom,
    report: Report,
) -> KeptComparison | None:
    """Two runs on the rows of a split that both have predicted; None where there are none."""
    pairs, labels = _pairs(context, runs, target, split, truth_id)
    if not pairs:
        return None
    found = paired_set_intervals(pairs[0], pairs[1], report)
    first, second = (
        _evaluation(run, truth_id, split, labels_from, labels, one, ends)
        for run, one, ends in zip(runs, pairs, (found.first, found.second), strict=True)
    )
    differences = set_differences(pairs[0], pairs[1], labels, found.differences)
    return KeptComparison(first, second, differences, only_exact(pairs[0], pairs[1]))


def check_classes(labels: Collection[str]) -> None:
    """Raises UsageError for more classes than can be held against each other."""
    if len(labels) > MOST_CLASSES:
        raise UsageError(
            f"{len(labels):,} classes are too many for a confusion matrix.",
            f"Winnow evaluates up to {MOST_CLASSES:,}; the metrics of the run itself stand under Train.",
        )


def _pairs(
    context: Context, runs: Sequence[Run], target: Target, split: str, truth_id: str
) -> tuple[tuple[SetPairs, ...], tuple[str, ...]]:
    """The pairs of each run, none where no row has any, and the classes."""
    truth = relation(context.store, truth_id)
    counts = set_counts(context.store, [run.run_id for run in runs], split, truth, target.classes_sql)
    known = tuple(dict.fromkeys(label for run in runs for label in run.labels))
    check_classes({*known, *counts.members.names})
    return set_pairs(counts, known) if len(counts.count) else ((), known)


def _evaluation(
    run: Run,
    truth_id: str,
    split: str,
    labels_from: LabelsFrom,
    labels: tuple[str, ...],
    found: SetPairs,
    ends: tuple[Interval, Interval, Interval],
) -> Kept:
    by_class = found.sums()
    classes = multi_label.class_scores(by_class, labels)
    made = MultiLabelEvaluation(
        run_id=run.run_id,
        version_id=truth_id,
        split=split,
        labels_from=labels_from,
        rows=found.rows,
        labels=labels,
        accuracy=Estimate(multi_label.subset_accuracy(found), *ends[0]),
        micro_f1=Estimate(multi_label.micro_f1(by_class), *ends[1]),
        macro_f1=Estimate(multi_label.macro_f1(by_class), *ends[2]),
        hamming_loss=multi_label.hamming_loss(found),
        classes=classes,
        averages=multi_label.averages(found, classes),
        tables=multi_label.tables(by_class, found.rows),
        missed_and_added=_NOT_MADE,
        log_loss=None,
    )
    return Kept(made, multi_label.missed_and_added(found))

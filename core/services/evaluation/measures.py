"""How good a run is, or which of two is better: reads the store and the run's probabilities, asks `core.evaluation`.

What takes longer than a page may wait is worked out beside it and kept: neither predictions nor versions ever change.
Such functions give their answer or `Pending`; with `timeout=None` they wait to the end, as the command line does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from core.beside.answers import TIMEOUT, Answers, Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation import curves as drawn
from core.evaluation import metrics
from core.evaluation.bootstrap import score_intervals
from core.evaluation.comparison import differences, joint_cells, paired_intervals
from core.evaluation.confusion import Cells, all_labels, cells
from core.progress import Report, part
from core.records import (
    Comparison,
    Curve,
    Difference,
    Estimate,
    Evaluation,
    Interval,
    LabelsFrom,
    ListColumn,
    MultiLabelComparison,
    MultiLabelEvaluation,
    PredictedRow,
    PredictionFilter,
    RowOrder,
    Run,
)
from core.services.evaluation import multi_label
from core.services.evaluation.multi_label import check_classes
from core.services.evaluation.probabilities import ClassProbabilities, split_probabilities
from core.store import predictions
from core.store.datasets import get_dataset
from core.store.export import Format
from core.store.export_lists import export_predictions
from core.store.predicted.columns import SUREST
from core.store.relations import relation
from core.store.versions import get_version, list_versions
from core.targets.contract import Target
from core.tasks import target_of
from core.words import stored

T = TypeVar("T")

MOST_AVERAGED = 250_000_000
"""Probabilities (rows × classes) that an average curve goes through: some ten seconds."""

_NO_MATRIX = np.zeros((0, 0), np.int64)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An evaluation without its matrix, and the cells to make that of: at a thousand classes a tenth of the memory."""

    evaluation: Evaluation
    cells: Cells

    def whole(self) -> Evaluation:
        return replace(self.evaluation, matrix=self.cells.matrix())


@dataclass(frozen=True, slots=True)
class _KeptComparison:
    first: _Kept
    second: _Kept
    differences: tuple[Difference, ...]
    only_right: tuple[int, int]

    def whole(self) -> Comparison:
        first, second = self.first.whole(), self.second.whole()
        matrix = second.matrix - first.matrix
        return Comparison(first, second, first.rows, self.differences, matrix, *self.only_right)


def splits_of(context: Context, run: Run) -> list[tuple[str, int]]:
    """The splits that a run has predicted, with their rows. Empty until it is done."""
    reported = run.summary.get("splits")
    if reported:
        return sorted((split, int(figures["rows"])) for split, figures in reported.items())
    return predictions.splits_of(context.store, run.run_id)


def evaluate(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", timeout: float | None = TIMEOUT
) -> Evaluation | MultiLabelEvaluation | Pending:
    """A run's predictions on a split. Raises `NotFoundError` for a split that it has not predicted."""
    truth_id, target = truth_version(context, (run,), labels_from), target_of_run(context, run)

    def of_sets(report: Report) -> multi_label.Kept:
        found = multi_label.evaluation(context, run, target, split, truth_id, labels_from, report)
        if found is None:
            raise _nothing(context, (run,), split)
        return found

    def of_classes(report: Report) -> _Kept:
        counts = predictions.confusion_counts(context.store, run.run_id, split, relation(context.store, truth_id))
        if not counts:
            raise _nothing(context, (run,), split)
        labels = _labels((run,), {true for true, _, _ in counts})
        matrix = cells(counts, labels)
        intervals = score_intervals(matrix, part(report, 0, 0.5))
        evaluation = _evaluation(run, truth_id, split, labels_from, labels, matrix, intervals)
        found = split_probabilities(context, run, target, split, truth_id)
        if not isinstance(found, ClassProbabilities):
            return _Kept(evaluation, matrix)
        of_truth = found.of_truth(part(report, 0.5, 1))
        return _Kept(replace(evaluation, log_loss=metrics.log_loss(of_truth)), matrix)

    what, key = stored(f"Evaluating run {run.number} on {split}"), (run.run_id, split, truth_id, labels_from)
    work: Callable[[Report], _Kept | multi_label.Kept] = of_sets if target.several else of_classes
    found = _ask(_evaluations(context), key, what, work, timeout)
    return found if isinstance(found, Pending) else found.whole()


def curves(
    context: Context,
    run: Run,
    split: str,
    label: str | None,
    kind: drawn.Kind,
    labels_from: LabelsFrom = "version",
    average: Literal["micro", "macro"] = "macro",
    timeout: float | None = TIMEOUT,
) -> Curve | Pending:
    """The ROC or precision-recall curve of one class against the rest, or with `label` None an average of all.

    Raises `NotFoundError` without probabilities, and for a class that the run does not know; `UsageError` for an
    average over more than `MOST_AVERAGED` probabilities.
    """
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> Curve:
        found = split_probabilities(context, run, target_of_run(context, run), split, truth_id)
        if found is None:
            raise NotFoundError(f"Run {run.number} kept no probabilities.", "Train once more to get its curves.")
        if not len(found.positions):
            raise _nothing(context, (run,), split)
        if label is not None:
            if label not in run.labels:
                raise NotFoundError(f"Run {run.number} does not know the class {label!r}.", "Choose one of its own.")
            place = run.labels.index(label)
            scores = found.of_class(place)
            return drawn.curve(drawn.thresholds(scores, scores[found.having(place)]), label, kind)
        if len(found.positions) * found.classes > MOST_AVERAGED:
            raise UsageError(
                f"An average over {found.classes:,} classes of {len(found.positions):,} rows takes too long.",
                "Look at the classes one by one.",
            )
        if average == "micro":
            return drawn.micro_average(found.columns(report), found.of_truths(), kind)
        columns = enumerate(found.columns(report))
        each = (drawn.thresholds(scores, scores[found.having(place)]) for place, scores in columns)
        return drawn.macro_average(each, kind)

    what = stored(f"Drawing the curve of {label}") if label is not None else stored("Drawing the average curve")
    return _ask(
        context.beside.answers("curves"), (run.run_id, split, truth_id, label, kind, average), what, work, timeout
    )


def compare(
    context: Context,
    first: Run,
    second: Run,
    split: str,
    labels_from: LabelsFrom = "version",
    timeout: float | None = TIMEOUT,
) -> Comparison | MultiLabelComparison | Pending:
    """Two runs of one dataset on the rows of a split that both have predicted, `version` being the newer of theirs.

    Raises `NotFoundError` where there are none, `UsageError` for runs of two datasets.
    """
    if first.dataset_id != second.dataset_id:
        raise UsageError("Two runs of different datasets cannot be compared.", "Choose two of the same dataset.")
    truth_id, target = truth_version(context, (first, second), labels_from), target_of_run(context, first)

    def of_sets(report: Report) -> multi_label.KeptComparison:
        found = multi_label.comparison(context, (first, second), target, split, truth_id, labels_from, report)
        if found is None:
            raise _nothing(context, (first, second), split)
        return found

    def of_classes(report: Report) -> _KeptComparison:
        truth = relation(context.store, truth_id)
        counts = predictions.joint_counts(context.store, first.run_id, second.run_id, split, truth)
        if not counts:
            raise _nothing(context, (first, second), split)
        labels = _labels((first, second), {true for true, _, _, _ in counts})
        joint = joint_cells(counts, labels)
        found = paired_intervals(joint, report)
        sides = [
            _Kept(_evaluation(run, truth_id, split, labels_from, labels, matrix, intervals), matrix)
            for run, matrix, intervals in (
                (first, joint.of_first(), found.first),
                (second, joint.of_second(), found.second),
            )
        ]
        return _KeptComparison(sides[0], sides[1], differences(joint, labels, found.differences), joint.only_right())

    what = stored(f"Comparing runs {first.number} and {second.number} on {split}")
    key = (first.run_id, second.run_id, split, truth_id, labels_from)
    work: Callable[[Report], _KeptComparison | multi_label.KeptComparison] = of_sets if target.several else of_classes
    kept = _ask(_evaluations(context), key, what, work, timeout)
    return kept if isinstance(kept, Pending) else kept.whole()


def predicted_rows(
    context: Context,
    run: Run,
    where: PredictionFilter,
    labels_from: LabelsFrom,
    limit: int,
    offset: int = 0,
    order: RowOrder = SUREST,
) -> list[PredictedRow]:
    """`limit` predicted rows that the filter keeps, from `offset` on, as they are sorted. Where the filter names a
    second run, what is true is what `compare` has."""
    truth_id = _truth_of_rows(context, run, where, labels_from)

    def work(report: Report) -> list[PredictedRow]:
        truth = relation(context.store, truth_id)
        classes_sql = target_of_run(context, run).classes_sql
        dataset = get_dataset(context.store, run.dataset_id)
        page = predictions.page_predictions
        return page(
            context.store, run.run_id, where, truth, limit, offset, classes_sql, dataset=dataset, order=order
        )  # fmt: skip

    # It is waited for, but a rerun that shows the same list does not ask the store again.
    key = (run.run_id, truth_id, where, limit, offset, order)
    found = _ask(context.beside.answers("predicted rows", threads=4), key, "Listing rows", work, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    return found


def count_predicted(context: Context, run: Run, where: PredictionFilter, labels_from: LabelsFrom) -> int:
    """How many rows `predicted_rows` lists in all."""
    truth = relation(context.store, _truth_of_rows(context, run, where, labels_from))
    dataset, classes_sql = get_dataset(context.store, run.dataset_id), target_of_run(context, run).classes_sql
    return predictions.count_predictions(context.store, run.run_id, where, truth, classes_sql, dataset)


def export_predicted(
    context: Context,
    run: Run,
    where: PredictionFilter,
    labels_from: LabelsFrom,
    order: RowOrder,
    columns: Sequence[ListColumn],
    out: Path,
    format: Format,  # noqa: A002
    plain: bool = False,
) -> Path:
    """Writes the rows that `predicted_rows` lists, all of them, with these columns."""
    truth = relation(context.store, _truth_of_rows(context, run, where, labels_from))
    dataset = get_dataset(context.store, run.dataset_id)
    export_predictions(context.store, run.run_id, dataset, truth, out, format, where, order, columns, plain)
    return out


def target_of_run(context: Context, run: Run) -> Target:
    """What a label of the run's dataset is."""
    return target_of(get_dataset(context.store, run.dataset_id))


def truth_version(context: Context, runs: Sequence[Run], labels_from: LabelsFrom) -> str:
    """The id of the version whose labels count as true for these runs of one dataset."""
    if labels_from == "given":
        return list_versions(context.store, runs[0].dataset_id)[0].version_id
    if labels_from == "newest":
        return get_dataset(context.store, runs[0].dataset_id).latest_version_id
    known = [get_version(context.store, run.version_id) for run in runs]
    return max(known, key=lambda version: version.number).version_id


def _truth_of_rows(context: Context, run: Run, where: PredictionFilter, labels_from: LabelsFrom) -> str:
    others = [context.ledger.runs.get(run.dataset_id, other) for other in (where.right_in, where.wrong_in) if other]
    return truth_version(context, (run, *others), labels_from)


def _evaluations(context: Context) -> Answers:
    return context.beside.answers("evaluations", kept=16)


def _ask(
    answers: Answers,
    about: Hashable,
    what: str,
    work: Callable[[Report], T],
    timeout: float | None,
) -> T | Pending:
    return answers.ask(about, what, work, timeout)


def _labels(runs: Sequence[Run], true: Set[str]) -> tuple[str, ...]:
    known = dict.fromkeys(label for run in runs for label in run.labels)
    labels = all_labels(tuple(known), true)
    check_classes(labels)
    return labels


def _evaluation(
    run: Run,
    truth_id: str,
    split: str,
    labels_from: LabelsFrom,
    labels: tuple[str, ...],
    matrix: Cells,
    intervals: tuple[Interval, Interval],
) -> Evaluation:
    classes = metrics.class_scores(matrix, labels)
    averages = metrics.averages(classes, matrix)
    return Evaluation(
        run_id=run.run_id,
        version_id=truth_id,
        split=split,
        labels_from=labels_from,
        rows=matrix.rows,
        labels=labels,
        matrix=_NO_MATRIX,
        accuracy=Estimate(metrics.accuracy(matrix.sums()), *intervals[0]),
        macro_f1=Estimate(averages["macro avg"].f1, *intervals[1]),
        classes=classes,
        averages=averages,
        log_loss=None,
    )


def _nothing(context: Context, runs: Sequence[Run], split: str) -> NotFoundError:
    """Why there is nothing to count: the first of the runs that has not predicted the split, or no row in common."""
    for run in runs:
        known = [name for name, _ in splits_of(context, run)]
        if not known:
            return NotFoundError(f"Run {run.number} has predicted nothing yet.", "Wait until it is done.")
        if split not in known:
            return NotFoundError(
                f"Split {split!r} not found in run {run.number}.", f"It has predicted: {', '.join(known)}."
            )
    return NotFoundError(f"No row of split {split!r} has a label there.", "Choose other labels or another split.")

"""How good a run is, or which of two is better, where labels are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation import numbers
from core.progress import Report, part
from core.records import Estimate, LabelsFrom, Run
from core.services.evaluation.measures import splits_of, truth_version
from core.store.predicted.columns import SUSPECT
from core.store.predicted.numbers import PredictedNumbers, predicted_numbers
from core.store.relations import relation
from core.store.versions import get_version
from core.typed import JsonObject, to_json
from core.words import say, say_n, stored

WORST = 10
FEW_ROWS = 20
LEAST_IN_BIN = 5


@dataclass(frozen=True, slots=True)
class NumberEvaluation:
    """One run's numbers on one split, held against one set of labels."""

    run_id: str
    version_id: str
    """The version whose labels count as true."""
    split: str
    labels_from: LabelsFrom
    figures: dict[str, Estimate]
    """`mae`, `rmse` and `r2`."""
    baselines: dict[str, dict[str, float]]
    """`mean` and `median` of the labels that were learnt from: their value and their figures."""
    within: float
    """Share of the labels within the interval around their prediction, which is to hold nine of ten."""
    edges: tuple[float, ...]
    """Ends of the parts of the labels' range."""
    bins: tuple[numbers.Bin, ...]
    cells: NDArray[np.int64]
    """(bins, bins) rows by the part of their label and of their prediction."""
    example_ids: NDArray[np.int64]
    true: NDArray[np.float64]
    predicted: NDArray[np.float64]
    half: NDArray[np.float64]
    """(n,) each."""
    worst: NDArray[np.int64]
    """(n,) positions by their residual, the largest first."""

    @property
    def rows(self) -> int:
        """n."""
        return len(self.true)

    @property
    def suspects(self) -> int:
        """How many rows have a label that is probably wrong itself."""
        return int((np.abs(self.true - self.predicted) > SUSPECT * self.half).sum())

    def suspect(self, place: int) -> bool:
        """Whether a row's label is probably wrong itself: so far off is hardly any."""
        return bool(abs(self.true[place] - self.predicted[place]) > SUSPECT * self.half[place])


@dataclass(frozen=True, slots=True)
class NumberComparison:
    """Two runs on the same rows."""

    split: str
    labels_from: LabelsFrom
    version_id: str
    rows: int
    first: dict[str, float]
    second: dict[str, float]
    differences: dict[str, Estimate]
    """Second less first, with paired intervals."""
    first_nearer: int
    second_nearer: int
    """Rows in which that run's number is nearer to the label."""


def evaluate_numbers(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", timeout: float | None = TIMEOUT
) -> NumberEvaluation | Pending:
    """A run's numbers on a split. Raises `NotFoundError` for a split that it has not predicted."""
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> NumberEvaluation:
        found = _found(context, (run,), split, truth_id)
        true, predicted, half = found.true, found.predicted[0], found.half[0]
        learnt = predicted_numbers(context.store, (run.run_id,), "train", relation(context.store, truth_id)).true
        edges = numbers.edges(true, max(1, min(numbers.BINS, len(true) // LEAST_IN_BIN)))
        return NumberEvaluation(
            run.run_id,
            truth_id,
            split,
            labels_from,
            numbers.estimates(true, predicted, part(report, 0, 1)),
            numbers.baselines(learnt, true),
            float((np.abs(true - predicted) <= half).mean()),
            edges,
            tuple(numbers.binned(true, predicted, edges)),
            numbers.cells(true, predicted, edges),
            found.example_ids,
            true,
            predicted,
            half,
            np.argsort(-np.abs(true - predicted), kind="stable"),
        )

    what, key = stored(f"Evaluating run {run.number} on {split}"), (run.run_id, split, truth_id, labels_from, "numbers")
    return context.beside.answers("evaluations of numbers", kept=4).ask(key, what, work, timeout)


def compare_numbers(
    context: Context,
    first: Run,
    second: Run,
    split: str,
    labels_from: LabelsFrom = "version",
    timeout: float | None = TIMEOUT,
) -> NumberComparison | Pending:
    """Two runs of one dataset on the rows of a split that both have predicted. Raises `NotFoundError` where there are
    none, `UsageError` for runs of two datasets."""
    if first.dataset_id != second.dataset_id:
        raise UsageError("Two runs of different datasets cannot be compared.", "Choose two of the same dataset.")
    truth_id = truth_version(context, (first, second), labels_from)

    def work(report: Report) -> NumberComparison:
        found = _found(context, (first, second), split, truth_id)
        off = [np.abs(found.true - one) for one in found.predicted]
        return NumberComparison(
            split,
            labels_from,
            truth_id,
            len(found.true),
            numbers.scores(found.true, found.predicted[0]),
            numbers.scores(found.true, found.predicted[1]),
            numbers.differences(found.true, found.predicted[0], found.predicted[1], report),
            int((off[0] < off[1]).sum()),
            int((off[1] < off[0]).sum()),
        )

    what = stored(f"Comparing runs {first.number} and {second.number} on {split}")
    key = (first.run_id, second.run_id, split, truth_id, labels_from, "numbers")
    return context.beside.answers("evaluations of numbers", kept=4).ask(key, what, work, timeout)


def evaluation_data(context: Context, run: Run, found: NumberEvaluation) -> JsonObject:
    """As JSON values: `mae`, `rmse` and `r2` with their intervals, `baselines`, `bins` of the labels' range, and the
    largest residuals."""
    return {
        "run": run.number,
        "split": found.split,
        "labels_from": found.labels_from,
        "labels_version": get_version(context.store, found.version_id).number,
        "rows": found.rows,
        **numbers.figures_data(found.figures),
        "baselines": found.baselines,
        "within_interval": found.within,
        "bins": [to_json(one) for one in found.bins],
        "matrix": found.cells.tolist(),
        "largest_residuals": [_row(found, int(place)) for place in found.worst[:WORST]],
        "notes": limits(run, found),
    }


def comparison_data(first: Run, second: Run, found: NumberComparison) -> JsonObject:
    """As JSON values."""
    return {
        "runs": [first.number, second.number],
        "split": found.split,
        "labels_from": found.labels_from,
        "rows": found.rows,
        **{
            name: {
                "first": found.first[name],
                "second": found.second[name],
                "difference": one.estimate,
                "interval": list(one.interval),
            }
            for name, one in found.differences.items()
        },
        "first_nearer": found.first_nearer,
        "second_nearer": found.second_nearer,
    }


def limits(run: Run, found: NumberEvaluation) -> list[str]:
    """What these figures cannot tell."""
    said = []
    if found.split == "train":
        said.append(say("The model has learnt from these very rows: on new ones it does worse."))
    elif found.split == "validation" and run.spec.get("strategy") != "head":
        said.append(say("The best epoch was chosen on these rows, so the figures flatter a little."))
    if found.rows < FEW_ROWS:
        said.append(
            say_n("Only {n:,} row, so little can be said.", "Only {n:,} rows, so little can be said.", found.rows)
        )
    best = min((one["mae"] for one in found.baselines.values()), default=None)
    if best is not None and found.figures["mae"].estimate >= best:
        said.append(say("It is no better than saying the same number of every row: look at what it learns from."))
    return said


def _row(found: NumberEvaluation, place: int) -> dict[str, Any]:
    return {
        "example_id": int(found.example_ids[place]),
        "labelled": float(found.true[place]),
        "predicted": float(found.predicted[place]),
        "half_interval": float(found.half[place]),
        "label_suspect": found.suspect(place),
    }


def _found(context: Context, runs: Sequence[Run], split: str, truth_id: str) -> PredictedNumbers:
    found = predicted_numbers(context.store, [run.run_id for run in runs], split, relation(context.store, truth_id))
    if len(found.true):
        return found
    for run in runs:
        known = [name for name, _ in splits_of(context, run)]
        if split not in known:
            raise NotFoundError(
                f"Split {split!r} not found in run {run.number}.", f"It has predicted: {', '.join(known)}."
            )
    raise NotFoundError(f"No row of split {split!r} has a label there.", "Choose other labels or another split.")

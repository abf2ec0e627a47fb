"""How a run fares in the slices of its dataset: rows that somebody's filter keeps, which may overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import WinnowError
from core.profile.shares import MIN_GROUP_ROWS
from core.progress import Report
from core.proportions import wilson
from core.records import ColumnFilter, Estimate, LabelsFrom, PredictionFilter, RowFilter, Run
from core.services.evaluation.measures import count_predicted, truth_version
from core.store.row_facts import as_of
from core.store.row_facts.slice import SLICE
from core.typed import JsonObject
from core.words import stored


@dataclass(frozen=True, slots=True)
class BySlice:
    """How often a run is right in a slice."""

    name: str
    """Empty for all rows of the split."""
    rows: int
    """Its rows in the split that have a label."""
    right: int
    accuracy: Estimate | None
    """With its 95 % interval; None where it has no row there."""
    problem: str = ""
    """Why it cannot be looked up."""

    @property
    def judged(self) -> bool:
        """Whether it has enough rows to be compared."""
        return self.rows >= MIN_GROUP_ROWS


def in_slice(name: str) -> RowFilter:
    """The rows of a slice."""
    return RowFilter(columns=(ColumnFilter(SLICE.column, "=", (name,)),))


def by_slices(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", timeout: float | None = TIMEOUT
) -> tuple[BySlice, ...] | Pending:
    """Accuracy of all rows of a split, then of each slice, by name; nothing where nobody saved one."""
    names = context.store.slices.names(run.dataset_id)
    if not names:
        return ()
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> tuple[BySlice, ...]:
        found = [_fares(context, run, split, labels_from, "", RowFilter())]
        for place, name in enumerate(names):
            report(place, len(names))
            found.append(_fares(context, run, split, labels_from, name, in_slice(name)))
        return tuple(found)

    fresh = as_of(context.store, in_slice(names[0]))
    answers = context.beside.answers("evaluations of slices", kept=16)
    what = stored(f"Comparing slices for run {run.number}")
    return answers.ask((run.run_id, split, truth_id, fresh), what, work, timeout)


def slices_data(found: Sequence[BySlice]) -> list[JsonObject]:
    """As JSON values."""
    return [
        {
            "slice": one.name or None,
            "rows": one.rows,
            "judged": one.judged,
            "accuracy": None if one.accuracy is None else one.accuracy.estimate,
            "interval": None if one.accuracy is None else one.accuracy.interval,
            **({"problem": one.problem} if one.problem else {}),
        }
        for one in found
    ]


def _fares(context: Context, run: Run, split: str, labels_from: LabelsFrom, name: str, rows: RowFilter) -> BySlice:
    try:
        right, wrong = (
            count_predicted(context, run, PredictionFilter(split, correct=which, rows=rows), labels_from)
            for which in (True, False)
        )
    except WinnowError as error:
        return BySlice(name, 0, 0, None, str(error))
    total = right + wrong
    if not total:
        return BySlice(name, 0, 0, None)
    low, high = wilson(np.array([right]), np.array([total]))
    return BySlice(name, total, right, Estimate(right / total, float(low[0]), float(high[0])))

"""What the list of a run's predictions adds to its rows, in SQL, and how it is sorted by these."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import NotFoundError
from core.records import ColumnFilter, ColumnKind, Dataset, RowOrder
from core.store.filters import sorted_by
from core.targets import Target
from core.tasks import task_named

SUREST = RowOrder("confidence", descending=True, added=True)
FARTHEST = RowOrder("off_by", descending=True, added=True)
"""The usual orders: of classes, and of numbers."""
SUSPECT = 2.0
"""A number so many times as far from what is predicted as nine labels of ten are is probably wrong itself."""
PROBABLY_WRONG = ColumnFilter("suspect", "=", ("true",))
"""Keeps only such rows."""
_ADDED: Mapping[str, tuple[str, ColumnKind]] = {
    "label": ("t.label", "category"),
    "predicted": ("p.predicted", "category"),
    "confidence": ("p.confidence", "number"),
}


def added_columns(target: Target | None) -> Mapping[str, tuple[str, ColumnKind]]:
    """The columns, in SQL on the aliases of `predictions p` and of what is true, `t`, with how they are asked for. Of
    numbers, confidence is half of the interval around them."""
    if target is None or target.number_sql is None:
        return _ADDED
    true, predicted, half = (
        target.number_sql("t.label"),
        target.number_sql("p.predicted"),
        "CAST(p.confidence AS DOUBLE)",
    )
    return {
        "label": (true, "number"),
        "predicted": (predicted, "number"),
        "confidence": ("p.confidence", "number"),
        "residual": (f"({true} - {predicted})", "number"),
        "off_by": (f"abs({true} - {predicted})", "number"),
        "suspect": (f"(abs({true} - {predicted}) > {SUSPECT} * {half})", "flag"),
    }


def usual_order(dataset: Dataset) -> RowOrder:
    """How the list is sorted where nothing is chosen."""
    return FARTHEST if task_named(dataset.task).target.numeric else SUREST


def prediction_order(order: RowOrder, dataset: Dataset | None) -> str:
    """`ORDER BY` of an order. Raises `NotFoundError` for a column that the list has not."""
    if not order.added:
        assert dataset is not None, "the dataset knows its rows' columns"
        return sorted_by(order, dataset, "t.")
    known = added_columns(None if dataset is None else task_named(dataset.task).target)
    if order.column not in known:
        raise NotFoundError(f"The list has no column {order.column!r}.", f"It has: {', '.join(known)}.")
    direction = "DESC" if order.descending else "ASC"
    return f"{known[order.column][0]} {direction} NULLS LAST, p.example_id"

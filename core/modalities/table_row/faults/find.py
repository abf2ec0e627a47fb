"""What is wrong with rows of a table as they are: each of their values is held against the others of its column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.modalities.payloads import Payloads
from core.modalities.suspicion import Suspicion
from core.modalities.table_row.columns import columns_of, kind_of, numbers, texts
from core.modalities.table_row.faults import FEW, LOG_SPREADS, MISSING, NEARLY_ALL, SPREADS
from core.modalities.table_row.faults.spelling import odd_spellings
from core.progress import Report

LEAST = 30
"""Values that a column has at least, for one of them to be held against the others."""
NOTHING: Final = frozenset(
    (*("n/a", "na", "n.a.", "nan", "null", "none", "nil", "undefined", "unknown", "missing", "not available"),
     *("?", "-", "--", "---", ".", "..", "...", "*", "#n/a", "#na", "#ref!", "#value!", "#name?", "tbd"))
)  # fmt: skip
"""What stands for nothing, in small letters."""
STAND_INS: Final = (-1, *(sign * (10**length - 1) for length in range(2, 8) for sign in (1, -1)))
"""Numbers that are put where there is none."""
TIMES = 3
"""Rows that have such a number at least."""
OF_ITSELF = 0.5
"""A number is what is usual in a column of which it is a larger share, and stands in for nothing."""
OFTEN = 0.1
"""A text that stands for nothing is a value of its own where a larger share of a column's values is it."""
CODE = 3
"""Letters of a code, such as that of a country: among such, `NA` is one."""


class _Marked:
    """One fault of n rows: how bad the worst value of each is, and which."""

    def __init__(self, count: int) -> None:
        self.value = np.zeros(count)
        self.found = [""] * count

    def add(self, rows: NDArray[np.int64], values: NDArray[np.float64], found: list[str]) -> None:
        for row, value, words in zip(rows.tolist(), values.tolist(), found, strict=True):
            if value > self.value[row]:
                self.value[row], self.found[row] = value, words

    def suspicion(self) -> Suspicion:
        return Suspicion(self.value, 0.5, certain=0.5, amiss=True, found=self.found)


def find(payloads: Payloads, tick: Report) -> dict[str, Suspicion]:
    """As `core.modalities.heavy` says."""
    return suspicions(columns_of(payloads), tick)


def suspicions(table: pa.Table, tick: Report = lambda done, total: None) -> dict[str, Suspicion]:
    """Of the n rows of a table."""
    count = table.num_rows
    marked = {name: _Marked(count) for name in ("far_off", "below_zero", "no_number", "stand_in", "spelling")}
    missing = np.zeros(count)
    for place, name in enumerate(table.column_names):
        tick(place, table.num_columns)
        column = table[place]
        missing += np.asarray(column.is_null().to_numpy(zero_copy_only=False), float)
        kind = kind_of(column)
        if kind == "category":
            column = _of_words(name, texts(column), marked)
        if column is not None and kind is not None and not pa.types.is_boolean(column.type):
            _of_numbers(name, numbers(column), kind == "time", marked)
    found = {name: one.suspicion() for name, one in marked.items()}
    share = missing / max(1, table.num_columns)
    return {**found, "mostly_missing": Suspicion(share, MISSING - 1e-9)}


def _of_words(name: str, column: pa.ChunkedArray, marked: Mapping[str, _Marked]) -> pa.ChunkedArray | None:
    """Marks texts; where nearly all are numbers, these are given back, the others left out."""
    counts: Counter[str] = Counter(
        {
            str(one["values"]): int(one["counts"])
            for one in pc.value_counts(column).to_pylist()
            if one["values"] is not None
        }
    )
    present = sum(counts.values())
    if present < LEAST:
        return None
    codes = sum(rows for value, rows in counts.items() if len(value) <= CODE and value.isalpha()) > NEARLY_ALL * present
    nothing = {
        value: ""
        for value, rows in counts.items()
        if value.strip().lower() in NOTHING and rows <= OFTEN * present and not (codes and value.isalpha())
    }
    _mark(marked["stand_in"], name, column, nothing)
    said = {value: rows for value, rows in counts.items() if value not in nothing}
    numeric = {value for value in said if _is_number(value)}
    share = sum(said[value] for value in numeric) / max(1, sum(said.values()))
    if share >= NEARLY_ALL:
        _mark(marked["no_number"], name, column, {value: "" for value in said if value not in numeric})
        return pc.if_else(pc.is_in(column, pa.array(sorted(numeric), column.type)), column, None)
    _mark(marked["spelling"], name, column, {odd: f" → “{right}”" for odd, right in odd_spellings(said).items()})
    return None


def _mark(marked: _Marked, name: str, column: pa.ChunkedArray, values: Mapping[str, str]) -> None:
    """Rows that have one of these values, with what is said after it."""
    if not values:
        return
    held = pc.fill_null(pc.is_in(column, pa.array(list(values), column.type)), False)
    rows = np.flatnonzero(held.to_numpy(zero_copy_only=False))
    told = [f"{name} “{value}”{values[value]}" for value in column.take(pa.array(rows)).to_pylist()]
    marked.add(rows, np.ones(len(rows)), told)


def _of_numbers(name: str, values: NDArray[np.float64], time: bool, marked: Mapping[str, _Marked]) -> None:
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < LEAST:
        return
    if not time:
        known = _stand_ins(name, values, known, marked["stand_in"])
        below = known[values[known] < 0]
        if 0 < len(below) <= FEW * len(known):
            marked["below_zero"].add(
                below, np.ones(len(below)), [f"{name} {_said(values[row], time)}" for row in below]
            )
            known = known[values[known] >= 0]
    known = known[values[known] != _usual(values[known])]
    if len(known) < LEAST:
        return
    times = _far(values[known])
    far = times > 1
    low, high = (_said(edge, time) for edge in np.quantile(values[known], (0.05, 0.95)))
    told = [f"{name} {_said(values[row], time)} ({low} … {high})" for row in known[far]]
    marked["far_off"].add(known[far], np.minimum(times[far], 1e6), told)


def _stand_ins(name: str, values: NDArray[np.float64], known: NDArray[np.int64], marked: _Marked) -> NDArray[np.int64]:
    """Marks numbers that several rows have outside of all others, as far away as these reach; gives the rows left."""
    for number in STAND_INS:
        rows = known[values[known] == number]
        others = known[values[known] != number]
        if len(rows) < TIMES or len(others) < LEAST or len(rows) > OF_ITSELF * len(known):
            continue
        low, high = values[others].min(), values[others].max()
        beyond = low - number if number < low else number - high
        far = beyond > max(high - low, 1) if number != -1 else low >= 0 and bool((values[others] > 1).any())
        if far:
            marked.add(rows, np.ones(len(rows)), [f"{name} {_said(number, False)}"] * len(rows))
            known = others
    return known


def _usual(values: NDArray[np.float64]) -> float:
    """The value that more than half of them are, such as a zero for nothing; NaN where none is."""
    middle = float(np.quantile(values, 0.5, method="lower")) if len(values) else np.nan
    return middle if (values == middle).mean() > OF_ITSELF else np.nan


def _far(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each of n numbers lies from the median, of what is too far; 0 for a column with too few of them."""
    if len(np.unique(values[:10_000])) < LEAST // 3:
        return np.zeros(len(values))
    times = _spreads(values) / SPREADS
    if values.min() > 0:
        times = np.minimum(times, _spreads(np.log(values)) / LOG_SPREADS)
    return times


def _spreads(values: NDArray[np.float64]) -> NDArray[np.float64]:
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
    above, below = max(high - median, 1e-300), max(median - low, 1e-300)
    away = values - median
    usual = np.where(away > 0, max(above, below / SPREADS), max(below, above / SPREADS))
    return np.abs(away) / usual if high > low else np.zeros(len(values))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _said(value: float, time: bool) -> str:
    if time:
        return str(np.datetime64(int(value), "s"))[:10]
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"

"""Rows of a later split in a group of near-duplicates with rows of an earlier one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import pair_columns, texts_of
from core.issues.members import cosines, grouped
from core.issues.signals import Signals

ORDER = ("train", "validation", "test")
"""A row leaks where a copy of it is in a split before its own."""
SHOWN, LOOKED_AT = 5, 20
"""Copies of a row that a person sees, and among which the nearest is looked for, beside the one of the same content."""


def find(signals: Signals) -> Found:
    """Flags what has a copy in an earlier split; only these rows are listed."""
    count = len(signals.example_ids)
    place = np.array([ORDER.index(name) if name in ORDER else -1 for name in signals.splits.tolist()], np.int64)
    copies = np.zeros(count, np.int64)
    rows, others, alike = _pairs(signals, place, copies)
    leaked = copies > 0
    firsts, starts = np.unique(rows, return_index=True)
    score, nearest = np.ones(count), np.arange(count)
    score[firsts] = (1 - alike[starts]).clip(0, 1)
    nearest[firsts] = others[starts]
    shown = _of_each(rows, SHOWN)
    evidence = {
        "split": texts_of(ORDER, place, leaked),
        "other": texts_of(ORDER, place[nearest], leaked),
        "copies": pa.array(copies, mask=~leaked),
        "exact": pa.array(signals.contents == signals.contents[nearest], mask=~leaked),
        **pair_columns(count, rows[shown], signals.example_ids[others[shown]], alike[shown]),
    }
    return Found(score, leaked, None, pa.table(evidence), {"splits": _splits(signals, place, leaked)}, about=leaked)


def _pairs(
    signals: Signals, place: NDArray[np.int64], copies: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(p,) rows, ascending, and copies of theirs in earlier splits, the nearest of each first, with the cosines. Writes
    into `copies` (n,) how many there are in all."""
    found: list[tuple[int, int]] = []
    for members in grouped(signals.groups):
        where = place[members]
        for later_split in range(1, len(ORDER)):
            own, earlier = members[where == later_split], members[(where >= 0) & (where < later_split)]
            if not len(own) or not len(earlier):
                continue
            copies[own] = len(earlier)
            same = {signals.contents[other]: int(other) for other in earlier[::-1]}
            for row in own.tolist():
                exact = same.get(signals.contents[row])
                looked_at = {*earlier[:LOOKED_AT].tolist(), *(() if exact is None else (exact,))}
                found += [(row, other) for other in looked_at]
    rows, others = np.array(found, np.int64).reshape(-1, 2).T
    alike = cosines(signals.embeddings, rows, others)
    alike[signals.contents[rows] == signals.contents[others]] = 1
    order = np.lexsort((others, -alike, rows))
    return rows[order], others[order], alike[order]


def _of_each(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The places of so many pairs of each row at most; `rows` (p,) ascending."""
    starts = np.searchsorted(rows, rows)
    return np.flatnonzero(np.arange(len(rows)) - starts < most)


def _splits(signals: Signals, place: NDArray[np.int64], leaked: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """Of each later split its rows, those that leak, and the accuracy with and without them."""
    if not (place == 0).any() and not (place == 1).any():
        return {}
    scored = leaked.any() and not (signals.has("predicted") or signals.has("words"))
    right = signals.taught if scored else np.full(len(place), np.nan)
    about = {}
    for number, name in enumerate(ORDER[1:], 1):
        of_split = place == number
        if of_split.any():
            about[name] = {
                "rows": int(of_split.sum()),
                "leaked": int((leaked & of_split).sum()),
                "with": _mean(right[of_split]),
                "without": _mean(right[of_split & ~leaked]),
            }
    return about


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 4) if len(known) else None

"""What ranking anew with what was learnt is worth: `python -m bench.reranking [source …]`.

A reviewer who knows the truth judges the worst rows of a list, fifty at a time. After each fifty the heads are fitted
anew on the labels as corrected, with the judged rows as confirmed, as `start_again` has a scan do it, and the rows that
are left are ranked by them; beside that, the list stays as the first scan made it. The figure is the share of wrong
labels among the rows that are judged as number 51 to 200.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.known_sets import FOLDS, SOURCES, KnownSet, Source, whole_sets
from bench.row import Row
from core.heads.combine import pool, pool_exponents
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.label.find import find_label_issues
from core.issues.signals import Signals

STEP, FIRST, LAST = 50, 50, 200
"""Rows that are judged before the list is made anew; the figure is of rows after the first up to the last."""
SEED = 0
PLANTED = (" 5% alike", " 10% evenly")
"""Of the sets with planted errors these."""


def run(names: tuple[str, ...] = (), arrays: Path | None = None) -> list[Row]:
    """Precision of rows 51–200 with and without, on each set of known errors, and the seconds of one ranking."""
    with tempfile.TemporaryDirectory() as root:
        kept = arrays or Path(root)
        chosen = [make for make in SOURCES if not names or make.__name__ in names]
        return [row for make in chosen for row in _of_source(make(kept))]


def _of_source(source: Source) -> Iterator[Row]:
    sets = [one for one in whole_sets(source) if source.votes or one.name.endswith(PLANTED)]
    gains, seconds = [], []
    for one in sets:
        first, once = _judged(one, anew=False)
        _, anew = _judged(one, anew=True)
        before, after = once[FIRST:LAST], anew[FIRST:LAST]
        gains.append(after.mean() - before.mean())
        seconds.append(first)
        note = f"{int(one.wrong.sum())} wrong of {len(one.wrong):,}; found by row 200: {anew.sum()} and {once.sum()}"
        yield Row(
            f"rows 51–200: {one.name}",
            100 * after.mean(),
            "% wrong",
            100 * before.mean(),
            "as first ranked",
            True,
            note=note,
        )
    note = f"mean of {len(sets)} sets, from {100 * min(gains):+.1f} to {100 * max(gains):+.1f}"
    yield Row(f"points gained: {source.name}", 100 * float(np.mean(gains)), "points", note=note)
    yield Row(f"one ranking of {len(source.true):,} rows: {source.name}", float(np.median(seconds)), "s")


def _judged(one: KnownSet, anew: bool) -> tuple[float, np.ndarray]:
    """Seconds of the first ranking, and of the rows in the order in which they are judged whether they are wrong."""
    true = one.source.true[one.rows]
    given, known = one.given, np.zeros(len(one.given), bool)
    began = time.perf_counter()
    order = _ranked(one, given, known)
    seconds = time.perf_counter() - began
    judged: list[int] = []
    labels = given.copy()
    while len(judged) < LAST:
        left = [row for row in order.tolist() if not known[row]][:STEP]
        judged += left
        known[left] = True
        labels[left] = true[left]
        if anew and len(judged) < LAST:
            order = _ranked(one, labels, known)
    return seconds, one.wrong[judged]


def _ranked(one: KnownSet, labels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Rows, the worst first, as a scan ranks them by its defaults."""
    classes, apart = int(one.given.max()) + 1, np.arange(len(one.rows))
    judged = [
        out_of_sample_probabilities(part[one.rows], labels, apart, classes, folds=FOLDS, seed=SEED)
        for part in one.source.embeddings
    ]
    parts = [each.probabilities for each in judged]
    probabilities = pool(parts, pool_exponents(parts, labels))
    signals = Signals.of(labels, probabilities, judged[-1].judged, known=known, before=one.given)
    return np.argsort(find_label_issues(signals).score, kind="stable")


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run(tuple(sys.argv[2:]), Path(sys.argv[1]) if len(sys.argv) > 1 else None)))

"""Whether what the next 100 reviews find lies within the interval that is said before: `python -m bench.budget`.

On sets with a known truth (`bench.known_sets`) a reviewer who answers by the truth goes down the list; after 0, 30, 100
and 300 rows the budget is asked what the next 100 find, and what is left in all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.known_sets import SOURCES, KnownSet, Source, parts, whole_sets
from bench.row import Row
from core.issues.label.find import find_label_issues
from core.review.budget import Kept, review_budget

STARTS, FOLLOWING = (0, 30, 100, 300), 100
SIZES = (300, 1000)
FEW = 5
ARRAYS = os.environ.get("WINNOW_BENCH_ARRAYS")
"""A folder that keeps embeddings between runs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer of the budget beside the truth."""

    start: int
    inside: bool
    """Whether the interval of the next ones covers what they hold."""
    width: float
    off: float
    """Expected less found."""
    left_inside: bool
    left_off: float
    """By how much of the truth all that is left is misjudged; the truth at least `FEW`."""


def run() -> list[Row]:
    """A row per source, then one per number of rows reviewed before."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(ARRAYS or folder)
        by_source = {source.name: list(_asked(source)) for source in (make(arrays) for make in SOURCES)}
    everything = [one for found in by_source.values() for one in found]
    rows = [_row(name, found) for name, found in by_source.items()]
    rows += [_row(f"after {start} rows", [one for one in everything if one.start == start]) for start in STARTS]
    return [*rows, _row("all", everything)]


def _asked(source: Source) -> Iterator[Asked]:
    whole = list(whole_sets(source))
    draws = 2 if source.votes else 1
    for one in (*whole, *(part for each in whole for part in parts(each, SIZES, draws))):
        yield from _of_set(one)


def _of_set(one: KnownSet) -> Iterator[Asked]:
    finding = find_label_issues(one.signals())
    curve = finding.curve
    ends = (curve.lengths.tolist(), curve.wrong.tolist(), curve.low.tolist(), curve.high.tolist())
    kept: list[Kept] = list(zip(*ends, strict=True))
    wrong = one.wrong[np.argsort(finding.score, kind="stable")]
    for start in STARTS if kept else ():
        if start + FOLLOWING > len(wrong):
            continue
        found = review_budget(kept, [(rank + 1, bool(wrong[rank])) for rank in range(start)], FOLLOWING)
        said, true, left = found.following.found, int(wrong[start : start + FOLLOWING].sum()), int(wrong[start:].sum())
        yield Asked(
            start,
            said.low <= true <= said.high,
            said.high - said.low,
            said.estimate - true,
            found.left.low <= left <= found.left.high,
            abs(found.left.estimate - left) / max(left, FEW),
        )


def _row(name: str, found: list[Asked]) -> Row:
    inside = float(np.mean([one.inside for one in found])) if found else float("nan")
    width, off, left = (
        float(np.mean([getattr(one, field) for one in found])) if found else float("nan")
        for field in ("width", "off", "left_inside")
    )
    misjudged = float(np.median([one.left_off for one in found])) if found else float("nan")
    note = f"{len(found)} answers; width {width:.1f} labels, expected less found {off:+.1f}"
    note += f"; of all left {left:.2f}, misjudged by {misjudged:.0%} in the median"
    return Row(f"next {FOLLOWING} reviews within their interval: {name}", inside, "", bound="≥ 0.95", note=note)


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))

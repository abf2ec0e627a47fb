"""What all that is planted is measured by: which rows are spoiled, and precision and recall of what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from bench.row import Row
from core.modalities.suspicion import Suspicion, judged

SEED, EACH = 0, 0.01
"""Share of the examples that are spoiled in each of the ways."""
Ways = Mapping[str, Callable[..., object]]


def spoiled_rows(count: int, ways: Ways, generator: np.random.Generator) -> dict[int, str]:
    """Rows and how each is spoiled."""
    few = round(EACH * count)
    chosen = generator.choice(count, few * len(ways), replace=False)
    return {int(row): way for row, way in zip(chosen, [way for way in ways for _ in range(few)], strict=True)}


def compared(name: str, suspicions: Mapping[str, Suspicion], planted: Mapping[int, str]) -> Iterator[Row]:
    """Precision and recall by kind. A row may have more faults than the one that was meant: those of a spoiled row are
    neither right nor wrong."""
    count = len(next(iter(suspicions.values())).value)
    anything = np.zeros(count, bool)
    untouched = ~np.isin(np.arange(count), list(planted))
    for kind, suspicion in suspicions.items():
        has = judged(suspicion).has
        anything |= has
        rows = [row for row, way in planted.items() if way == kind]
        hits, false = int(has[rows].sum()), int((has & untouched).sum())
        precision = hits / max(1, hits + false)
        note = f"recall {hits / max(1, len(rows)):.3f} of {len(rows)}; flagged among the others: {false}"
        yield Row(f"content of {name}, {kind}: precision", precision, "", higher_is_better=True, note=note)
    share = float(anything[untouched].mean())
    yield Row(f"content of {name}: untouched examples that are flagged", 100 * share, "%")


def scored(name: str, hits: int, planted: int, others: int) -> Row:
    """Precision of a flag that was given to so many of the planted and to so many others; its recall beside it."""
    note = f"recall {hits / planted:.3f} of {planted}; flagged among the others: {others}"
    return Row(f"{name}: precision", hits / max(1, hits + others), "", higher_is_better=True, note=note)


def silent(done: float, total: float | None) -> None:
    """Tells nobody."""

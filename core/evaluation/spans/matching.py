"""How far predicted entities that are not quite right are wrong: nervaluate's four ways to match them.

`strict` asks for the boundaries and the type, `exact` for the boundaries alone, `partial` counts any overlap for half,
`type` asks for any overlap and the type (Batista 2018, after SemEval-2013 task 9; counts equal nervaluate's).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.spans.entities import Documents, Entities, Pairs, overlapping, types_in

WAYS = ("strict", "exact", "partial", "type")


@dataclass(frozen=True, slots=True)
class Matched:
    """Entities by what became of them, under nervaluate's names."""

    correct: int
    incorrect: int
    partial: int
    missed: int
    """True ones that match no predicted one."""
    spurious: int
    """Predicted ones that match no true one."""
    precision: float
    recall: float
    f1: float


def matchings(true: Documents, predicted: Documents) -> dict[str, Matched]:
    """By `WAYS`."""
    types = types_in(true, predicted)
    return matched(Entities.of(true, types), Entities.of(predicted, types))


def matched(true: Entities, predicted: Entities) -> dict[str, Matched]:
    """By `WAYS`: each predicted entity in turn takes the true one that fits it best, or else the first that it
    overlaps with; none is taken twice."""
    pairs = overlapping(true, predicted)
    far = np.abs(true.start[pairs.true] - predicted.start[pairs.predicted]) + np.abs(
        true.stop[pairs.true] - predicted.stop[pairs.predicted]
    )
    same_type = true.type[pairs.true] == predicted.type[pairs.predicted]
    fits = {"strict": (far == 0) & same_type, "exact": far == 0, "partial": far == 0, "type": same_type}
    alone = (_repeats(pairs.true, len(true)) == 1) & (_repeats(pairs.predicted, len(predicted)) == 1)
    found = {}
    for way in WAYS:
        correct, other = int(fits[way][alone].sum()), int((~fits[way][alone]).sum())
        for one, taken in _in_turn(pairs, ~alone, fits[way], far):
            correct, other = correct + one, other + taken - one
        found[way] = _counted(way, correct, other, len(true), len(predicted))
    return found


def _in_turn(
    pairs: Pairs, which: NDArray[np.bool_], fits: NDArray[np.bool_], far: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """For each predicted entity of the pairs chosen whether it is correct, and whether it has taken a true one."""
    chosen = np.flatnonzero(which)
    ends = np.flatnonzero(np.diff(pairs.predicted[chosen], append=-1)) + 1
    taken: set[int] = set()
    found, begin = [], 0
    # The one that fits with the nearest boundaries; of those that do not fit, the first.
    rank = np.where(fits, far, np.iinfo(np.int64).max)
    for end in ends.tolist():
        free = [pair for pair in chosen[begin:end].tolist() if int(pairs.true[pair]) not in taken]
        begin = end
        if not free:
            found.append((0, 0))
            continue
        pair = min(free, key=rank.__getitem__)
        taken.add(int(pairs.true[pair]))
        found.append((int(fits[pair]), 1))
    return found


def _repeats(places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """(pairs,) in how many pairs each one's entity is."""
    return np.asarray(np.bincount(places, minlength=size)[places])


def _counted(way: str, correct: int, other: int, true: int, predicted: int) -> Matched:
    partial = other if way == "partial" else 0
    right = correct + 0.5 * partial
    precision, recall = right / max(1, predicted), right / max(1, true)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    missed, spurious = true - correct - other, predicted - correct - other
    return Matched(correct, other - partial, partial, missed, spurious, precision, recall, f1)

"""The entities of many documents as arrays, and which of two such lists are the same or overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Integers

Span = tuple[int, int, str]
"""Start and stop in characters of the document's text, the stop not included, and the type."""
Documents = Sequence[Sequence[Span]]
"""The entities of each document."""


@dataclass(frozen=True, slots=True)
class Entities:
    """All entities of n documents, each once, by document, start, stop and type."""

    document: Integers
    """(m,) the place of each entity's document."""
    start: Integers
    stop: Integers
    type: Integers
    """(m,) index of the type."""
    documents: int
    """n."""

    @staticmethod
    def of(documents: Documents, types: Sequence[str]) -> Entities:
        """`types` must name every type that occurs; their places are the indices."""
        index = {name: place for place, name in enumerate(types)}
        rows = [
            (place, start, stop, index[name])
            for place, spans in enumerate(documents)
            for start, stop, name in sorted({(start, stop, name) for start, stop, name in spans})
        ]
        columns = np.array(rows, np.int64).reshape(-1, 4)
        document, start, stop, kind = columns[np.lexsort(columns.T[::-1])].T
        return Entities(document, start, stop, kind, len(documents))

    def __len__(self) -> int:
        return len(self.document)

    @property
    def bounds(self) -> Integers:
        """(m, 3) document, start and stop."""
        return np.stack([self.document, self.start, self.stop], 1)

    @property
    def whole(self) -> Integers:
        """(m, 4) document, start, stop and type."""
        return np.column_stack([self.bounds, self.type])

    def take(self, which: NDArray[np.generic]) -> Entities:
        """Some of the entities, in the order asked, of as many documents."""
        return Entities(self.document[which], self.start[which], self.stop[which], self.type[which], self.documents)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Places of true and of predicted entities that belong together, (pairs,) each."""

    true: Integers
    predicted: Integers


def types_in(*several: Documents) -> tuple[str, ...]:
    """The types that occur, sorted."""
    return tuple(sorted({name for documents in several for spans in documents for _, _, name in spans}))


def occurs(rows: Integers, others: Integers) -> NDArray[np.bool_]:
    """(m,) whether each row of (m, c) is one of the rows of (o, c)."""
    place = np.unique(np.concatenate([rows, others]), axis=0, return_inverse=True)[1].reshape(-1)
    return np.isin(place[: len(rows)], place[len(rows) :])


def overlapping(true: Entities, predicted: Entities) -> Pairs:
    """All pairs that share a hundredth of the true entity's length or more, as nervaluate asks for, by the predicted
    entity and then by the true one."""
    # One long text: documents lie one after the other, so far apart that none touches the next.
    step = int(max([0, *true.stop, *predicted.stop])) + 1
    begin, end = true.document * step + true.start, true.document * step + true.stop
    reach = np.maximum.accumulate(end) if len(end) else end
    from_, to = predicted.document * step + predicted.start, predicted.document * step + predicted.stop
    first, last = np.searchsorted(reach, from_, "right"), np.searchsorted(begin, to, "left")
    count = np.maximum(0, last - first)
    left = np.repeat(np.arange(len(predicted)), count)
    right = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    shared = np.minimum(end[right], to[left]) - np.maximum(begin[right], from_[left])
    kept = (shared > 0) & (100 * shared >= end[right] - begin[right])
    return Pairs(right[kept], left[kept])

"""Labels that are spans, as jobs read them: `input/rows.parquet`, columns `spans` and `tokens`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.queue import JobFolder
from core.targets.spans.form import Span, spans_of
from core.targets.spans.tokens import bounds_of, of_tokens


@dataclass(frozen=True, slots=True, eq=False)
class SpanRows:
    """The labels of n rows, and the words that they are made of."""

    spans: list[tuple[Span, ...]]
    bounds: list[NDArray[np.int64]]
    """(w, 2) of each row: start and stop of its words, in characters; none is cut by a span."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(n + 1,) where the words of each row begin, and the last ones end."""
        return np.concatenate([[0], np.cumsum([len(one) for one in self.bounds])]).astype(np.int64)

    def labels(self, types: Sequence[str]) -> list[NDArray[np.int64]]:
        """Of each row the type of each word, 0 outside of all spans, from 1 on by `types`."""
        index = {name: place for place, name in enumerate(types, 1)}
        found = []
        for spans, bounds in zip(self.spans, self.bounds, strict=True):
            own = np.zeros(len(bounds), np.int64)
            if spans:
                for first, behind, name in of_tokens(spans, [(start, stop) for start, stop in bounds.tolist()]):
                    own[first:behind] = index[name]
            found.append(own)
        return found


def read_spans(folder: JobFolder, texts: Sequence[str]) -> SpanRows:
    """Of the rows in the file's order, whose texts these are."""
    table = pq.read_table(folder.input / "rows.parquet", columns=["spans", "tokens"])
    spans = [spans_of(one or "[]") for one in table.column("spans").to_pylist()]
    tokens = table.column("tokens").to_pylist()
    bounds = [bounds_of(*one) for one in zip(tokens, texts, spans, strict=True)]
    return SpanRows(spans, [np.array(one, np.int64).reshape(-1, 2) for one in bounds])

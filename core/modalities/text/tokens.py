"""Token ids of many texts, one text after the other in one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FlatTokens:
    """The token ids of n texts."""

    values: NDArray[np.int64]
    offsets: NDArray[np.int64]
    """(n + 1,) where each text begins and the last one ends."""

    @staticmethod
    def of(texts: Sequence[Sequence[int]], padding: int = 0) -> FlatTokens:
        """A text without tokens becomes one of a single `padding` token: a model has to see something."""
        seen = [one or (padding,) for one in texts]
        offsets = np.zeros(len(seen) + 1, np.int64)
        np.cumsum([len(one) for one in seen], out=offsets[1:])
        return FlatTokens(np.fromiter(chain.from_iterable(seen), np.int64, int(offsets[-1])), offsets)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,)"""
        return np.diff(self.offsets)

    def joined(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The tokens of some texts (m,) in the order asked, end to end."""
        lengths = self.lengths[rows]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.asarray(self.values[np.repeat(self.offsets[rows], lengths) + within], np.int64)

    def padded(self, rows: NDArray[np.int64], padding: int = 0) -> NDArray[np.int64]:
        """(m, longest) the tokens of some texts in the order asked, filled up on the right."""
        lengths = self.lengths[rows]
        block = np.full((len(rows), int(lengths.max())), padding, np.int64)
        block[np.arange(block.shape[1]) < lengths[:, None]] = self.joined(rows)
        return block

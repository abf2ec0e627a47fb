"""The encoder of tables: each number as an angle, each category by itself, missing values told from all others.

Looks at the whole data set, so it is not cached: what is large among its rows another data set may call small.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays.disk_backed import empty, row_chunks
from core.modalities.payloads import Payloads
from core.modalities.table_row.columns import columns_of
from core.modalities.table_row.recipe import Recipe
from core.progress import Report


class TableFeatures:
    """Vectors of length 1, whose cosine is the mean likeness over the columns."""

    kind: Literal["table-row"] = "table-row"
    name = "table-features"

    def __init__(self) -> None:
        self._made: tuple[Payloads, NDArray[np.float32]] | None = None
        self.recipe = Recipe(())

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        """(n, d) float32; kept for the next call with the same payloads."""
        if self._made is None or self._made[0] is not payloads:
            self._made = (payloads, self._encoded(payloads, arrays, tick))
        return self._made[1]

    def _encoded(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        tick(0, len(payloads))
        table = columns_of(payloads)
        self.recipe = Recipe.of(table)
        encoded = empty((len(payloads), self.recipe.width), arrays)
        for rows in row_chunks(*encoded.shape):
            self.recipe.encode(table.slice(rows.start, rows.stop - rows.start), encoded[rows])
            tick(rows.stop, len(payloads))
        return encoded

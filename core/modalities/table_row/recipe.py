"""How the columns of a table become vectors of equal length: what it learnt of a data set, kept as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.modalities.table_row.columns import Kind, kind_of, numbers, texts

MOST_CATEGORIES = 32
"""Of a column, the most frequent ones have a place each."""
OTHERS = 16
"""The others share so many places by their names, so that two of them are seldom alike."""
SPREAD = 1.349
"""The interquartile range of a normal distribution in standard deviations."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column, as its values were where the recipe was made."""

    name: str
    kind: Kind
    middle: float = 0.0
    """The median of the numbers."""
    spread: float = 1.0
    """Their interquartile range as a standard deviation; where that is nothing, their standard deviation."""
    categories: tuple[str, ...] = ()
    """The most frequent ones, most frequent first."""

    @property
    def width(self) -> int:
        """Places of a vector: of a number sine, cosine and whether it is missing; of a category one each, some for
        all others, one for missing."""
        return len(self.categories) + OTHERS + 1 if self.kind == "category" else 3

    @staticmethod
    def of(name: str, column: pa.ChunkedArray) -> Feature | None:
        """None of a column that tells no rows apart, or that holds lists and records."""
        kind = kind_of(column)
        if kind is None:
            return None
        if kind == "category":
            found = sorted(
                pc.value_counts(column.drop_null()).to_pylist(), key=lambda one: (-one["counts"], one["values"])
            )
            return Feature(name, kind, categories=tuple(one["values"] for one in found[:MOST_CATEGORIES]))
        values = numbers(column)
        present = values[np.isfinite(values)]
        if not len(present):
            return None
        low, middle, high = np.quantile(present, (0.25, 0.5, 0.75))
        spread = (high - low) / SPREAD or float(present.std())
        return Feature(name, kind, float(middle), float(spread) or 1.0)

    def encode(self, column: pa.ChunkedArray) -> NDArray[np.float32]:
        """(n, width), rows of length 1: equal values have the cosine 1, a number and another the cosine of the angle
        between them, which no distance makes larger than a half-turn, two categories 0."""
        encoded = np.zeros((len(column), self.width), np.float32)
        if self.kind == "category":
            encoded[np.arange(len(column)), self._places(column)] = 1
            return encoded
        angle = np.arctan((numbers(column) - self.middle) / self.spread)
        missing = np.isnan(angle)
        encoded[:, 0], encoded[:, 1] = np.sin(angle), np.cos(angle)
        encoded[missing] = (0, 0, 1)
        return encoded

    def _places(self, column: pa.ChunkedArray) -> NDArray[np.int64]:
        """(n,) which place of a vector each category has; worked out once for each of them."""
        known = {name: index for index, name in enumerate(self.categories)}
        named = texts(column).combine_chunks().dictionary_encode()
        places = [
            known.get(one, len(known) + crc32(one.encode("utf-8", "replace")) % OTHERS)
            for one in named.dictionary.to_pylist()
        ]
        codes = named.indices.fill_null(len(places)).to_numpy()
        found: NDArray[np.int64] = np.asarray([*places, len(known) + OTHERS], np.int64)[codes]
        return found


@dataclass(frozen=True, slots=True)
class Recipe:
    """The columns that make a vector."""

    features: tuple[Feature, ...]

    @staticmethod
    def of(table: pa.Table) -> Recipe:
        """Of the columns of a data set, those that tell its rows apart."""
        found = (Feature.of(name, table.column(name)) for name in table.column_names)
        return Recipe(tuple(one for one in found if one is not None))

    @property
    def width(self) -> int:
        """Of a vector."""
        return sum(one.width for one in self.features)

    def encode(self, table: pa.Table, out: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fills `out` (n, width): the cosine of two rows is the mean over their columns. A column that the table lacks
        is missing."""
        start, length = 0, np.float32(1 / np.sqrt(max(1, len(self.features))))
        for feature in self.features:
            out[:, start : start + feature.width] = feature.encode(self.column(table, feature.name)) * length
            start += feature.width
        return out

    @staticmethod
    def column(table: pa.Table, name: str) -> pa.ChunkedArray:
        """A column of a table, all of it missing where the table lacks it."""
        if name in table.column_names:
            return table.column(name)
        return pa.chunked_array([pa.nulls(table.num_rows)])

    def plain(self) -> list[Mapping[str, Any]]:
        """As JSON holds it."""
        return [asdict(one) for one in self.features]

    @staticmethod
    def of_plain(features: Sequence[Mapping[str, Any]]) -> Recipe:
        """From what `plain` gave."""
        return Recipe(tuple(Feature(**{**one, "categories": tuple(one["categories"])}) for one in features))

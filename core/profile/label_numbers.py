"""Labels that are numbers: how they are spread, in all and per split, and in bands of about as many rows each, which
stand in for classes where an attribute is held against the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from core.profile.groups import band_edges, band_name, figure
from core.profile.numbers import number_profile
from core.profile.records import MISSING, Bin, GroupTable, Rows
from core.profile.sql import scale
from core.records import Attribute, Estimate
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

LABEL = Attribute("label", "label", "number")
"""The label as the measures of attributes take one."""
_NORMAL = 1.959964
"""The normal distribution's 97.5 % quantile."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How some labels are spread."""

    rows: int
    mean: Estimate
    """With a 95 % interval by the standard error."""
    deviation: float
    """The sample's standard deviation; 0 of one row."""
    minimum: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    maximum: float


@dataclass(frozen=True, slots=True)
class LabelNumbers:
    """The labels of a version that are numbers."""

    spread: Spread | None
    """None where no row has a label."""
    distinct: int
    unlabelled: int
    bins: tuple[Bin, ...]
    splits: tuple[tuple[str, Spread], ...]
    """Of each split, the largest first; rows without a split are `(missing)`."""


@dataclass(frozen=True, slots=True)
class Band:
    """Labels from `low` up to, and without, `high`; None is open."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class InBands:
    """Rows whose labels are the names of the bands that their numbers lie in."""

    rows: Rows
    bands: tuple[Band, ...]

    @property
    def relation(self) -> str:
        cases = "".join(
            f" WHEN number < '{band.high!r}'::DOUBLE THEN {position}"
            for position, band in enumerate(self.bands)
            if band.high is not None
        )
        place = f"CASE WHEN number IS NULL THEN NULL{cases} ELSE {len(self.bands) - 1} END"
        numbered = f"(SELECT *, CAST(label AS DOUBLE) AS number FROM {self.rows.relation})"
        return f"(SELECT * EXCLUDE (number) REPLACE (CAST({place} AS VARCHAR) AS label) FROM {numbered})"

    @property
    def target(self) -> Target:
        return ONE_CLASS

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """As the rows do."""
        return self.rows.fetch(sql, params)

    def shown(self, column: str, value: str) -> str:
        """As the rows do."""
        return self.rows.shown(column, value)

    def named(self, table: GroupTable) -> GroupTable:
        """The table with the bands in their order and by their names."""
        order = sorted(range(len(table.labels)), key=lambda place: int(table.labels[place]))
        names = tuple(self.bands[int(table.labels[place])].name for place in order)
        return replace(table, labels=names, counts=np.ascontiguousarray(table.counts[:, order]))


def in_bands(rows: Rows) -> InBands:
    """The rows with their numbers in fifths; fewer bands where many are equal."""
    edges = band_edges(rows, LABEL)
    bounds = [None, *edges, None]
    bands = tuple(Band(band_name(low, high, figure), low, high) for low, high in pairwise(bounds))
    return InBands(rows, bands)


def label_numbers(rows: Rows) -> LabelNumbers:
    """Quantiles, mean and histogram of the labels, and the same figures of each split."""
    number = "CAST(label AS DOUBLE)"
    ((largest,),) = rows.fetch(f"SELECT max(abs({number})) FROM {rows.relation}")
    factor = scale(largest or 0.0)
    numbers = f"(SELECT {number} * {factor!r}::DOUBLE AS number, coalesce(split, ?) AS part FROM {rows.relation})"
    figures = (
        "count(number), avg(number), coalesce(stddev_samp(number), 0), min(number), max(number),"
        " quantile_cont(number, [0.05, 0.25, 0.5, 0.75, 0.95])"
    )
    (whole,) = rows.fetch(f"SELECT {figures}, count(DISTINCT number), count(*) FROM {numbers}", [MISSING])
    *of_all, distinct, total = whole
    spread = _spread(of_all, factor)
    parts = rows.fetch(f"SELECT part, {figures} FROM {numbers} WHERE number IS NOT NULL GROUP BY part", [MISSING])
    splits = [(str(part), found) for part, *values in parts if (found := _spread(values, factor))]
    drawn = number_profile(rows, LABEL)
    return LabelNumbers(
        spread,
        int(distinct),
        int(total - of_all[0]),
        drawn.bins if drawn else (),
        tuple(sorted(splits, key=lambda part: (-part[1].rows, part[0]))),
    )


def _spread(values: Sequence[Any], factor: float) -> Spread | None:
    """Of figures that were multiplied with `factor`."""
    count, *figures, quantiles = values
    if not count:
        return None
    mean, deviation, low, high = (float(one) / factor for one in figures)
    half = _NORMAL * deviation / count**0.5
    p5, p25, median, p75, p95 = (float(one) / factor for one in quantiles)
    around = Estimate(mean, mean - half, mean + half)
    return Spread(int(count), around, deviation, low, p5, p25, median, p75, p95, high)

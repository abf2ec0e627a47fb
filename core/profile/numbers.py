"""How a number spreads: text length, image size, brightness, or any numeric attribute. Histogram and quantiles."""

from __future__ import annotations

import math
import sys

from core.profile.records import Bin, NumberProfile, Rows
from core.profile.sql import number, scale
from core.records import Attribute

TARGET_BINS = 40
FAR = 10.0
"""What is farther than so many interquartile ranges from the middle half is drawn in an open bar. Tukey calls three of
them far out; of incomes and lengths, whose logarithms are normal, these are ordinary values."""
_LARGEST = sys.float_info.max


def number_profile(rows: Rows, attribute: Attribute) -> NumberProfile | None:
    """Quantiles and a histogram of an attribute of kind `number` or `time` (seconds since 1970).

    Bars are of one round width over the range up to the 99.5 % quantile, and not much farther from the middle half of
    the values than these lie apart: a longer tail is one last bar, open above. None when no row has a value.
    """
    value = number(attribute)
    counted = f"(SELECT CASE WHEN isfinite({value}) THEN {value} END AS value FROM {rows.relation})"
    ((total, present, low, high, whole),) = rows.fetch(
        f"SELECT count(*), count(value), min(value), max(value), bool_and(value = floor(value)) FROM {counted}"
    )
    if not present:
        return None
    factor = scale(max(abs(low), abs(high)))
    scaled = f"(SELECT value * {factor!r}::DOUBLE AS value FROM {counted} WHERE value IS NOT NULL)"
    ((quantiles,),) = rows.fetch(
        f"SELECT quantile_cont(value, [0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995]) FROM {scaled}"
    )
    bottom, p5, first_quarter, median, last_quarter, p95, top = quantiles
    bottom, top = _without_far_ones(rows, scaled, (bottom, top), (first_quarter, last_quarter))
    first = low * factor if low * factor >= bottom - (top - bottom) else bottom
    start, width, bars = _bars(first, max(top, bottom), whole and factor == 1)
    binned = rows.fetch(
        f"SELECT CAST(least(greatest(floor((value - ?) / ?), -1), ?) AS INTEGER) AS bar, count(*) FROM {scaled}"
        " GROUP BY bar",
        [start, width, bars],
    )
    counts = {int(bar): int(count) for bar, count in binned}
    edges = [max(-_LARGEST, min(_LARGEST, (start + bar * width) / factor)) for bar in range(bars + 1)]
    bins = [Bin(edges[bar], edges[bar + 1], counts.get(bar, 0)) for bar in range(bars)]
    if counts.get(-1):
        bins.insert(0, Bin(-math.inf, edges[0], counts[-1]))
    if counts.get(bars):
        bins.append(Bin(edges[bars], math.inf, counts[bars]))
    p5, median, p95 = (one / factor for one in (p5, median, p95))
    return NumberProfile(int(present), int(total - present), low, p5, median, p95, high, tuple(bins))


def _without_far_ones(
    rows: Rows, values: str, ends: tuple[float, float], middle: tuple[float, float]
) -> tuple[float, float]:
    """The ends of the bars, without values that are so far from the middle half that it would be a single bar: of few
    rows, one huge value is enough for that."""
    (bottom, top), (first, last) = ends, middle
    far = FAR * (last - first)
    if far <= 0 or (top <= last + far and bottom >= first - far):
        return ends
    ((low, high),) = rows.fetch(
        f"SELECT min(value), max(value) FROM {values} WHERE value BETWEEN ? AND ?", [first - far, last + far]
    )
    return max(bottom, low), min(top, high)


def _bars(low: float, high: float, whole: bool) -> tuple[float, float, int]:
    """Start, width and number of bars: a width of 1, 2, 2.5 or 5 times a power of ten, whole for whole numbers."""
    span = high - low
    width = _round_up(span / TARGET_BINS) if span > 0 else 1.0
    if whole:
        width = max(1.0, math.ceil(width))
    start = math.floor(low / width) * width
    return start, width, math.floor((high - start) / width) + 1


def _round_up(width: float) -> float:
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= width * (1 - 1e-9))

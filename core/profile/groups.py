"""An attribute's groups against the labels: a category's values, a number's or a time's bands, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from core.profile.records import MISSING, Group, GroupTable, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.sql import labelled, number, text
from core.profile.values import told_apart
from core.records import Attribute, RowFilter
from core.words import stored

MAX_GROUPS = 100
"""Smaller groups beyond the largest hundred are folded together."""
BANDS = 5
_WRITTEN_OUT = 1e15
"""From here on whole numbers are shown as powers of ten."""
_YEAR = 365.2425 * 86_400
MAX_PLAIN_VALUES = 12
"""A number with at most this many distinct values (a rating, a year) has a group per value instead of bands."""


def group_table(rows: Rows, attribute: Attribute) -> GroupTable:
    """One attribute's groups against the labels. Bands lie between quintiles; rows with no label are left out."""
    return _number_table(rows, attribute) if attribute.kind in ("number", "time") else _category_table(rows, attribute)


def _category_table(rows: Rows, attribute: Attribute) -> GroupTable:
    each_row_once = "label IS NULL" if rows.target.several else "true"
    cells = rows.fetch(
        f"WITH cells AS MATERIALIZED (SELECT value, label, count(*) AS held"
        f" FROM {labelled(rows, f'{text(attribute)} AS value')} GROUP BY ALL),"
        f" sized AS (SELECT value, row_number() OVER (ORDER BY sum(held) FILTER ({each_row_once}) DESC, value) AS place"
        " FROM cells"
        " WHERE value IS NOT NULL GROUP BY value)"
        f" SELECT CASE WHEN value IS NULL THEN {MAX_GROUPS + 2} ELSE least(place, {MAX_GROUPS + 1}) END AS position,"
        " any_value(value), label, CAST(sum(held) AS BIGINT), (SELECT count(*) FROM sized)"
        " FROM cells LEFT JOIN sized USING (value) GROUP BY position, label"
    )
    folded = int(cells[0][-1]) - MAX_GROUPS if cells else 0
    names = {int(position): str(value) for position, value, *_ in cells}

    def group(position: int, count: int) -> Group:
        if position == MAX_GROUPS + 1:
            return Group(stored(f"(other: {folded:,} groups)"), count, None, judged=False)
        if position == MAX_GROUPS + 2:
            return _missing(attribute, count)
        where = RowFilter(attribute=attribute.column, value=names[position])
        name = rows.shown(attribute.name, names[position])
        return Group(name, count, where, count >= MIN_GROUP_ROWS)

    return _table(attribute, [(int(place), label, int(held)) for place, _, label, held, _ in cells], group)


def _number_table(rows: Rows, attribute: Attribute) -> GroupTable:
    edges = _plain_values(rows, attribute)
    plain = len(edges) <= MAX_PLAIN_VALUES
    if not plain:
        edges = band_edges(rows, attribute)
    position = " + ".join(f"(value >= '{edge!r}'::DOUBLE)::INTEGER" for edge in edges) or "0"
    cells = rows.fetch(
        f"SELECT CASE WHEN NOT isnan(value) THEN {position} ELSE {len(edges) + 1} END AS band, label, count(*)"
        f" FROM {labelled(rows, f'{number(attribute)} AS value')} GROUP BY ALL"
    )
    show = _date if attribute.kind == "time" else figure

    def group(band: int, count: int) -> Group:
        if band == len(edges) + 1:
            return _missing(attribute, count)
        low = edges[band - 1] if band else None
        high = edges[band] if band < len(edges) else None
        if plain and low is not None:
            name, high = show(low), high if high is not None or low == math.inf else math.nextafter(low, math.inf)
        else:
            name = band_name(low, high, show)
        where = RowFilter(attribute=attribute.column, low=low, high=high)
        return Group(name, count, where, count >= MIN_GROUP_ROWS)

    return _table(attribute, [(int(band), label, int(held)) for band, label, held in cells], group)


def _plain_values(rows: Rows, attribute: Attribute) -> list[float]:
    """The distinct values in order, one more than `MAX_PLAIN_VALUES` of them at most."""
    found = rows.fetch(
        f"SELECT DISTINCT value FROM (SELECT {number(attribute)} AS value FROM {rows.relation})"
        f" WHERE NOT isnan(value) ORDER BY 1 LIMIT {MAX_PLAIN_VALUES + 1}"
    )
    return [float(value) for (value,) in found]


def band_edges(rows: Rows, attribute: Attribute) -> list[float]:
    """Quintiles, rounded to as few digits as keep them apart (times: unrounded)."""
    counted = f"(SELECT {number(attribute)} AS value FROM {rows.relation})"
    at = [position / BANDS for position in range(1, BANDS)]
    ((quantiles,),) = rows.fetch(f"SELECT quantile_disc(value, {at}) FROM {counted} WHERE isfinite(value)")
    exact = sorted(set(map(float, quantiles)))
    for digits in range(2, 16):
        rounded = sorted({float(f"{edge:.{digits}g}") for edge in exact})
        if attribute.kind != "time" and len(rounded) == len(exact):
            return rounded
    return exact


def band_name(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    if low is None:
        return stored("all") if high is None else stored(f"under {show(high)}")
    return stored(f"{show(low)} and over") if high is None else f"{show(low)} – {show(high)}"


def figure(value: float) -> str:
    whole = abs(value) < _WRITTEN_OUT and value == round(value)
    return f"{value:,.0f}" if whole else f"{value:,.4g}"


def _date(seconds: float) -> str:
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d")
    except (OverflowError, ValueError):  # Python's calendar has the years 1 to 9999
        return stored(f"year {1970 + seconds / _YEAR:,.0f}") if math.isfinite(seconds) else str(seconds)


def apart(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with a number behind each name that another one before it has: bands of times within a day, of
    numbers that differ in a fifth digit, values that are masked alike."""
    names = told_apart([group.name for group in groups])
    return tuple(replace(group, name=name) for group, name in zip(groups, names, strict=True))


def _missing(attribute: Attribute, count: int) -> Group:
    return Group(MISSING, count, RowFilter(attribute=attribute.column), count >= MIN_GROUP_ROWS)


def _table(
    attribute: Attribute, cells: Sequence[tuple[int, str | None, int]], group: Callable[[int, int], Group]
) -> GroupTable:
    """Cells of (group position, label, rows) as a dense table; groups by position, labels largest first. Cells without
    a label are whole groups, in which rows of several classes are counted once."""
    by_label: dict[str, int] = {}
    for _, label, count in cells:
        if label is not None:
            by_label[label] = by_label.get(label, 0) + count
    whole = {position: count for position, label, count in cells if label is None}
    labels = sorted(by_label, key=lambda label: (-by_label[label], label))
    positions = sorted({position for position, *_ in cells})
    counts = np.zeros((len(positions), len(labels)), dtype=np.int64)
    row_of = {position: row for row, position in enumerate(positions)}
    column_of = {label: column for column, label in enumerate(labels)}
    for position, label, count in cells:
        if label is not None:
            counts[row_of[position], column_of[label]] += count
    sizes = whole or {position: int(counts[row].sum()) for position, row in row_of.items()}
    groups = apart([group(position, sizes[position]) for position in positions])
    return GroupTable(attribute.name, attribute.column, groups, tuple(labels), counts)

"""Bias: which attributes go together with the label, and how the labels spread over an attribute's groups.

A category's groups are its values, the `MAX_GROUPS` largest of them; a number's and a time's are bands between
quantiles. Derived attributes are measured exactly like the source's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.profile.association import correlation_ratio, cramers_v, independence
from core.profile.records import MISSING, Association, Group, GroupTable, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.sql import number, quoted, text
from core.records import Attribute, RowFilter

MAX_GROUPS = 100
"""Smaller groups beyond the largest hundred are measured folded together."""
MOST_DISTINCT = 0.5
"""A category with more distinct values than this share of its rows names rows; it does not group them."""
BANDS = 5
MAX_PLAIN_VALUES = 12
"""A number with at most this many distinct values (a rating, a year) has a group per value instead of bands."""


def associations(
    rows: Rows, attributes: Sequence[Attribute], on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Association, ...]:
    """Every attribute's association with the label, strongest first; those that cannot be measured last, with the
    reason."""
    measured = []
    for position, attribute in enumerate(attributes):
        on_progress(position, len(attributes))
        measured.append(association(rows, attribute))
    on_progress(len(attributes), len(attributes))
    return tuple(sorted(measured, key=lambda one: -1.0 if one.value is None else -one.value.estimate))


def association(rows: Rows, attribute: Attribute) -> Association:
    """One attribute's association with the label and its groups."""
    if attribute.kind == "text":
        return _unmeasured(attribute, 0, "Free text: every row has its own.")
    return _of_category(rows, attribute) if attribute.kind == "category" else _of_number(rows, attribute)


def _unmeasured(attribute: Attribute, count: int, note: str, table: GroupTable | None = None) -> Association:
    return Association(attribute.name, attribute.column, "none", None, count, attribute.derived, note, table)


# --- categories --------------------------------------------------------------------------------------------------


def _of_category(rows: Rows, attribute: Attribute) -> Association:
    column = quoted(attribute.column)
    ((present, distinct),) = rows.fetch(f"SELECT count({column}), count(DISTINCT {column}) FROM {rows.relation}")
    if distinct > max(BANDS, MOST_DISTINCT * present):
        return _unmeasured(attribute, int(present), f"{distinct:,} values in {present:,} rows: it names rows.")
    table, folded = _category_table(rows, attribute)
    value = cramers_v(table.counts)
    if value is None:
        return _unmeasured(attribute, int(present), "All rows have the same value, or the same label.", table)
    notes = [f"{folded:,} small groups are folded together."] if folded else []
    test = independence(table.counts)
    if test is not None and test.rough:
        notes.append("Few rows per cell: the interval is rough.")
    total = int(table.counts.sum())
    return Association(
        attribute.name, attribute.column, "cramers_v", value, total, attribute.derived, " ".join(notes), table
    )


def _category_table(rows: Rows, attribute: Attribute) -> tuple[GroupTable, int]:
    """The table of an attribute's values and labels, and how many values were folded into one last group."""
    cells = rows.fetch(
        f"WITH cells AS MATERIALIZED (SELECT {text(attribute)} AS value, label, count(*) AS held FROM {rows.relation}"
        " WHERE label IS NOT NULL GROUP BY ALL),"
        " sized AS (SELECT value, row_number() OVER (ORDER BY sum(held) DESC, value) AS place FROM cells"
        " WHERE value IS NOT NULL GROUP BY value)"
        f" SELECT CASE WHEN value IS NULL THEN {MAX_GROUPS + 2} ELSE least(place, {MAX_GROUPS + 1}) END AS position,"
        " any_value(value), label, CAST(sum(held) AS BIGINT)"
        " FROM cells LEFT JOIN sized USING (value) GROUP BY position, label"
    )
    folded = 0
    if any(position == MAX_GROUPS + 1 for position, *_ in cells):
        ((distinct,),) = rows.fetch(f"SELECT count(DISTINCT {quoted(attribute.column)}) FROM {rows.relation}")
        folded = int(distinct) - MAX_GROUPS
    names = {int(position): str(value) for position, value, *_ in cells}

    def group(position: int, count: int) -> Group:
        if position == MAX_GROUPS + 1:
            return Group(f"(other: {folded:,} groups)", count, None, judged=False)
        if position == MAX_GROUPS + 2:
            return _missing(attribute, count)
        where = RowFilter(attribute=attribute.column, value=names[position])
        return Group(names[position], count, where, count >= MIN_GROUP_ROWS)

    return _table(attribute, [(int(p), str(label), int(held)) for p, _, label, held in cells], group), folded


# --- numbers and times -------------------------------------------------------------------------------------------


def _of_number(rows: Rows, attribute: Attribute) -> Association:
    value = number(attribute)
    ((present, distinct, mean, spread),) = rows.fetch(
        "SELECT count(value), count(DISTINCT value), avg(value), stddev_pop(value)"
        f" FROM (SELECT {value} AS value FROM {rows.relation} WHERE label IS NOT NULL) WHERE isfinite(value)"
    )
    if not present or not spread:
        return _unmeasured(attribute, int(present), "All rows have the same value, or none.")
    table = _number_table(rows, attribute, int(distinct))
    measured = correlation_ratio(_moments(rows, value, float(mean), float(spread)))
    if measured is None:
        return _unmeasured(attribute, int(present), "All rows have the same label.", table)
    missing = int(table.counts.sum()) - int(present)
    note = f"{missing:,} rows without a value are left out." if missing else ""
    return Association(
        attribute.name, attribute.column, "correlation_ratio", measured, int(present), attribute.derived, note, table
    )


def _moments(rows: Rows, value: str, mean: float, spread: float) -> NDArray[np.float64]:
    """Per class: rows, mean and second to fourth central moment, of the standardised number; (classes, 5) float64."""
    sums = rows.fetch(
        "SELECT count(*), sum(z), sum(z * z), sum(z * z * z), sum(z * z * z * z)"
        f" FROM (SELECT label, ({value} - ?) / ? AS z FROM {rows.relation} WHERE label IS NOT NULL)"
        " WHERE isfinite(z) GROUP BY label",
        [mean, spread],
    )
    n, first, second, third, fourth = np.array(sums, dtype=np.float64).T
    m, m2, m3, m4 = first / n, second / n, third / n, fourth / n
    return np.column_stack(
        [
            n,
            m,
            np.maximum(m2 - m**2, 0),
            m3 - 3 * m * m2 + 2 * m**3,
            np.maximum(m4 - 4 * m * m3 + 6 * m**2 * m2 - 3 * m**4, 0),
        ]
    )


def _number_table(rows: Rows, attribute: Attribute, distinct: int) -> GroupTable:
    edges = _plain_values(rows, attribute) if distinct <= MAX_PLAIN_VALUES else _band_edges(rows, attribute)
    plain = distinct <= MAX_PLAIN_VALUES
    position = " + ".join(f"(value >= {edge!r})::INTEGER" for edge in edges) or "0"
    cells = rows.fetch(
        f"SELECT CASE WHEN isfinite(value) THEN {position} ELSE {len(edges) + 1} END AS band, label, count(*)"
        f" FROM (SELECT {number(attribute)} AS value, label FROM {rows.relation} WHERE label IS NOT NULL) GROUP BY ALL"
    )
    show = _date if attribute.kind == "time" else _figure

    def group(band: int, count: int) -> Group:
        if band == len(edges) + 1:
            return _missing(attribute, count)
        low = edges[band - 1] if band else None
        high = edges[band] if band < len(edges) else None
        if plain and low is not None:
            name, high = show(low), high if high is not None else math.nextafter(low, math.inf)
        else:
            name = _band_name(low, high, show)
        where = RowFilter(attribute=attribute.column, low=low, high=high)
        return Group(name, count, where, count >= MIN_GROUP_ROWS)

    return _table(attribute, [(int(band), str(label), int(held)) for band, label, held in cells], group)


def _plain_values(rows: Rows, attribute: Attribute) -> list[float]:
    counted = f"(SELECT {number(attribute)} AS value FROM {rows.relation})"
    return [float(value) for (value,) in rows.fetch(f"SELECT DISTINCT value FROM {counted} WHERE isfinite(value) ORDER BY 1")]


def _band_edges(rows: Rows, attribute: Attribute) -> list[float]:
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


def _band_name(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    if low is None:
        return "all" if high is None else f"under {show(high)}"
    return f"{show(low)} and over" if high is None else f"{show(low)} – {show(high)}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4g}"


def _date(seconds: float) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d")


# --- both --------------------------------------------------------------------------------------------------------


def _missing(attribute: Attribute, count: int) -> Group:
    return Group(MISSING, count, RowFilter(attribute=attribute.column), count >= MIN_GROUP_ROWS)


def _table(
    attribute: Attribute, cells: Sequence[tuple[int, str, int]], group: Callable[[int, int], Group]
) -> GroupTable:
    """Cells of (group position, label, rows) as a dense table; groups by position, labels largest first."""
    by_label: dict[str, int] = {}
    for _, label, count in cells:
        by_label[label] = by_label.get(label, 0) + count
    labels = sorted(by_label, key=lambda label: (-by_label[label], label))
    positions = sorted({position for position, *_ in cells})
    counts = np.zeros((len(positions), len(labels)), dtype=np.int64)
    row_of = {position: row for row, position in enumerate(positions)}
    column_of = {label: column for column, label in enumerate(labels)}
    for position, label, count in cells:
        counts[row_of[position], column_of[label]] += count
    groups = tuple(group(position, int(counts[row_of[position]].sum())) for position in positions)
    return GroupTable(attribute.name, attribute.column, groups, tuple(labels), counts)

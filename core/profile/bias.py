"""Bias: how strongly each attribute goes together with the label. Derived attributes are measured like any other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.profile.association import correlation_ratio, cramers_v, independence, size_of_ratio, size_of_v
from core.profile.groups import BANDS, MAX_GROUPS, group_table
from core.profile.records import Association, Counts, GroupTable, Rows
from core.profile.sql import labelled, number, scale, text
from core.progress import Report, unheard
from core.records import Attribute, Estimate
from core.words import stored

MOST_DISTINCT = 0.5
"""A category with more distinct values than this share of its rows names rows; it does not group them."""


def associations(rows: Rows, attributes: Sequence[Attribute], on_progress: Report = unheard) -> tuple[Association, ...]:
    """Every attribute's association with the label, strongest first; those that cannot be measured last, with the
    reason."""
    measured = []
    for position, attribute in enumerate(attributes):
        on_progress(position, len(attributes))
        measured.append(association(rows, attribute))
    on_progress(len(attributes), len(attributes))
    return tuple(sorted(measured, key=lambda one: -1.0 if one.value is None else -one.value.estimate))


def association(rows: Rows, attribute: Attribute) -> Association:
    """One attribute's association with the label."""
    return _of_number(rows, attribute) if attribute.kind in ("number", "time") else _of_category(rows, attribute)


def _unmeasured(attribute: Attribute, count: int, note: str) -> Association:
    return Association(attribute.name, attribute.column, "none", None, count, attribute.derived, note)


def _of_category(rows: Rows, attribute: Attribute) -> Association:
    """Missing values are a group of their own, and so are the folded ones beyond the largest `MAX_GROUPS`."""
    ((present, distinct),) = rows.fetch(
        f"SELECT count(value), count(DISTINCT value) FROM (SELECT {text(attribute)} AS value FROM {rows.relation})"
    )
    if distinct > max(BANDS, MOST_DISTINCT * present):
        return _unmeasured(attribute, int(present), stored(f"{distinct:,} values in {present:,} rows: it names rows."))
    table = group_table(rows, attribute)
    counts, most = _most_tied(table) if rows.target.several else (table.counts, "")
    value, test = cramers_v(counts), independence(counts)
    if value is None or test is None:
        return _unmeasured(attribute, int(present), stored("All rows have the same value, or the same label."))
    folded = stored(f"{distinct - MAX_GROUPS:,} small groups are folded together.") if distinct > MAX_GROUPS else ""
    rough = stored("Few rows per cell: the interval is rough.") if test.rough else ""
    note = " ".join(filter(None, (folded, rough, most)))
    total = int(counts.sum())
    size = size_of_v(value.estimate, counts)
    return Association(attribute.name, attribute.column, "cramers_v", value, total, attribute.derived, note, size)


def _of_number(rows: Rows, attribute: Attribute) -> Association:
    """Rows without a finite value are left out, and said."""
    ((largest,),) = rows.fetch(
        "SELECT max(abs(value)) FILTER (isfinite(value))"
        f" FROM (SELECT {number(attribute)} AS value FROM {rows.relation})"
    )
    value = f"({number(attribute)} * {scale(largest or 0.0)!r}::DOUBLE)"
    ((total, present, mean, spread),) = rows.fetch(
        "SELECT count(*), count(value) FILTER (isfinite(value)), avg(value) FILTER (isfinite(value)),"
        " stddev_pop(value) FILTER (isfinite(value))"
        f" FROM (SELECT {value} AS value FROM {rows.relation} WHERE label IS NOT NULL)"
    )
    if not present or not spread:
        return _unmeasured(attribute, int(present), stored("All rows have the same value, or none."))
    measured, most = _ratio(rows, value, float(mean), float(spread))
    if measured is None:
        return _unmeasured(attribute, int(present), stored("All rows have the same label."))
    left_out = stored(f"{total - present:,} rows without a value are left out.") if total > present else ""
    note = " ".join(filter(None, (left_out, most)))
    return Association(
        attribute.name,
        attribute.column,
        "correlation_ratio",
        measured,
        int(present),
        attribute.derived,
        note,
        size_of_ratio(measured.estimate),
    )


def _most_tied(table: GroupTable) -> tuple[Counts, str]:
    """The rows with and without a class in each group, (groups, 2), for the class that they differ on most, and what is
    said of it: where a label is several classes, each is a label of its own, there or not."""
    each = [np.column_stack([column, table.sizes - column]) for column in table.counts.T]
    found = [(value.estimate, place) for place, counts in enumerate(each) if (value := cramers_v(counts))]
    if not found:
        return np.zeros((0, 0), dtype=np.int64), ""
    _, place = max(found, key=lambda one: (one[0], -one[1]))
    return each[place], _of_one(table.labels[place], len(table.labels))


def _of_one(label: str, classes: int) -> str:
    return stored(f"Measured for each of {classes:,} classes; this is {label!r}, the one most tied to it.")


def _ratio(rows: Rows, value: str, mean: float, spread: float) -> tuple[Estimate | None, str]:
    """The correlation ratio with the label; where that is several classes, with the one most tied to the number, there
    or not, and what is said of it."""
    names, sums = _sums(rows, value, mean, spread)
    if not rows.target.several:
        return correlation_ratio(_moments(sums)), ""
    every = sums[names.index(None)] if None in names else np.zeros(5)
    found = [
        (measured, name)
        for name, with_it in zip(names, sums, strict=True)
        if name is not None and (measured := correlation_ratio(_moments(np.vstack([with_it, every - with_it]))))
    ]
    if not found:
        return None, ""
    measured, name = max(found, key=lambda one: (one[0].estimate, one[1]))
    return measured, _of_one(name, len(names) - 1)


def _sums(rows: Rows, value: str, mean: float, spread: float) -> tuple[list[str | None], NDArray[np.float64]]:
    """Per class, None being every row where a label is several: rows and the sums of the first to fourth power of the
    standardised number; (classes, 5) float64."""
    sums = rows.fetch(
        "SELECT label, count(*), sum(z), sum(z * z), sum(z * z * z), sum(z * z * z * z)"
        f" FROM (SELECT label, (value - ?) / ? AS z FROM {labelled(rows, f'{value} AS value')})"
        " WHERE isfinite(z) GROUP BY label",
        [mean, spread],
    )
    return [label for label, *_ in sums], np.array([powers for _, *powers in sums], dtype=np.float64)


def _moments(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Per class: rows, mean and second to fourth central moment, of sums of powers; (classes, 5) float64."""
    n, first, second, third, fourth = sums[sums[:, 0] > 0].T
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

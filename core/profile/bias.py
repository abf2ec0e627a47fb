"""Bias: how strongly each attribute goes together with the label. Derived attributes are measured like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.profile.association import correlation_ratio, cramers_v, independence
from core.profile.groups import BANDS, MAX_GROUPS, group_table
from core.profile.records import Association, Rows
from core.profile.sql import number, scale, text
from core.records import Attribute

MOST_DISTINCT = 0.5
"""A category with more distinct values than this share of its rows names rows; it does not group them."""


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
        return _unmeasured(attribute, int(present), f"{distinct:,} values in {present:,} rows: it names rows.")
    counts = group_table(rows, attribute).counts
    value, test = cramers_v(counts), independence(counts)
    if value is None or test is None:
        return _unmeasured(attribute, int(present), "All rows have the same value, or the same label.")
    folded = f"{distinct - MAX_GROUPS:,} small groups are folded together." if distinct > MAX_GROUPS else ""
    rough = "Few rows per cell: the interval is rough." if test.rough else ""
    note = f"{folded} {rough}".strip()
    total = int(counts.sum())
    return Association(attribute.name, attribute.column, "cramers_v", value, total, attribute.derived, note)


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
        return _unmeasured(attribute, int(present), "All rows have the same value, or none.")
    measured = correlation_ratio(_moments(rows, value, float(mean), float(spread)))
    if measured is None:
        return _unmeasured(attribute, int(present), "All rows have the same label.")
    note = f"{total - present:,} rows without a value are left out." if total > present else ""
    return Association(
        attribute.name, attribute.column, "correlation_ratio", measured, int(present), attribute.derived, note
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

"""Groups by one attribute, or by two or three together: each combination of a group of one with a group of another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from core.profile.groups import apart, group_table
from core.profile.records import Group, GroupTable, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.sql import labelled, number, text
from core.records import CROSS, Attribute, ColumnFilter, RowFilter
from core.sql import literal

_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = (round((end - _EPOCH).total_seconds() * 1_000_000) for end in (datetime.min, datetime.max))
MOST_CROSSED = 3
SIDES = 12
"""Groups of each attribute that are crossed: those that are large enough to judge, the first of them."""
MOST_GROUPS = 100
"""Combinations that are listed, the largest."""


def grouped(rows: Rows, attributes: Sequence[Attribute]) -> GroupTable:
    """The groups of one attribute against the labels, or the combinations of the groups of several, the largest first;
    rows that are in no group that is crossed are left out."""
    if len(attributes) == 1:
        return group_table(rows, attributes[0])
    held_sides = [sides(rows, attribute) for attribute in attributes]
    places = ", ".join(
        f"{place_sql(attribute, side)} AS at{n}"
        for n, (attribute, side) in enumerate(zip(attributes, held_sides, strict=True))
    )
    at = ", ".join(f"at{n}" for n in range(len(attributes)))
    known = " AND ".join(f"at{n} IS NOT NULL" for n in range(len(attributes)))
    cells = rows.fetch(f"SELECT {at}, label, count(*) FROM {labelled(rows, places)} WHERE {known} GROUP BY ALL")
    held: dict[tuple[int, ...], dict[str | None, int]] = {}
    for *place, label, count in cells:
        held.setdefault(tuple(map(int, place)), {})[label] = int(count)
    sizes = {place: by[None] if rows.target.several else sum(by.values()) for place, by in held.items()}
    kept = sorted(held, key=lambda place: (-sizes[place], place))[:MOST_GROUPS]
    totals: dict[str, int] = {}
    for by in held.values():
        for label, count in by.items():
            if label is not None:
                totals[label] = totals.get(label, 0) + count
    labels = sorted(totals, key=lambda label: (-totals[label], label))
    counts = np.array([[held[place].get(label, 0) for label in labels] for place in kept], dtype=np.int64)
    groups = apart(
        [
            _combined(attributes, [side[one] for side, one in zip(held_sides, place, strict=True)], sizes[place])
            for place in kept
        ]
    )
    name, column = (CROSS.join(said) for said in ([one.name for one in attributes], [one.column for one in attributes]))
    return GroupTable(name, column, groups, tuple(labels), counts.reshape(len(kept), len(labels)))


def sides(rows: Rows, attribute: Attribute) -> list[Group]:
    """The groups of an attribute that are crossed with those of another one."""
    groups = group_table(rows, attribute).groups
    return [group for group in groups if group.judged and group.where is not None][:SIDES]


def place_sql(attribute: Attribute, side: Sequence[Group]) -> str:
    """SQL for the position of a row's group; NULL where it is in none of them."""
    cases = "".join(f" WHEN {_condition(attribute, group.where)} THEN {n}" for n, group in enumerate(side))
    return f"CASE{cases} END" if cases else "CAST(NULL AS INTEGER)"


def _condition(attribute: Attribute, where: RowFilter | None) -> str:
    assert where is not None, "only groups that can be opened are crossed"
    if where.value is not None:
        return f"{text(attribute)} = {literal(where.value)}"
    value = number(attribute) if attribute.kind in ("number", "time") else text(attribute)
    missing = f"isnan({value})" if attribute.kind in ("number", "time") else "false"
    if where.low is None and where.high is None:
        return f"({value} IS NULL OR {missing})"
    bounds = [f"{value} >= '{where.low!r}'::DOUBLE"] if where.low is not None else []
    bounds += [f"{value} < '{where.high!r}'::DOUBLE"] if where.high is not None else []
    return f"({' AND '.join(bounds)} AND NOT {missing})"


def _combined(attributes: Sequence[Attribute], groups: Sequence[Group], count: int) -> Group:
    columns = [
        one for attribute, group in zip(attributes, groups, strict=True) for one in _filters(attribute, group.where)
    ]
    name = CROSS.join(group.name for group in groups)
    return Group(name, count, RowFilter(columns=tuple(columns)), count >= MIN_GROUP_ROWS)


def _filters(attribute: Attribute, where: RowFilter | None) -> list[ColumnFilter]:
    assert where is not None, "only groups that can be opened are crossed"
    if where.value is not None:
        return [ColumnFilter(attribute.column, "=", (where.value,))]
    if where.low is None and where.high is None:
        return [ColumnFilter(attribute.column, "missing")]
    bounds = [ColumnFilter(attribute.column, ">=", (_bound(attribute, where.low),))] if where.low is not None else []
    return bounds + (
        [ColumnFilter(attribute.column, "<", (_bound(attribute, where.high),))] if where.high is not None else []
    )


def _bound(attribute: Attribute, value: float) -> str:
    """A bound as a column's filter has it: of a time the next microsecond, its least unit, and no year that Python's
    calendar has not."""
    if attribute.kind != "time":
        return repr(value)
    micros = min(max(math.ceil(value * 1_000_000), _FIRST), _LAST)
    return (_EPOCH + timedelta(microseconds=micros)).isoformat()

"""Columns that say nothing, or nothing that another does not say: with one value, with ever another one, and copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from core.profile.missing import value_sql
from core.profile.records import IdleColumn, Rows
from core.records import EXAMPLE_ID, Attribute

NEARLY = 0.995
"""A column says next to nothing in which so many values are the same."""
FEW_VALUES = 1_000
"""Distinct values up to which columns are held against each other, and the commonest is looked for."""
MOST_COLUMNS = 60
"""Of more columns with as many values as one another, the first are held against each other."""


def idle_columns(rows: Rows, attributes: Sequence[Attribute]) -> tuple[IdleColumn, ...]:
    """Each column of the source once, by the first of these that holds: empty, constant, a copy of another one, another
    one under other names, nearly constant, ever another value. Missing values are no value. What is derived from the
    examples is nobody's column: it counts as the other one alone."""
    attributes = sorted(attributes, key=lambda one: not one.derived)  # whatever else says the same is the copy
    if all(one.derived for one in attributes):
        return ()
    values = {one.column: value_sql(one) for one in attributes}
    parts = ", ".join(
        f"count({value}), approx_count_distinct({value}), min({value}) = max({value}), sum(hash({EXAMPLE_ID}, {value}))"
        for value in values.values()
    )
    ((total, *found),) = rows.fetch(f"SELECT count(*), {parts} FROM {rows.relation}")
    about = {one.column: found[4 * place : 4 * place + 4] for place, one in enumerate(attributes)}
    named = {one.column: one for one in attributes}
    idle: dict[str, IdleColumn] = {}
    digests: dict[tuple[str, object], Attribute] = {}
    for one in attributes:
        present, _, constant, digest = about[one.column]
        number = "number" if one.kind in ("number", "time") else "text"
        if not present:
            idle[one.column] = IdleColumn(one.name, one.column, "empty")
        elif constant and total > 1:
            idle[one.column] = IdleColumn(one.name, one.column, "constant", share=1.0)
        elif (number, digest) in digests:
            idle[one.column] = IdleColumn(one.name, one.column, "copy", digests[number, digest].name)
        else:
            digests[number, digest] = one
    for first, second in _as_many(about, idle):
        if first not in idle and second not in idle and _renamed(rows, values[first], values[second]):
            idle[second] = IdleColumn(named[second].name, second, "renamed", named[first].name)
    for one in attributes:
        present, distinct, *_ = about[one.column]
        if one.column in idle:
            continue
        if distinct <= FEW_VALUES and present * (1 - NEARLY) >= 1:
            share = _commonest(rows, values[one.column]) / present
            if share >= NEARLY:
                idle[one.column] = IdleColumn(one.name, one.column, "nearly constant", share=share)
        elif distinct > max(FEW_VALUES, 0.8 * present) and _may_be_id(one) and _unique(rows, values[one.column]):
            idle[one.column] = IdleColumn(one.name, one.column, "unique")
    return tuple(idle[one.column] for one in attributes if one.column in idle and not one.derived)


def _may_be_id(attribute: Attribute) -> bool:
    return attribute.kind != "time"


def _as_many(about: dict[str, list[object]], idle: dict[str, IdleColumn]) -> list[tuple[str, str]]:
    """Pairs of columns with as many distinct values and as many missing ones, that may be each other's."""
    alike: defaultdict[tuple[object, object], list[str]] = defaultdict(list)
    for column, (present, distinct, *_) in about.items():
        if column not in idle and isinstance(distinct, int) and 2 <= distinct <= FEW_VALUES:
            alike[present, distinct].append(column)
    return [pair for columns in alike.values() for pair in combinations(columns[:MOST_COLUMNS], 2)]


def _renamed(rows: Rows, first: str, second: str) -> bool:
    ((one, other, both, apart),) = rows.fetch(
        "SELECT count(DISTINCT a), count(DISTINCT b), count(DISTINCT (a, b)),"
        " count(*) FILTER ((a IS NULL) <> (b IS NULL))"
        f" FROM (SELECT {first} AS a, {second} AS b FROM {rows.relation}) WHERE a IS NOT NULL OR b IS NOT NULL"
    )
    return bool(one == other == both and not apart)


def _commonest(rows: Rows, value: str) -> int:
    ((most,),) = rows.fetch(
        f"SELECT max(n) FROM (SELECT count(*) AS n FROM (SELECT {value} AS value FROM {rows.relation})"
        " WHERE value IS NOT NULL GROUP BY value)"
    )
    return int(most or 0)


def _unique(rows: Rows, value: str) -> bool:
    ((distinct, present),) = rows.fetch(f"SELECT count(DISTINCT {value}), count({value}) FROM {rows.relation}")
    return bool(distinct == present)

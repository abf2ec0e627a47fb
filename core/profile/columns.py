"""Columns that say nothing, or nothing that another does not say: with one value, with ever another one, and copies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from core.profile.missing import value_sql
from core.profile.records import IdleColumn, Rows
from core.records import EXAMPLE_ID, Attribute

NEARLY = 0.995
"""A column says next to nothing in which so many values are the same."""
FEW_VALUES = 1_000
"""Distinct values up to which columns are held against each other, and the commonest is looked for."""
MIN_ID_ROWS = 30
"""In fewer rows values may all differ by chance."""
QUARTILES, OFF_EVEN = (0.25, 0.5, 0.75), 0.15
"""How far the quartiles of whole numbers may lie from those of an even spread, as a share of their range, if they are
to be ids: amounts and counts crowd together."""
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
        if present >= MIN_ID_ROWS and distinct > 0.8 * present and _may_be_id(one):
            if _ids(rows, one, values[one.column]):
                idle[one.column] = IdleColumn(one.name, one.column, "unique")
        elif distinct <= FEW_VALUES and present * (1 - NEARLY) >= 1:
            share = _commonest(rows, values[one.column]) / present
            if share >= NEARLY:
                idle[one.column] = IdleColumn(one.name, one.column, "nearly constant", share=share)
    return tuple(idle[one.column] for one in attributes if one.column in idle and not one.derived)


def _may_be_id(attribute: Attribute) -> bool:
    return attribute.kind != "time"


def _as_many(about: dict[str, list[Any]], idle: dict[str, IdleColumn]) -> list[tuple[str, str]]:
    """Pairs of columns with as many distinct values and as many missing ones, that may be each other's: values that
    hardly repeat go together with those of any other such column."""
    alike: defaultdict[tuple[object, object], list[str]] = defaultdict(list)
    for column, (present, distinct, *_) in about.items():
        if column not in idle and 2 <= distinct <= min(FEW_VALUES, present / 2):
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


def _ids(rows: Rows, attribute: Attribute, value: str) -> bool:
    """Whether all values differ; of numbers, whether they are whole too and evenly spread, as measurements are not."""
    number = attribute.kind == "number"
    more = f", bool_and({value} = trunc({value})), min({value}), max({value})" if number else ", true, 0, 0"
    ((distinct, present, whole, low, high),) = rows.fetch(
        f"SELECT count(DISTINCT {value}), count({value}){more} FROM {rows.relation}"
    )
    if distinct < present or not number:
        return bool(distinct == present)
    if not whole or not math.isfinite(high - low):
        return False
    ((quartiles,),) = rows.fetch(f"SELECT quantile_cont({value}, {[*QUARTILES]}) FROM {rows.relation}")
    return all(abs((one - low) / (high - low) - at) <= OFF_EVEN for one, at in zip(quartiles, QUARTILES, strict=True))

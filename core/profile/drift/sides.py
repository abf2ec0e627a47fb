"""What rows are held against each other: the splits of a version, the stretches of the file in which they came, or the
rows of a version against those of another one or of another dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.modalities import WORDS
from core.profile.by_group.marks import Instead, labelled_by
from core.profile.records import Rows
from core.records import EXAMPLE_ID, Attribute, ColumnFilter, RowFilter
from core.sql import identifier, literal
from core.targets.one_class.facts import ONE_CLASS

OWN_LABEL = "@label"
"""The column of a row's label where something else stands in place of it; no attribute is called so."""
STRETCHES = 10
HERE, THERE = "here", "there"
_TYPES = {"number": "DOUBLE", "time": "TIMESTAMP"}
"""As which attributes of two datasets are compared; all others as texts."""


@dataclass(frozen=True, slots=True)
class Side:
    """Rows that are held against others."""

    name: str
    rows: int
    where: RowFilter | None
    """What opens them; None where they are of another version."""
    first: int | None = None
    """Of a stretch of the file: its first row."""
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """All of them."""

    among: Instead
    """With the side's name in place of the label."""
    sides: tuple[Side, ...]
    """In their order; those without a row are left out."""
    attributes: tuple[Attribute, ...]
    """What is compared; the label among them where it makes sense, as an attribute in `OWN_LABEL`."""


def splits(rows: Rows, attributes: Sequence[Attribute]) -> Sides:
    """The splits; rows without one are left out. How labels are spread in them is told elsewhere."""
    found = rows.fetch(
        f"SELECT split, count(*) FROM {rows.relation} WHERE split IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    sides = tuple(Side(name, int(count), RowFilter(split=name)) for name, count in found)
    return Sides(by_split(rows), sides, tuple(attributes))


def by_split(rows: Rows) -> Instead:
    """The rows with their split in place of the label; those without one are left out."""
    return labelled_by(rows, "split", "split IS NOT NULL")


def stretches(rows: Rows, attributes: Sequence[Attribute], count: int = STRETCHES) -> Sides:
    """So many stretches of equal length, in the order in which the rows were loaded."""
    at = [place / count for place in range(1, count)]
    ((edges, first, last),) = rows.fetch(
        f"SELECT quantile_disc({EXAMPLE_ID}, {at}), min({EXAMPLE_ID}), max({EXAMPLE_ID}) FROM {rows.relation}"
    )
    starts = sorted({int(edge) + 1 for edge in edges or () if edge < last}) if last is not None else []
    place = " + ".join(f"({EXAMPLE_ID} >= {start})::INTEGER" for start in starts) or "0"
    among = _with_label(rows, f"lpad(CAST(1 + {place} AS VARCHAR), 3, '0')")
    counted = dict(rows.fetch(f"SELECT label, count(*) FROM {among.relation} GROUP BY 1"))
    bounds = zip([first, *starts], [*starts, None], strict=True)
    sides = []
    for number, (low, high) in enumerate(bounds, 1):
        name = f"{number:03}"
        columns = _within(EXAMPLE_ID, str(low) if number > 1 else None, None if high is None else str(high))
        if counted.get(name):
            end = last if high is None else high - 1
            sides.append(Side(name, int(counted[name]), RowFilter(columns=columns), int(low), int(end)))
    return Sides(among, tuple(sides), (*_label(rows), *attributes))


def against(
    rows: Rows,
    other: Rows,
    attributes: Sequence[tuple[Attribute, Attribute]],
    classes: Mapping[str, str] | None = None,
) -> Sides:
    """The rows of a version against those of another one, by attributes that both have: each with the other's.

    `classes` are the other's classes by what they are here; None where their labels are of another kind."""
    compared = [one for one, _ in attributes]
    labelled = classes is not None
    here = _select(rows, HERE, [(one, one) for one in compared], labelled, {})
    there = _select(other, THERE, attributes, labelled, classes or {})
    relation = f"(SELECT * FROM {here} UNION ALL BY NAME SELECT * FROM {there})"
    among = Instead(rows, relation, ONE_CLASS)
    counted = dict(rows.fetch(f"SELECT label, count(*) FROM {relation} GROUP BY 1"))
    opened = {HERE: RowFilter(), THERE: None}
    sides = tuple(Side(name, int(counted[name]), where) for name, where in opened.items() if counted.get(name))
    return Sides(among, sides, (*(_label(rows) if labelled else ()), *compared))


def label_where(rows: Rows) -> Callable[[RowFilter], RowFilter]:
    """What opens a group of `OWN_LABEL`, from what opens it as if that were an attribute."""

    def opened(where: RowFilter) -> RowFilter:
        if where.value is not None:
            return RowFilter(exactly=where.value) if rows.target.several else RowFilter(label=where.value)
        low, high = (None if bound is None else repr(bound) for bound in (where.low, where.high))
        columns = _within("label", low, high)
        return RowFilter(columns=columns or (ColumnFilter("label", "missing"),))

    return opened


def _within(column: str, low: str | None, high: str | None) -> tuple[ColumnFilter, ...]:
    above = () if low is None else (ColumnFilter(column, ">=", (low,)),)
    return above if high is None else (*above, ColumnFilter(column, "<", (high,)))


def _with_label(rows: Rows, value: str) -> Instead:
    relation = f"(SELECT *, label AS {identifier(OWN_LABEL)} FROM {rows.relation})"
    return Instead(rows, f"(SELECT * REPLACE ({value} AS label) FROM {relation})", ONE_CLASS)


def _label(rows: Rows) -> tuple[Attribute, ...]:
    """The label as an attribute; where labels lie in the example, it says nothing by itself."""
    if rows.target.located:
        return ()
    return (Attribute("label", OWN_LABEL, "number" if rows.target.numeric else "category"),)


def _select(
    rows: Rows, side: str, attributes: Sequence[tuple[Attribute, Attribute]], labelled: bool, classes: Mapping[str, str]
) -> str:
    columns = [
        f"CAST({identifier(other.column)} AS {_TYPES.get(one.kind, 'VARCHAR')}) AS {identifier(one.column)}"
        for one, other in attributes
    ]
    label = "label"
    if classes:
        cases = " ".join(f"WHEN {literal(code)} THEN {literal(here)}" for code, here in classes.items() if code != here)
        label = f"CASE label {cases} ELSE label END" if cases else label
    columns += [f"{label} AS {identifier(OWN_LABEL)}"] if labelled else []
    number = EXAMPLE_ID if side == HERE else f"-1 - {EXAMPLE_ID}"
    columns = [f"{number} AS {EXAMPLE_ID}", WORDS, f"{literal(side)} AS label", *columns]
    return f"(SELECT {', '.join(columns)} FROM {rows.relation})"

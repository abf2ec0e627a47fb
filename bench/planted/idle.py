"""How well columns are found that say nothing new: one value, nearly one value, copies, copies under other names, ids;
planted into tables of measurements, of people and of countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import plotly.data
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from bench.planted.graded import in_memory
from bench.planted.scored import SEED, scored
from bench.row import Row
from core.profile.columns import idle_columns
from core.records import Attribute

Table = dict[str, list[Any]]
Plant = Callable[[Table, np.random.Generator], list[Any]]
KNOWN = {"gapminder": ("iso_alpha", "iso_num"), "election": ("district_id",)}
"""Columns that say again what another one says, as they came."""
FEW = 200
"""In fewer rows one other value is more than the two in a thousand that are planted."""


def rows() -> Iterator[Row]:
    """Of each kind, whether the planted column is said to be of that kind, and whether untouched columns are of it."""
    generator = np.random.default_rng(SEED)
    hits: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    false: Counter[str] = Counter()
    tables = _tables()
    untouched = 0
    for table in tables.values():
        own = {one.column: one.why for one in _idle(table)}
        untouched += len(table) - 1
        false.update(own.values())
        for kind, (why, plant) in PLANTED.items():
            if why == "nearly constant" and _size(table) < FEW:
                continue
            planted[kind] += 1
            found = {one.column: one.why for one in _idle(table | {"planted": plant(table, generator)})}
            hits[kind] += found.get("planted") == why
    for kind, (why, _) in PLANTED.items():
        yield scored(f"columns that say nothing new, {kind}", hits[kind], planted[kind], false[why])
    said = sum("planted" in {one.column for one in _idle(table | {"planted": _nearly_a_copy(table, generator)})}
               for table in tables.values())  # fmt: skip
    note = f"of {len(tables)} tables; untouched columns: {untouched}"
    yield Row("columns that say nothing new: flagged that differ from another in one row of fifty", said, "", note=note)


def _idle(table: Table) -> tuple[Any, ...]:
    attributes = [
        Attribute(name, name, "number" if isinstance(values[0], int | float) else "category")
        for name, values in table.items()
        if name != "label"
    ]
    return idle_columns(in_memory(table), attributes)


def _tables() -> Mapping[str, Table]:
    found: dict[str, Table] = {}
    for name, data in (("cancer", load_breast_cancer()), ("diabetes", load_diabetes()), ("wine", load_wine())):
        found[name] = {f"c{at}": data.data[:, at].tolist() for at in range(data.data.shape[1])}
        found[name]["label"] = [str(one) for one in data.target]
    for name, frame, label in (
        ("gapminder", plotly.data.gapminder(), "continent"),
        ("tips", plotly.data.tips(), "day"),
        ("election", plotly.data.election(), "winner"),
        ("medals", plotly.data.medals_long(), "medal"),
    ):
        columns = [one for one in frame.columns if one not in KNOWN.get(name, ())]
        found[name] = {"label" if one == label else str(one): frame[one].tolist() for one in columns}
    return {name: table for name, table in found.items() if len(table["label"]) >= 50}


def _size(table: Table) -> int:
    return len(table["label"])


def _one(table: Table, generator: np.random.Generator) -> list[Any]:
    return ["v1.2"] * _size(table)


def _nearly_one(table: Table, generator: np.random.Generator) -> list[Any]:
    """Another value in one row of five hundred, once at least."""
    values = ["no"] * _size(table)
    for row in generator.choice(len(values), max(1, len(values) // 500), replace=False):
        values[row] = "yes"
    return values


def _copy(table: Table, generator: np.random.Generator) -> list[Any]:
    return list(table[next(iter(table))])


def _renamed(table: Table, generator: np.random.Generator) -> list[Any]:
    """A category of four, which is added, in another language."""
    words = {"north": "Nord", "south": "Süd", "east": "Ost", "west": "West"}
    table["region"] = generator.choice(list(words), _size(table)).tolist()
    return [words[one] for one in table["region"]]


def _text_id(table: Table, generator: np.random.Generator) -> list[Any]:
    return [f"{one:08x}" for one in generator.choice(2**31, _size(table), replace=False)]


def _number_id(table: Table, generator: np.random.Generator) -> list[Any]:
    return [int(one) for one in 100_000 + generator.permutation(3 * _size(table))[: _size(table)]]


def _nearly_a_copy(table: Table, generator: np.random.Generator) -> list[Any]:
    values = list(table[next(iter(table))])
    for row in generator.choice(len(values), max(1, len(values) // 50), replace=False):
        values[row] = next(one for one in generator.permutation(np.array(values, object)) if one != values[row])
    return values


PLANTED: Mapping[str, tuple[str, Plant]] = {
    "one value": ("constant", _one),
    "nearly one value": ("nearly constant", _nearly_one),
    "a copy": ("copy", _copy),
    "another under other names": ("renamed", _renamed),
    "ids that are texts": ("unique", _text_id),
    "ids that are whole numbers": ("unique", _number_id),
}

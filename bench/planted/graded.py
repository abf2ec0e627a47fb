"""Many sets with a fault of graded strength, and as many without it: which of them a flag tells apart; and rows of a
table in memory, as the measures of a profile see those of a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from bench.planted.scored import SEED
from bench.row import Row
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

SETS = 20
T = TypeVar("T")


class Told(NamedTuple):
    """What is said of a set."""

    planted: bool
    """Whether the fault that was planted is flagged."""
    others: bool
    """Whether anything is that nobody touched."""


Judge = Callable[[float, np.random.Generator], Told]
"""Makes a set with a fault of a strength, 0 for none, and says what is told of it."""


def graded(name: str, unit: str, strengths: Sequence[float], judge: Judge, sets: int = SETS) -> Row:
    """The row of `told_of`."""
    return row_of(name, unit, told_of(strengths, judge, sets))


def told_of(
    strengths: Sequence[float], judge: Callable[[float, np.random.Generator], T], sets: int = SETS
) -> dict[float, list[T]]:
    """What is said of so many sets with each strength, and of as many in all without, which are of strength 0."""
    generator = np.random.default_rng(SEED)
    counts = dict.fromkeys(strengths, sets) | {0.0: sets * len(strengths)}
    return {strength: [judge(strength, generator) for _ in range(count)] for strength, count in counts.items()}


def row_of(name: str, unit: str, told: Mapping[float, Sequence[Told]]) -> Row:
    """Precision of what is flagged, a set with a flag on what nobody touched being a false alarm; recall by strength
    beside it. `unit` has `{}` for the strength."""
    hits = sum(one.planted for some in told.values() for one in some)
    false = sum(one.others for some in told.values() for one in some)
    alarms = sum(one.others for one in told[0.0])
    recalls = ", ".join(
        f"{np.mean([one.planted for one in some]):.2f} at {unit.format(f'{strength:g}')}"
        for strength, some in told.items()
        if strength
    )
    sets = len(next(iter(told.values())))
    note = f"recall {recalls}, of {sets} sets each; of {len(told[0.0])} sets without it {alarms} are flagged"
    return Row(f"{name}: precision", hits / max(1, hits + false), "", higher_is_better=True, note=note)


@dataclass(frozen=True, slots=True)
class InMemory:
    """Rows of a table."""

    connection: duckdb.DuckDBPyConnection
    relation: str
    target: Target

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """All rows of one query."""
        return self.connection.execute(sql, params).fetchall()

    def shown(self, column: str, value: str) -> str:
        """As it is."""
        return value

    def where(self, condition: str) -> InMemory:
        """Those that it keeps."""
        return InMemory(self.connection, f"(SELECT * FROM {self.relation} WHERE {condition})", self.target)


def in_memory(columns: Mapping[str, Sequence[Any]], target: Target = ONE_CLASS) -> InMemory:
    """Of columns, `label` among them; row ids, splits, texts and contents are made where there are none."""
    count = len(columns["label"])
    made: dict[str, Any] = {
        "example_id": range(count),
        "split": pa.nulls(count, pa.string()),
        "text": pa.nulls(count, pa.string()),
        "content_hash": [str(row) for row in range(count)],
    }
    connection = duckdb.connect()
    connection.register("given", pa.table({name: pa.array(values) for name, values in (made | dict(columns)).items()}))
    connection.execute("CREATE TABLE examples AS SELECT * FROM given")
    return InMemory(connection, "(SELECT * FROM examples)", target)

"""A real DuckDB in memory, filled by each test, seen the way the measures see a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pytest

from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS


class TableRows:
    """A table as `Rows`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: str, target: Target) -> None:
        self._connection = connection
        self.relation = relation
        self.target = target

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()

    def shown(self, column: str, value: str) -> str:
        return value


class MakeRows(Protocol):
    """Columns in, rows out."""

    def __call__(self, columns: Mapping[str, Sequence[Any]], target: Target = ONE_CLASS) -> TableRows: ...


@pytest.fixture
def make_rows() -> Iterator[MakeRows]:
    """Columns in, rows out; `label` must be among them, `split` and `content_hash` are made where they are absent."""
    connection = duckdb.connect()

    def make(columns: Mapping[str, Sequence[Any]], target: Target = ONE_CLASS) -> TableRows:
        n = len(columns["label"])
        filled = {"split": pa.nulls(n, pa.string()), "content_hash": [str(i) for i in range(n)], **columns}
        table = pa.table(filled)
        connection.register("given", table)
        connection.execute("CREATE OR REPLACE TABLE examples AS SELECT * FROM given")
        return TableRows(connection, "(SELECT * FROM examples)", target)

    yield make
    connection.close()

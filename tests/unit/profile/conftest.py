"""A real DuckDB in memory, filled by each test, seen the way the measures see a version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest


class TableRows:
    """A table as `Rows`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        self._connection = connection
        self.relation = relation

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()


MakeRows = Callable[[Mapping[str, Sequence[Any]]], TableRows]


@pytest.fixture
def make_rows() -> Iterator[MakeRows]:
    """Columns in, rows out; `label` must be among them, `split` and `content_hash` are made where they are absent."""
    connection = duckdb.connect()

    def make(columns: Mapping[str, Sequence[Any]]) -> TableRows:
        n = len(columns["label"])
        filled = {"split": pa.nulls(n, pa.string()), "content_hash": [str(i) for i in range(n)], **columns}
        table = pa.table(filled)
        connection.register("given", table)
        connection.execute("CREATE OR REPLACE TABLE examples AS SELECT * FROM given")
        return TableRows(connection, "(SELECT * FROM examples)")

    yield make
    connection.close()

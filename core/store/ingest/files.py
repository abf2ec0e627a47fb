"""Looks into the Parquet files that jobs leave: their first rows, cut inside DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.sql import identifier
from core.store.database import Database


def first_rows(db: Database, parquet: Path, limit: int, *, not_null: str | None = None) -> list[dict[str, Any]]:
    """Up to `limit` rows in the file's order, only those with a value in the column `not_null` where one is named."""
    condition = "" if not_null is None else f"WHERE {identifier(not_null)} IS NOT NULL"
    with db.cursor() as cursor:
        cursor.execute(f"SELECT * FROM read_parquet(?) {condition} LIMIT ?", [str(parquet), limit])
        names = [str(column[0]) for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def every_row(db: Database, parquet: Path, at_once: int = 2000) -> Iterator[dict[str, Any]]:
    """All rows in the file's order, so many in memory at a time."""
    with db.cursor() as cursor:
        cursor.execute("SELECT * FROM read_parquet(?)", [str(parquet)])
        names = [str(column[0]) for column in cursor.description or []]
        while rows := cursor.fetchmany(at_once):
            yield from (dict(zip(names, row, strict=True)) for row in rows)

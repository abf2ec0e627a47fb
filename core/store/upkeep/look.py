"""A look at a database file as it is: opened to be read, every row of every table read, nothing written."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from core.sql import identifier
from core.store.database import Database
from core.store.schema import MIGRATIONS
from core.store.upkeep.log import look_at_log
from core.store.upkeep.opening import LOCK, short_of

_UNFINISHED = "; the last change in its log is not whole: it was not finished when something ended, or is damaged since"
_OWN = {"schema_version", "datasets", "versions"}


@dataclass(frozen=True, slots=True)
class StoreLook:
    """What a file holds."""

    problem: str = ""
    """What is wrong with it; empty where it is whole."""
    in_use: bool = False
    """Another process has it open, so that nothing can be said."""
    log: str = ""
    """What is wrong with its log, where DuckDB reads the file all the same; the rest is without what that loses."""
    unfinished: str = ""
    """What is to be added of a log that is no damage."""
    why_not: str = ""
    """Why that process could not have it read, where it was asked."""
    newer: int = 0
    """Its schema version, where this release does not know that."""
    schema: int = 0
    datasets: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()
    """Runs whose predictions it has."""
    media: frozenset[str] = frozenset()
    """Files below `media/` that its datasets name."""
    newest_act: int = 0
    """The greatest number of an act that one of its versions was made up to."""


def look(path: Path) -> StoreLook:
    """Reads all of the file: about a second for each gigabyte."""
    log = look_at_log(path)
    try:
        with closing(duckdb.connect(str(path), read_only=True)) as connection:
            return replace(_look(connection), log=log.problem, unfinished=_UNFINISHED if log.unfinished else "")
    except duckdb.Error as error:
        if LOCK in str(error):
            return StoreLook(in_use=True)
        return StoreLook(f"DuckDB says “{short_of(path, str(error))}”")


def _look(connection: duckdb.DuckDBPyConnection) -> StoreLook:
    found = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY 1"
    tables = [name for (name,) in connection.execute(found).fetchall()]
    if not set(tables) >= _OWN:
        return StoreLook(f"it is another database, with {', '.join(tables[:3]) or 'no table'}")
    for table in tables:
        connection.execute(f"SELECT bit_xor(hash(t)) FROM {identifier(table)} t").fetchone()
    (schema,) = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone() or (0,)
    if schema != len(MIGRATIONS):
        return StoreLook(schema=schema, newer=schema if schema > len(MIGRATIONS) else 0)
    (newest,) = connection.execute("SELECT coalesce(max(acts_up_to), 0) FROM versions").fetchone() or (0,)
    return StoreLook(
        schema=schema,
        datasets=_ids(connection, "SELECT dataset_id FROM datasets WHERE state <> 'loading'"),
        versions=_ids(connection, "SELECT version_id FROM versions"),
        runs=_ids(connection, "SELECT DISTINCT run_id FROM predictions"),
        media=_media(connection),
        newest_act=newest,
    )


def _media(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    own = "database_name = current_database() AND column_name = 'media_id'"
    tables = connection.execute(f"SELECT table_name FROM duckdb_columns() WHERE {own}").fetchall()
    each = (f"SELECT DISTINCT media_id FROM {identifier(name)} WHERE media_id IS NOT NULL" for (name,) in tables)
    return frozenset().union(*(_ids(connection, sql) for sql in each))


def _ids(connection: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    return frozenset(str(one) for (one,) in connection.execute(sql).fetchall())


def tiers_taken(db: Database) -> int:
    """How many tiers of scans the store has."""
    (count,) = db.fetch_one("SELECT count(*) FROM scans") or (0,)
    return int(count)


def runs_predicted(db: Database) -> int:
    """How many runs the store has predictions of."""
    (count,) = db.fetch_one("SELECT count(DISTINCT run_id) FROM predictions") or (0,)
    return int(count)

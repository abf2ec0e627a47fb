"""A look at a ledger as it is: every page read, nothing written."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from core.errors import WorkspaceDamagedError
from core.ledger.sqlite.file import BACK, SCHEMAS, WORKS, check_is_ledger
from core.records import Decision
from core.sqlite import damage_said, integrity_of, tables_of, version_of
from core.sqlite_log import problem_of_log, unfinished_in_log

_OF_AN_ACT = tuple(one.name for one in fields(Decision))
_OF_A_TAG = (
    "act_id",
    "dataset_id",
    "tag",
    "puts",
    "among",
    "tagged_by",
    "tagged_at",
    "undoes",
    "row_count",
    "example_ids",
)
_OF_A_RULE = ("act_id", "dataset_id", "name", "number", "filters", "label", "retired", "changed_by", "changed_at")


@dataclass(frozen=True, slots=True)
class LedgerLook:
    """What a file holds."""

    problem: str = ""
    """What is wrong with it; empty where it is whole."""
    newer: int = 0
    """Its version, where this release does not know that."""
    empty: bool = False
    """There is no file, or nothing in it."""
    unfinished: str = ""
    """What is to be added of its log."""
    newest_act: int = 0
    """The greatest number that it knows to have been given to an act."""
    acts: Mapping[str, int] = field(default_factory=dict)
    """Per dataset."""
    finished: frozenset[str] = frozenset()
    """Runs that came to their end."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions that can be made again, with their datasets."""


def look(path: Path) -> LedgerLook:
    """Reads all of the file, and its log before SQLite does."""
    if problem := problem_of_log(path):
        return LedgerLook(problem)
    unfinished = unfinished_in_log(path)
    try:
        check_is_ledger(path)
        with damage_said(path, WORKS, BACK):
            if not tables_of(path):
                return LedgerLook(empty=True)
            version, problem = version_of(path), integrity_of(path)
            if problem or version > len(SCHEMAS):
                return LedgerLook(f"SQLite says “{problem}”" if problem else "", version * (version > len(SCHEMAS)))
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                return replace(_look(connection, "versions" in tables_of(path)), unfinished=unfinished)
    except WorkspaceDamagedError as error:
        return LedgerLook(error.said)


def _look(connection: sqlite3.Connection, versions: bool) -> LedgerLook:
    acts = connection.execute("SELECT dataset_id, count(*) FROM decisions GROUP BY dataset_id").fetchall()
    runs = connection.execute("SELECT run_id FROM runs WHERE summary <> '{}'").fetchall()
    kept = connection.execute("SELECT version_id, dataset_id FROM versions").fetchall() if versions else []
    numbers = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'decisions'").fetchone()
    return LedgerLook(
        newest_act=numbers[0] if numbers else 0,
        acts=dict(acts),
        finished=frozenset(run for (run,) in runs),
        versions=dict(kept),
    )


def altered(path: Path, copy: Path) -> int | None:
    """How many acts read otherwise than in an earlier copy of the same ledger: an act is never edited, and SQLite does
    not see when a letter of one is another. None where the copy is of an earlier release or damaged."""
    later = {"tag_acts": _OF_A_TAG, "rules": _OF_A_RULE}
    known = _tables(copy)
    kept = {"decisions": _OF_AN_ACT} | {table: columns for table, columns in later.items() if table in known}
    count = 0
    with closing(sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)) as connection:
        try:
            connection.execute("ATTACH ? AS copied", [f"{copy.absolute().as_uri()}?mode=ro&immutable=1"])
            for table, columns in kept.items():
                same = " AND ".join(f"d.{column} IS c.{column}" for column in columns)
                (found,) = connection.execute(
                    f"SELECT count(*) FROM {table} d JOIN copied.{table} c USING (seq) WHERE NOT ({same})"
                ).fetchone()
                count += int(found)
        except sqlite3.DatabaseError:
            return None
    return count


def _tables(path: Path) -> frozenset[str]:
    """What a copy has, by its release; nothing where it cannot be read, which is said elsewhere."""
    try:
        return frozenset(tables_of(path))
    except (sqlite3.DatabaseError, WorkspaceDamagedError):
        return frozenset()

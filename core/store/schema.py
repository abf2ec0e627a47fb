"""The tables and how an older file is brought up to date. No primary keys, indexes or sequences: DuckLake has none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

from core.errors import StoreError
from core.identity import is_gone
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.sql import identifier
from core.store.database import Cursor, Database
from core.store.upkeep.opening import damaged


def _rename_example_ids(cursor: Cursor) -> None:
    """In every table. A source's own column of the new name makes room, as it would at a load; what a derivation had
    not swapped in yet is made again."""
    unswapped = "SELECT table_name FROM duckdb_tables() WHERE suffix(table_name, '_derived') AND NOT internal"
    for (table,) in cursor.execute(unswapped).fetchall():
        cursor.execute(f"DROP TABLE {identifier(table)}")
    _make_room(cursor)
    tables = cursor.execute(
        "SELECT table_name FROM duckdb_columns() WHERE column_name = ? AND database_name = current_database()",
        [EARLIER_EXAMPLE_ID],
    ).fetchall()
    for (table,) in tables:
        cursor.execute(f"ALTER TABLE {identifier(table)} RENAME COLUMN {EARLIER_EXAMPLE_ID} TO {EXAMPLE_ID}")


def _make_room(cursor: Cursor) -> None:
    found = cursor.execute(
        """SELECT dataset_id, attributes, table_name, column_name FROM datasets
           JOIN duckdb_columns() ON table_name = 'examples_' || dataset_id
           WHERE lower(column_name) = ? AND database_name = current_database()""",
        [EXAMPLE_ID],
    ).fetchall()
    for dataset_id, kept, table, column in found:
        attributes = json.loads(kept)
        columns, room = {one["column"].lower() for one in attributes}, f"{EXAMPLE_ID}_source"
        while room in columns:
            room += "_source"
        cursor.execute(f"ALTER TABLE {identifier(table)} RENAME COLUMN {identifier(column)} TO {room}")
        moved = [one | {"column": room} if one["column"] == column else one for one in attributes]
        cursor.execute("UPDATE datasets SET attributes = ? WHERE dataset_id = ?", [json.dumps(moved), dataset_id])


MIGRATIONS: tuple[tuple[str | Callable[[Cursor], None], ...], ...] = (
    (
        """CREATE TABLE datasets (
            dataset_id VARCHAR, name VARCHAR, task VARCHAR, source VARCHAR, licence VARCHAR, labels VARCHAR[],
            attributes VARCHAR, id_column VARCHAR, row_count BIGINT, rejected_count BIGINT, state VARCHAR,
            created_at TIMESTAMP, created_by VARCHAR, derived_ready BOOLEAN, trashed_at TIMESTAMP,
            job_id VARCHAR)""",
        """CREATE TABLE versions (
            version_id VARCHAR, dataset_id VARCHAR, number INTEGER, parent_id VARCHAR, kind VARCHAR, note VARCHAR,
            fingerprint VARCHAR, row_count BIGINT, created_at TIMESTAMP, created_by VARCHAR, job_id VARCHAR)""",
        """CREATE TABLE overrides (
            version_id VARCHAR, dataset_id VARCHAR, row_id BIGINT, label VARCHAR, excluded BOOLEAN, split VARCHAR,
            decision_id VARCHAR)""",
        """CREATE TABLE rejected_rows (
            dataset_id VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, content VARCHAR)""",
        """CREATE TABLE scans (
            scan_id VARCHAR, job_id VARCHAR, dataset_id VARCHAR, version_id VARCHAR, tier VARCHAR,
            tier_order INTEGER, created_at TIMESTAMP, created_by VARCHAR, settings VARCHAR, summary VARCHAR,
            final BOOLEAN)""",
        """CREATE TABLE issues (
            scan_id VARCHAR, row_id BIGINT, issue_type VARCHAR, score FLOAT, is_issue BOOLEAN, given_label VARCHAR,
            suggested_label VARCHAR, why VARCHAR, rank BIGINT)""",
        """CREATE TABLE decisions (
            decision_id VARCHAR, client_key VARCHAR, dataset_id VARCHAR, version_id VARCHAR, row_id BIGINT,
            action VARCHAR, new_label VARCHAR, reviewer VARCHAR, decided_at TIMESTAMP, scan_id VARCHAR,
            shown VARCHAR, undoes VARCHAR)""",
        "CREATE TABLE claims (version_id VARCHAR, row_id BIGINT, reviewer VARCHAR, until TIMESTAMP)",
    ),
    (
        # Claims are a session's, not a reviewer's; they last minutes, so none is carried over.
        "DROP TABLE claims",
        "CREATE TABLE claims (version_id VARCHAR, row_id BIGINT, session VARCHAR, until TIMESTAMP)",
        # Files made between two entries have some of these.
        """CREATE TABLE IF NOT EXISTS runs (
            run_id VARCHAR, number INTEGER, dataset_id VARCHAR, version_id VARCHAR, title VARCHAR,
            created_at TIMESTAMP, created_by VARCHAR, spec VARCHAR, labels VARCHAR[], summary VARCHAR)""",
        """CREATE TABLE IF NOT EXISTS metrics (
            run_id VARCHAR, step BIGINT, epoch DOUBLE, split VARCHAR, name VARCHAR, value DOUBLE)""",
        """CREATE TABLE IF NOT EXISTS predictions (
            run_id VARCHAR, position BIGINT, row_id BIGINT, split VARCHAR, predicted VARCHAR, confidence FLOAT)""",
        """CREATE TABLE IF NOT EXISTS effects (
            effect_id VARCHAR, dataset_id VARCHAR, version_id VARCHAR, created_at TIMESTAMP, created_by VARCHAR,
            settings VARCHAR, summary VARCHAR)""",
    ),
    (
        # Decisions, runs, metrics and effects go into the ledger too, not by SQL: `core.services.upkeep.upgrade`.
        "DROP TABLE claims",
        "ALTER TABLE versions ADD COLUMN acts_up_to BIGINT",
        "ALTER TABLE datasets ADD COLUMN owner VARCHAR",
    ),
    (
        # A task has the field's name for what an example is and what its label is.
        """UPDATE datasets SET task = task || '-classification' WHERE task IN ('text', 'image')""",
    ),
    (_rename_example_ids,),
    (
        # Of datasets whose labels are spans. No column of `datasets`: in the transaction that has changed its rows,
        # it cannot be altered.
        "CREATE TABLE IF NOT EXISTS layouts (dataset_id VARCHAR, layout VARCHAR)",
    ),
    (
        # The classes that each version was made with; of an older file's versions they are found by their rows.
        "CREATE TABLE IF NOT EXISTS class_lists (version_id VARCHAR, dataset_id VARCHAR, labels VARCHAR[])",
    ),
)
"""Each entry takes the file one schema version further; entries are never edited, only appended."""


def migrate(db: Database) -> None:
    """Creates or upgrades the tables and removes what a process that is gone has left: half a load, and what it had
    spilled to disk. To be called once, right after opening.

    Whoever opens an older file makes a backup of it before. Raises `StoreError` for a file that a newer Winnow has
    upgraded, `WorkspaceDamagedError` for one that is another database; then nothing is touched.
    """
    version = version_of(db)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The workspace {db.path.parent} is of a newer Winnow: its file has schema version {version}, and this "
            f"one knows up to {len(MIGRATIONS)}.",
            "Update Winnow, or open another workspace: --workspace FOLDER.",
        )
    shutil.rmtree(db.path.with_name(db.path.name + ".tmp"), ignore_errors=True)
    with db.write() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
        for later in range(version, len(MIGRATIONS)):
            for step in MIGRATIONS[later]:
                step(cursor) if callable(step) else cursor.execute(step)
            cursor.execute("INSERT INTO schema_version VALUES (?)", [later + 1])
        _drop_unfinished(cursor)
    db.checkpoint()


def version_of(db: Database) -> int:
    """Up to which entry the file has come: 0 for a new one. Raises `WorkspaceDamagedError` for another database."""
    rows = db.fetch("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY 1")
    tables = [name for (name,) in rows]
    if tables and not {"schema_version", "datasets", "versions"} <= set(tables):
        raise damaged(db.path, f"it is another database, with {', '.join(tables[:3])}")
    if not tables:
        return 0
    (version,) = db.fetch_one("SELECT coalesce(max(version), 0) FROM schema_version") or (0,)
    return int(version)


def _drop_unfinished(cursor: Cursor) -> None:
    """A dataset still `loading` whose process is gone is never finished; nor is a table that no dataset names."""
    loads = cursor.execute("SELECT dataset_id, owner FROM datasets WHERE state = 'loading'").fetchall()
    for dataset_id, owner in loads:
        if is_gone(owner):
            cursor.execute("DELETE FROM datasets WHERE dataset_id = ?", [dataset_id])
    orphans = cursor.execute(
        """SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'examples\\_%' ESCAPE '\\'
           AND substr(table_name, 10) NOT IN (SELECT dataset_id FROM datasets)"""
    ).fetchall()
    for (table,) in orphans:
        cursor.execute(f'DROP TABLE "{table}"')

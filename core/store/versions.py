"""Versions: a dataset's labels, splits and exclusions as they stood. A version never changes once it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from core.errors import NotFoundError, UsageError
from core.modalities import WORDS
from core.records import KeptVersion, Version, VersionChange, VersionKind
from core.store.acts.in_force import asides_sql, in_force_at_sql
from core.store.acts.mirror import ACTS
from core.store.database import Cursor, Database
from core.store.ids import new_id
from core.store.masked import is_masked, masked_value, said_shown
from core.store.names import examples_table
from core.store.relations import fingerprint_sql, relation, relation_sql
from core.store.telling.class_lists import keep_class_list
from core.store.times import now, stored

__all__ = [
    "add_fingerprint",
    "apply_acts",
    "apply_splits",
    "changes",
    "count_changes",
    "count_unlabelled",
    "get_version",
    "holding",
    "insert_kept",
    "insert_version",
    "list_versions",
    "made_as",
    "make_review_version",
    "make_split_version",
    "nothing_labelled",
    "relation",
    "unfingerprinted",
    "versions_as_kept",
]

_SELECT = """SELECT version_id, dataset_id, number, parent_id, kind, note, fingerprint, row_count, created_at,
                    created_by, acts_up_to FROM versions"""
EXCERPT = 200
"""Characters of an example that a list of changes shows."""


def list_versions(db: Database, dataset_id: str) -> list[Version]:
    """Every version of a dataset, oldest first, with their notes as they are shown."""
    return [_shown(db, one) for one in versions_as_kept(db, dataset_id)]


def _shown(db: Database, version: Version) -> Version:
    if not version.note or version.kind != "review":
        return version
    return replace(version, note=said_shown(db, version.dataset_id, version.note))


def versions_as_kept(db: Database, dataset_id: str) -> list[Version]:
    """The same with notes as they were written."""
    return db.records(Version, f"{_SELECT} WHERE dataset_id = ? ORDER BY number", [dataset_id])


def get_version(db: Database, version_id: str) -> Version:
    """One version, with its note as it is shown. Raises `NotFoundError`."""
    found = db.remembered(
        ("version", version_id), lambda: db.records(Version, f"{_SELECT} WHERE version_id = ?", [version_id])
    )
    if not found:
        raise NotFoundError(f"Version {version_id!r} not found.", "Take one from the dataset's list of versions.")
    return _shown(db, found[0])


def count_unlabelled(db: Database, version_id: str) -> int:
    """Rows of a version without a label. Raises `NotFoundError`."""

    def counted() -> int:
        (found,) = db.fetch_one(f"SELECT count(*) FROM {relation(db, version_id)} WHERE label IS NULL") or (0,)
        return int(found)

    return db.remembered(("unlabelled", version_id), counted)


def nothing_labelled(db: Database, version_id: str) -> bool:
    """Whether no row of a version has a label, so that there is nothing to scan, to learn from or to measure."""
    return 0 < get_version(db, version_id).row_count <= count_unlabelled(db, version_id)


def add_fingerprint(db: Database, version_id: str) -> Version:
    """Works out a version's fingerprint unless it has one, and returns the version. Reads all of its rows: 0.3 s at a
    million, so it is for whoever makes a version, beside the pages. Raises `NotFoundError`."""
    version = get_version(db, version_id)
    if version.fingerprint:
        return version
    (value,) = db.fetch_one(fingerprint_sql(_relation(version))) or ("0",)
    with db.write() as cursor:
        cursor.execute("UPDATE versions SET fingerprint = ? WHERE version_id = ?", [value, version_id])
    return replace(version, fingerprint=str(value))


def insert_kept(cursor: Cursor, kept: KeptVersion) -> None:
    """Writes a version down as it was, without its rows and its fingerprint."""
    one = kept.version
    cursor.execute(
        """INSERT INTO versions (version_id, dataset_id, number, parent_id, kind, note, fingerprint, row_count,
                                 created_at, created_by, job_id, acts_up_to)
           VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?)""",
        [
            *(one.version_id, one.dataset_id, one.number, one.parent_id, one.kind, one.note, one.row_count),
            *(stored(one.created_at), one.created_by, kept.job_id, one.acts_up_to),
        ],
    )


def unfingerprinted(db: Database) -> list[str]:
    """The versions of datasets in use that have no fingerprint yet: nobody got to it before a process ended."""
    rows = db.fetch(
        """SELECT version_id FROM versions JOIN datasets USING (dataset_id)
           WHERE fingerprint = '' AND state = 'ready' ORDER BY version_id"""
    )
    return [str(version_id) for (version_id,) in rows]


def make_review_version(db: Database, parent_id: str, note: str, by: str) -> Version:
    """The parent with its decisions in force applied, up to the newest act. Raises `UsageError` where there is none."""
    parent, newest = get_version(db, parent_id), db.newest_act()
    with db.write() as cursor:
        decided = cursor.execute(
            f"""SELECT EXISTS (FROM {in_force_at_sql(parent_id, newest)})
                OR EXISTS (FROM {asides_sql(db, parent_id)} WHERE version_id = ? AND action <> 'ask')""",
            [parent_id],
        ).fetchone()
        if not decided or not decided[0]:
            raise UsageError(
                f"Version {parent.number} has no decision to make a version of.", "Decide on some rows in Review first."
            )
        version_id = insert_version(cursor, parent.dataset_id, parent_id, "review", note, by, acts_up_to=newest)
        apply_acts(cursor, version_id, parent, newest)
    return get_version(db, version_id)


def apply_acts(cursor: Cursor, version_id: str, parent: Version, up_to: int) -> None:
    """Writes the rows in which a version differs from the load: its parent's, and the decisions that were in force on
    the parent once act `up_to` was written. Within the caller's transaction; the version's own row is there."""
    cursor.execute(
        f"""INSERT INTO overrides
            SELECT ?, ?, coalesce(p.example_id, d.example_id), coalesce(d.new_label, p.label),
                   coalesce(p.excluded, false) OR coalesce(d.action = 'exclude', false), p.split,
                   coalesce(d.decision_id, p.decision_id)
            FROM (SELECT * FROM overrides WHERE version_id = ?) p
            FULL JOIN (
                SELECT f.example_id, f.action, f.decision_id,
                       CASE WHEN action = 'relabel' THEN new_label END new_label
                FROM {in_force_at_sql(parent.version_id, up_to)} f
                JOIN {_relation(parent)} r ON r.example_id = f.example_id
                WHERE f.action = 'exclude' OR (f.action = 'relabel' AND f.new_label IS DISTINCT FROM r.label)
            ) d ON d.example_id = p.example_id
            ORDER BY 3""",
        [version_id, parent.dataset_id, parent.version_id],
    )
    _count_rows(cursor, version_id)


def make_split_version(
    db: Database, parent_id: str, assignment: pa.Table, note: str, by: str, job_id: str | None = None
) -> Version:
    """The parent with its splits as `assignment` (example_id, split) has them, NULL as they were loaded; rows it does
    not name keep theirs.

    A job makes one version: where that of `job_id` exists, it is returned as it stands.
    """
    parent = get_version(db, parent_id)
    with db.write() as cursor:
        version_id = _id_made_as(cursor, job_id) or _write_splits(cursor, parent, assignment, note, by, job_id)
    return get_version(db, version_id)


def made_as(db: Database, key: str | None) -> Version | None:
    """The version that a job, or an act of this key, made; none as long as it made none."""
    with db.cursor() as cursor:
        version_id = _id_made_as(cursor, key)
    return get_version(db, version_id) if version_id else None


def _id_made_as(cursor: Cursor, key: str | None) -> str | None:
    known = cursor.execute("SELECT version_id FROM versions WHERE job_id = ?", [key]).fetchone()
    return str(known[0]) if known else None


def _write_splits(cursor: Cursor, parent: Version, assignment: pa.Table, note: str, by: str, job_id: str | None) -> str:
    version_id = insert_version(cursor, parent.dataset_id, parent.version_id, "split", note, by, job_id=job_id)
    apply_splits(cursor, version_id, parent, assignment)
    return version_id


def apply_splits(cursor: Cursor, version_id: str, parent: Version, assignment: pa.Table) -> None:
    """As `apply_acts`, for a version whose rows differ from its parent's by their splits."""
    cursor.register("assignment", assignment)
    cursor.execute(
        """INSERT INTO overrides
           SELECT ?, ?, coalesce(p.example_id, a.example_id), p.label, coalesce(p.excluded, false),
                  CASE WHEN a.example_id IS NULL THEN p.split ELSE a.split END, p.decision_id
           FROM (SELECT * FROM overrides WHERE version_id = ?) p
           FULL JOIN (SELECT example_id::BIGINT AS example_id, split::VARCHAR AS split FROM assignment) a
           ON a.example_id = p.example_id
           ORDER BY 3""",
        [version_id, parent.dataset_id, parent.version_id],
    )
    cursor.unregister("assignment")
    _count_rows(cursor, version_id)


def count_changes(db: Database, version_id: str) -> int:
    """Rows whose label or exclusion was decided between a version's parent and itself."""
    row = db.fetch_one(f"SELECT count(*) FROM ({_CHANGED})", [version_id, get_version(db, version_id).parent_id])
    return int(row[0]) if row else 0


def changes(db: Database, version_id: str, limit: int, offset: int = 0) -> list[VersionChange]:
    """What reviewers changed between a version's parent and itself, by row."""
    sql, parameters = changes_sql(get_version(db, version_id))
    db.newest_act()
    found = db.records(VersionChange, f"{sql} ORDER BY c.example_id LIMIT ? OFFSET ?", [*parameters, limit, offset])
    if is_masked(db, get_version(db, version_id).dataset_id):
        found = [replace(one, given=masked_value(WORDS, one.given)) for one in found]
    return [replace(one, given=(one.given or "")[:EXCERPT]) for one in found]


def changes_sql(version: Version) -> tuple[str, list[Any]]:
    """What reviewers changed between a version's parent and itself, as a query with its parameters: the columns are the
    fields of `VersionChange`, examples whole: who shows them cuts what is masked."""
    sql = f"""SELECT c.example_id, e.text AS given, coalesce(p.label, e.given_label) AS from_label,
                     CASE WHEN NOT c.excluded THEN coalesce(c.label, e.given_label) END AS to_label,
                     d.reviewer, d.decided_at
              FROM ({_CHANGED}) c
              JOIN {examples_table(version.dataset_id)} e ON e.example_id = c.example_id
              JOIN {ACTS} d ON d.decision_id = c.decision_id
              LEFT JOIN overrides p ON p.version_id = ? AND p.example_id = c.example_id"""
    return sql, [version.version_id, version.parent_id, version.parent_id]


def holding(db: Database, dataset_id: str, decision_ids: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Of each decision that changed a row the numbers of the versions that have the change; those that changed nothing,
    such as `keep`, or that no version has, are left out."""
    rows = db.fetch(
        """SELECT o.decision_id, list(v.number ORDER BY v.number) FROM overrides o JOIN versions v USING (version_id)
           WHERE o.dataset_id = ? AND o.decision_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1""",
        [dataset_id, list(decision_ids)],
    )
    return {decision_id: tuple(numbers) for decision_id, numbers in rows}


def insert_version(
    cursor: Cursor,
    dataset_id: str,
    parent_id: str | None,
    kind: VersionKind,
    note: str,
    by: str,
    row_count: int = 0,
    job_id: str | None = None,
    acts_up_to: int | None = None,
) -> str:
    """Writes a version's own row within the caller's transaction and returns its id."""
    version_id = new_id()
    cursor.execute(
        """INSERT INTO versions (version_id, dataset_id, number, parent_id, kind, note, fingerprint, row_count,
                                 created_at, created_by, job_id, acts_up_to)
           SELECT ?, ?, coalesce(max(number), 0) + 1, ?, ?, ?, '', ?, ?, ?, ?, ? FROM versions WHERE dataset_id = ?""",
        [version_id, dataset_id, parent_id, kind, note, row_count, stored(now()), by, job_id, acts_up_to, dataset_id],
    )
    return version_id


_CHANGED = """
    SELECT o.example_id, o.label, o.excluded, o.decision_id FROM overrides o
    WHERE o.version_id = ? AND o.decision_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM overrides q
        WHERE q.version_id = ? AND q.example_id = o.example_id AND q.decision_id = o.decision_id)
"""
"""Overrides that the version does not share with its parent: the two parameters."""


def _relation(version: Version) -> str:
    return relation_sql(version.dataset_id, version.version_id if version.parent_id else None)


def _count_rows(cursor: Cursor, version_id: str) -> None:
    cursor.execute(
        """UPDATE versions SET row_count = (SELECT d.row_count FROM datasets d WHERE d.dataset_id = versions.dataset_id)
               - (SELECT count(*) FROM overrides o WHERE o.version_id = versions.version_id AND o.excluded)
           WHERE version_id = ?""",
        [version_id],
    )
    keep_class_list(cursor, version_id)

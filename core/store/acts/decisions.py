"""Decisions: reviewers' acts, appended and never edited. What counts now is worked out from them on reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from core.errors import UsageError
from core.records import Action, Decision, ReviewCounts
from core.store.acts.in_force import in_force_sql, standing_sql
from core.store.database import Cursor, Database
from core.store.times import loaded, stored

_COLUMNS = """decision_id, client_key, dataset_id, version_id, row_id, action, new_label, reviewer, decided_at, scan_id,
              shown, undoes"""
_TEXTS = (
    "decision_id",
    "client_key",
    "dataset_id",
    "version_id",
    "action",
    "new_label",
    "reviewer",
    "scan_id",
    "undoes",
)


def append(db: Database, decisions: Sequence[Decision]) -> int:
    """Writes decisions and returns how many were new: one whose `client_key` is known already is the same decision.

    Raises `UsageError` where a label is not one of the dataset's; then none of them is written.
    """
    if not decisions:
        return 0
    with db.write() as cursor:
        _check_labels(cursor, decisions)
        cursor.register("incoming", _table(decisions))
        added = cursor.execute(
            f"""INSERT INTO decisions SELECT {_COLUMNS} FROM incoming i
                WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE d.client_key = i.client_key)
                QUALIFY row_number() OVER (PARTITION BY client_key ORDER BY decided_at, decision_id) = 1
                ORDER BY decided_at, decision_id"""
        ).fetchone()
        cursor.unregister("incoming")
    return int(added[0]) if added else 0


def in_force(db: Database, version_id: str) -> list[Decision]:
    """Of each row the decision that counts, by row."""
    return _decisions(db, f"SELECT {_COLUMNS} FROM {in_force_sql(version_id)} ORDER BY row_id", [])


def decision_of(db: Database, version_id: str, row_ids: Sequence[int]) -> dict[int, Decision]:
    """The decisions in force on these rows; rows without one are absent."""
    if not row_ids:
        return {}
    chosen = ", ".join(str(int(row_id)) for row_id in row_ids)
    found = _decisions(db, f"SELECT {_COLUMNS} FROM {in_force_sql(version_id, chosen)}", [])
    return {decision.row_id: decision for decision in found}


def standing_of(db: Database, version_id: str, row_ids: Sequence[int]) -> dict[int, Decision]:
    """As `decision_of`, with the verdicts from earlier versions that still hold on these rows."""
    if not row_ids:
        return {}
    chosen = ", ".join(str(int(row_id)) for row_id in row_ids)
    found = _decisions(db, f"SELECT {_COLUMNS} FROM {standing_sql(db, version_id, chosen)}", [])
    return {decision.row_id: decision for decision in found}


def by_client_key(db: Database, client_keys: Sequence[str]) -> dict[str, Decision]:
    """The acts that carry these client keys; keys that were never written are absent."""
    if not client_keys:
        return {}
    found = _decisions(
        db, f"SELECT {_COLUMNS} FROM decisions WHERE client_key IN (SELECT unnest(?::VARCHAR[]))", [list(client_keys)]
    )
    return {decision.client_key: decision for decision in found}


def list_decisions(
    db: Database,
    dataset_id: str,
    *,
    reviewer: str | None = None,
    action: Action | None = None,
    version_id: str | None = None,
    row_id: int | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Decision]:
    """Every act, undos too, newest first; each argument that is given narrows."""
    condition, parameters = _narrowed(dataset_id, reviewer, action, version_id, row_id)
    return _decisions(
        db,
        f"""SELECT {_COLUMNS} FROM decisions WHERE {condition}
            ORDER BY decided_at DESC, decision_id DESC LIMIT ? OFFSET ?""",
        [*parameters, limit, offset],
    )


def count_decisions(
    db: Database,
    dataset_id: str,
    *,
    reviewer: str | None = None,
    action: Action | None = None,
    version_id: str | None = None,
    row_id: int | None = None,
) -> int:
    """How many acts `list_decisions` would list in all."""
    condition, parameters = _narrowed(dataset_id, reviewer, action, version_id, row_id)
    row = db.fetch_one(f"SELECT count(*) FROM decisions WHERE {condition}", parameters)
    return int(row[0]) if row else 0


def counts(db: Database, version_id: str, scan_id: str | None, issue_type: str = "label") -> ReviewCounts:
    """Where the review of a version stands, measured against one scan's flags of one type."""
    row = db.fetch_one(
        f"""WITH standing AS MATERIALIZED (SELECT * FROM {standing_sql(db, version_id)}),
                 f AS (SELECT * FROM standing WHERE version_id = ?),
                 flagged AS (SELECT row_id FROM issues WHERE scan_id = ? AND issue_type = ? AND is_issue)
            SELECT (SELECT count(*) FROM flagged), count(*),
                   (SELECT count(*) FROM flagged WHERE row_id NOT IN (SELECT row_id FROM standing)),
                   count(*) FILTER (action = 'relabel'), count(*) FILTER (action = 'exclude'),
                   count(*) FILTER (action = 'keep'), count(*) FILTER (action = 'unsure'),
                   count(*) FILTER (action = 'relabel' AND new_label = (shown->>'suggested_label')),
                   (SELECT count(*) FROM flagged JOIN standing s USING (row_id) WHERE s.version_id <> ?)
            FROM f""",
        [version_id, scan_id, issue_type, version_id],
    )
    return ReviewCounts(*(row or (0,) * 9))


def last_undoable(db: Database, version_id: str, reviewer: str) -> Decision | None:
    """The reviewer's newest act on a version that nobody has taken back yet, or None."""
    found = _decisions(
        db,
        f"""SELECT {_COLUMNS} FROM decisions d WHERE version_id = ? AND reviewer = ? AND action <> 'undo'
            AND NOT EXISTS (SELECT 1 FROM decisions u WHERE u.action = 'undo' AND u.undoes = d.decision_id)
            ORDER BY decided_at DESC, decision_id DESC LIMIT 1""",
        [version_id, reviewer],
    )
    return found[0] if found else None


def _check_labels(cursor: Cursor, decisions: Sequence[Decision]) -> None:
    for dataset_id in {decision.dataset_id for decision in decisions}:
        row = cursor.execute("SELECT labels FROM datasets WHERE dataset_id = ?", [dataset_id]).fetchone()
        labels = set(row[0]) if row else set()
        for decision in decisions:
            if decision.dataset_id == dataset_id and decision.action == "relabel" and decision.new_label not in labels:
                raise UsageError(
                    f"Label {decision.new_label!r} (row {decision.row_id}) is not a label of this dataset.",
                    f"It has: {', '.join(sorted(labels)[:20])}{' …' if len(labels) > 20 else ''}.",
                )


def _table(decisions: Sequence[Decision]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        name: pa.array([getattr(decision, name) for decision in decisions], pa.string()) for name in _TEXTS
    }
    columns["row_id"] = pa.array([decision.row_id for decision in decisions], pa.int64())
    columns["decided_at"] = pa.array([stored(decision.decided_at) for decision in decisions], pa.timestamp("us"))
    columns["shown"] = pa.array([json.dumps(dict(decision.shown)) for decision in decisions], pa.string())
    return pa.table(columns)


def _narrowed(
    dataset_id: str, reviewer: str | None, action: str | None, version_id: str | None, row_id: int | None
) -> tuple[str, list[Any]]:
    given = {
        "dataset_id": dataset_id,
        "reviewer": reviewer,
        "action": action,
        "version_id": version_id,
        "row_id": row_id,
    }
    chosen = {column: value for column, value in given.items() if value is not None}
    return " AND ".join(f"{column} = ?" for column in chosen), list(chosen.values())


def _decisions(db: Database, sql: str, parameters: list[Any]) -> list[Decision]:
    return [_decision(row) for row in db.fetch(sql, parameters)]


def _decision(row: tuple[Any, ...]) -> Decision:
    *act, decided_at, scan_id, shown, undoes = row
    return Decision(*[*act, loaded(decided_at), scan_id, json.loads(shown), undoes])

"""Claims: which session (a reviewer's tab) has which row on the screen: no two have the same one. They run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.records import IssueFilter
from core.store.acts.in_force import standing_sql
from core.store.database import Cursor, Database
from core.store.filters import Condition
from core.store.issues import issue_condition
from core.store.scans import get_scan
from core.store.times import stored


def claim(
    db: Database,
    version_id: str,
    scan_id: str,
    session: str,
    where: IssueFilter,
    n: int,
    *,
    now: datetime,
    seconds: float,
) -> list[int]:
    """The `n` worst rows that are undecided and that nobody else holds, now held by `session` for `seconds`.

    Worst first; rows the session holds already are among them and are held anew. Fewer than `n`, or none, at the end.
    """
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    candidates = f"SELECT i.row_id, i.rank FROM issues i WHERE {condition}", parameters
    return claim_from(db, version_id, session, candidates, n, now=now, seconds=seconds)


def claim_from(
    db: Database, version_id: str, session: str, candidates: Condition, n: int, *, now: datetime, seconds: float
) -> list[int]:
    """As `claim`, from any query for (row_id, rank) with its parameters."""
    query, parameters = candidates
    moment, decided = stored(now), standing_sql(db, version_id)
    with db.write() as cursor:
        cursor.execute("DELETE FROM claims WHERE until <= ?", [moment])
        found = cursor.execute(
            f"""SELECT i.row_id FROM ({query}) i
                WHERE i.row_id NOT IN (SELECT row_id FROM {decided})
                AND i.row_id NOT IN (SELECT row_id FROM claims WHERE version_id = ? AND session <> ?)
                ORDER BY i.rank LIMIT ?""",
            [*parameters, version_id, session, n],
        ).fetchall()
        row_ids = [int(row_id) for (row_id,) in found]
        _hold(cursor, version_id, session, row_ids, moment + timedelta(seconds=seconds))
    return row_ids


def release(db: Database, version_id: str, session: str, row_ids: Sequence[int]) -> None:
    """Gives rows back before their time; those that the session does not hold are left alone."""
    with db.write() as cursor:
        _drop(cursor, version_id, session, row_ids)


def release_all(db: Database, session: str) -> None:
    """Gives back every row that a session holds: it is over."""
    with db.write() as cursor:
        cursor.execute("DELETE FROM claims WHERE session = ?", [session])


def _hold(cursor: Cursor, version_id: str, session: str, row_ids: Sequence[int], until: datetime) -> None:
    _drop(cursor, version_id, session, row_ids)
    cursor.execute(
        "INSERT INTO claims SELECT ?, unnest(?::BIGINT[]), ?, ?", [version_id, list(row_ids), session, until]
    )


def _drop(cursor: Cursor, version_id: str, session: str, row_ids: Sequence[int]) -> None:
    cursor.execute(
        "DELETE FROM claims WHERE version_id = ? AND session = ? AND row_id IN (SELECT unnest(?::BIGINT[]))",
        [version_id, session, list(row_ids)],
    )

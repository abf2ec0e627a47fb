"""What people have said of the rows of a scan's list, by their place on it."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Scan
from core.store.acts.in_force import ONE_BY_ONE, judged_sql, settles_sql
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class OnList:
    """What somebody said of a row of a list."""

    rank: int
    action: str
    evidence: bool
    """Whether it says how many of the other labels about there are wrong: it was said of this row alone, since the scan
    was taken in. An act on many rows says little of one of them; and what was said before the scan is no sample of its
    list: another order chose these rows, and the scan takes them for confirmed, so that it puts those last that were
    kept."""


def judged_by_rank(db: Database, scan: Scan, issue_type: str) -> list[OnList]:
    """Each row of the list of which somebody has said something on the scan's version, by rank; what a change of
    classes did to rows is no word on them."""
    return db.remembered(("judged", scan.scan_id, issue_type, db.newest_act()), lambda: _judged(db, scan, issue_type))


def _judged(db: Database, scan: Scan, issue_type: str) -> list[OnList]:
    found = db.fetch(
        f"""SELECT i.rank, d.action, {ONE_BY_ONE} AND epoch(d.decided_at) > ?
            FROM issues i JOIN {judged_sql(db, scan.version_id)} d USING (example_id)
            WHERE i.scan_id = ? AND i.issue_type = ? AND {settles_sql("i.issue_type", "d.")} ORDER BY i.rank""",
        [scan.created_at.timestamp(), scan.scan_id, issue_type],
    )
    return [OnList(int(rank), str(action), bool(evidence)) for rank, action, evidence in found]

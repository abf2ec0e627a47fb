"""What people have said of the rows of a scan's list, by their place on it."""

from __future__ import annotations

from core.records import Scan
from core.store.acts.in_force import judged_sql, settles_sql
from core.store.database import Database


def judged_by_rank(db: Database, scan: Scan, issue_type: str) -> list[tuple[int, str]]:
    """(rank, action) of each row of the list of which somebody has said something on the scan's version, by
    rank; what a change of classes did to rows is no word on them."""
    return db.remembered(("judged", scan.scan_id, issue_type, db.newest_act()), lambda: _judged(db, scan, issue_type))


def _judged(db: Database, scan: Scan, issue_type: str) -> list[tuple[int, str]]:
    found = db.fetch(
        f"""SELECT i.rank, d.action FROM issues i JOIN {judged_sql(db, scan.version_id)} d USING (example_id)
            WHERE i.scan_id = ? AND i.issue_type = ? AND {settles_sql("i.issue_type", "d.")} ORDER BY i.rank""",
        [scan.scan_id, issue_type],
    )
    return [(int(rank), str(action)) for rank, action in found]

"""What was decided on a version before a scan of it was taken in, and since."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Scan
from core.store.acts.in_force import LABEL_LIST, ONE_BY_ONE, judged_sql, settles_sql
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts that say whether the label of a flagged row is right, given row by row, and those of them that say it is
    not. Acts on many rows are none: they say little of where the list is right."""

    rows: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Since:
    """What people said on a scan's version, by its time; changes of classes are not among it."""

    learnable: int
    """Rows of which something was said since that is of use to a ranking, wherever they stand and also many at once:
    labels that were kept or changed, and rows that are left out."""
    after: Judged
    """Since, of the rows that this list flags."""
    before: Judged
    """The last ones before, of the rows that the former list flagged, at most as many as were asked for."""


def since(db: Database, scan: Scan, last: int, former: str = "") -> Since:
    """`last`: of how many verdicts before the scan; `former`: the scan whose list this one came after, else there are
    none before."""
    row = db.fetch_one(
        f"""WITH said AS MATERIALIZED (
                SELECT example_id, action, seq, epoch(decided_at) > ? AS later,
                       {ONE_BY_ONE} AND action <> 'exclude' AS judged
                FROM {judged_sql(db, scan.version_id)} WHERE action IN ('keep', 'relabel', 'exclude')
                     AND {settles_sql(LABEL_LIST)}),
                 judged AS (
                SELECT action, seq, later FROM said JOIN issues i USING (example_id)
                WHERE judged AND i.issue_type = 'label' AND i.is_issue
                      AND i.scan_id = CASE WHEN later THEN ? ELSE ? END),
                 earlier AS (SELECT action FROM judged WHERE NOT later ORDER BY seq DESC LIMIT {int(last)})
            SELECT (SELECT count(*) FROM said WHERE later),
                   count(*) FILTER (later), count(*) FILTER (later AND action = 'relabel'),
                   (SELECT count(*) FROM earlier), (SELECT count(*) FROM earlier WHERE action = 'relabel')
            FROM judged""",
        [scan.created_at.timestamp(), scan.scan_id, former],
    )
    learnable, rows, wrong, rows_before, wrong_before = (int(one) for one in row or (0,) * 5)
    return Since(learnable, Judged(rows, wrong), Judged(rows_before, wrong_before))

"""What was decided on a version before a scan of it was taken in, and since."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Scan
from core.store.acts.in_force import in_force_sql
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts in force that say whether a label is right, and those of them that say it is not."""

    rows: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Since:
    """The verdicts in force on a scan's version, by its time."""

    learnable: int
    """Given since, and of use to a ranking: labels that were kept or changed, and rows that are left out."""
    after: Judged
    """Since."""
    before: Judged
    """The last ones before, at most as many as were asked for."""


def since(db: Database, scan: Scan, last: int) -> Since:
    """`last`: of how many verdicts before the scan."""
    row = db.fetch_one(
        f"""WITH said AS MATERIALIZED (
                SELECT action, seq, epoch(decided_at) > ? AS later FROM {in_force_sql(db, scan.version_id)}
                WHERE action IN ('keep', 'relabel', 'exclude')),
                 earlier AS (
                SELECT action FROM said WHERE NOT later AND action <> 'exclude' ORDER BY seq DESC LIMIT {int(last)})
            SELECT count(*) FILTER (later), count(*) FILTER (later AND action <> 'exclude'),
                   count(*) FILTER (later AND action = 'relabel'),
                   (SELECT count(*) FROM earlier), (SELECT count(*) FROM earlier WHERE action = 'relabel')
            FROM said""",
        [scan.created_at.timestamp()],
    )
    learnable, rows, wrong, rows_before, wrong_before = (int(one) for one in row or (0,) * 5)
    return Since(learnable, Judged(rows, wrong), Judged(rows_before, wrong_before))

"""What the health of a dataset counts: of each list of a scan how much is open and decided, and how fast people
decide."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import Scan
from core.store.acts.in_force import ONE_BY_ONE
from core.store.acts.mirror import ACTS
from core.store.acts.of_lists import listed_sql
from core.store.database import Database
from core.store.filters import KINDS

CONFLICTING = 0.5
"""Near-duplicates whose label is another than that of the row that stands for their group score less."""
LOOKED_AT = 2_000
"""Times between two verdicts, the newest, of which the pace is taken."""
SHORTEST, LONGEST = 0.3, 120.0
"""Seconds between two verdicts of one reviewer: less is one act on many rows, more is a pause."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The flagged rows of one list, by kind: as `core.store.acts.of_lists` counts them."""

    issue_type: str
    kind: str
    """Of a type with kinds, this one; `conflicting` or `copies` of near-duplicates; else empty."""
    rows: int
    decided: int
    changed: int
    """Of the decided ones, those that are to have another label or to be left out."""
    groups: int
    """Groups that hold open rows; 0 where rows have none."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a dataset's reviewers decide."""

    seconds: float
    """The median from one verdict to the next."""
    verdicts: int
    """It was taken of."""


def counted(db: Database, scan: Scan) -> list[Counted]:
    """Every list of a scan; a row of several kinds counts in each."""
    listed, parameters = listed_sql(db, scan)
    return db.records(
        Counted,
        f"""WITH flagged AS (
                SELECT issue_type, action, state, why->>'group' AS of_group,
                       unnest(CASE WHEN issue_type = 'near_duplicate'
                                   THEN [CASE WHEN score < {CONFLICTING} THEN 'conflicting' ELSE 'copies' END]
                                   ELSE coalesce({KINDS}, ['']) END) AS kind
                FROM ({listed}) i WHERE state IN ('left', 'decided'))
            SELECT issue_type, kind, count(*) AS rows, count(*) FILTER (state = 'decided') AS decided,
                   count(*) FILTER (action IN ('relabel', 'exclude')) AS changed,
                   count(DISTINCT of_group) FILTER (state = 'left') AS groups
            FROM flagged GROUP BY ALL ORDER BY issue_type, kind""",
        parameters,
    )


def pace(db: Database, dataset_id: str) -> Pace | None:
    """Of the newest verdicts, those of acts on many rows left out; None where nothing was decided row by row."""
    db.newest_act()
    row = db.fetch_one(
        f"""WITH gaps AS (
                SELECT seq, epoch(decided_at) - epoch(lag(decided_at) OVER (PARTITION BY reviewer ORDER BY seq)) AS gap
                FROM {ACTS} WHERE dataset_id = ? AND action NOT IN ('undo', 'ask') AND {ONE_BY_ONE}),
                 newest AS (
                SELECT gap FROM gaps WHERE gap BETWEEN {SHORTEST} AND {LONGEST} ORDER BY seq DESC LIMIT {LOOKED_AT})
            SELECT median(gap), count(gap) FROM newest""",
        [dataset_id],
    )
    return Pace(float(row[0]), int(row[1])) if row and row[1] else None

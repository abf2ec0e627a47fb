"""Where the review of each list of a scan stands: the one definition of flagged, decided and left, which pages, the
command line and the health of a dataset count by.

A flagged row is decided once a verdict of the scan's own version holds on it that settles this list (see
`in_list_sql`), whether that was given before the scan or after it; it goes on counting as flagged and is told
apart. A row on which a verdict from an earlier version holds is settled before, and no flagged row. One whose label
only a change of classes has replaced, and of which nobody has said anything, is none either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.records import SETTLES, Scan
from core.store.acts.in_force import SAID_OF_ROW, aside_settles_sql, asides_sql, said_sql, standing_sql
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class ListCounts:
    """Rows of one list of a scan."""

    flagged: int = 0
    """That count as flagged: `left` and `decided`."""
    decided: int = 0
    """Flagged rows with a verdict of this version, older than the scan or newer."""
    left: int = 0
    """Flagged rows that nobody has decided."""
    settled_before: int = 0
    """Rows that would be flagged, were there no verdict from an earlier version that still holds."""


def listed_sql(db: Database, scan: Scan) -> tuple[str, list[Any]]:
    """The rows of all lists of a scan that its rule flags, as an SQL query with its parameters: `issue_type`,
    `example_id`, `score`, `why`, `action`, which is what was said of the row on this version, and `state`, which is
    `left`, `decided`, `before` (an earlier verdict settles it) or `changed` (by a change of classes alone)."""
    standing, said = standing_sql(db, scan.version_id), said_sql(db, scan.version_id)
    lists = f"""CASE WHEN contains(shown, '"{SETTLES}":') AND action <> 'exclude'
                     THEN from_json(shown -> '{SETTLES}', '["VARCHAR"]') END AS lists"""
    # Joined by the row alone, and only then held against the list: any other condition would be a loop over all pairs.
    return (
        f"""WITH standing AS MATERIALIZED (SELECT example_id, seq, {SAID_OF_ROW} AS looked_at, {lists} FROM {standing}),
                 said AS MATERIALIZED (SELECT example_id, action, version_id = ? AS here FROM {said}),
                 aside AS MATERIALIZED (
                     SELECT example_id, aside, seq, action, version_id = ? AS here,
                            {aside_settles_sql(scan.version_id)} AS settles
                     FROM {asides_sql(db, scan.version_id)}),
                 weighed AS (
                     SELECT i.issue_type, i.example_id, i.score, i.why, s.action, s.here,
                            d.example_id IS NOT NULL
                                AND coalesce(list_contains(d.lists, i.issue_type), true) AS of_label,
                            coalesce(of_label AND d.looked_at AND d.seq > a.seq, false) AS since,
                            a.settles AND NOT since AS in_list, NOT a.settles AND NOT since AS asked,
                            a.action AS said, a.here AS said_here
                     FROM issues i
                     LEFT JOIN standing d ON d.example_id = i.example_id
                     LEFT JOIN said s ON s.example_id = i.example_id
                     LEFT JOIN aside a ON a.example_id = i.example_id AND a.aside = i.issue_type
                     WHERE i.scan_id = ? AND i.is_issue),
                 held AS (
                     SELECT issue_type, example_id, score, why,
                            CASE WHEN in_list THEN said ELSE action END AS action,
                            CASE WHEN in_list THEN said_here ELSE here END AS here,
                            coalesce(in_list, false) OR (of_label AND NOT coalesce(asked, false)) AS settled
                     FROM weighed)
            SELECT issue_type, example_id, score, why, CASE WHEN settled AND here THEN action END AS action,
                   CASE WHEN NOT settled THEN 'left' WHEN here THEN 'decided' WHEN here IS NULL THEN 'changed'
                        ELSE 'before' END AS state
            FROM held""",
        [scan.version_id, scan.version_id, scan.scan_id],
    )


def of_lists(db: Database, scan: Scan) -> Mapping[str, ListCounts]:
    """Every list of the scan, by its type; those without a flagged row too."""
    return db.remembered(("lists", scan.scan_id, db.newest_act()), lambda: _of_lists(db, scan))


def _of_lists(db: Database, scan: Scan) -> Mapping[str, ListCounts]:
    listed, parameters = listed_sql(db, scan)
    rows = db.fetch(
        f"""SELECT issue_type, count(*) FILTER (state IN ('left', 'decided')), count(*) FILTER (state = 'decided'),
                   count(*) FILTER (state = 'left'), count(*) FILTER (state = 'before')
            FROM ({listed}) GROUP BY issue_type""",
        parameters,
    )
    counted = {str(kind): ListCounts(*(int(one) for one in figures)) for kind, *figures in rows}
    return dict.fromkeys(scan.types, ListCounts()) | counted

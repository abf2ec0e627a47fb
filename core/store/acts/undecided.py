"""Which rows of a ranked list nobody has decided yet."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import IssueFilter
from core.sql import literal
from core.store.acts.in_force import in_list_sql
from core.store.database import Database
from core.store.filters import Condition
from core.store.issues import issue_condition
from core.store.scans import get_scan


def of_scan(db: Database, scan_id: str, where: IssueFilter) -> Condition:
    """The rows of a scan that the filter keeps, as a query for (example_id, rank) with its parameters."""
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    return f"SELECT i.example_id, i.rank FROM issues i WHERE {condition}", parameters


def worst_undecided(
    db: Database,
    version_id: str,
    ranked: Condition,
    without: Sequence[int],
    n: int,
    again: bool = False,
    issue_type: str = "label",
) -> list[int]:
    """The `n` first rows of a query for (example_id, rank) on which no verdict holds that settles the list of the type,
    and which are not in `without`, by rank. Fewer than `n`, or none, at the end. `again`: also those on which only a
    verdict from an earlier version does."""
    query, parameters = ranked
    decided = in_list_sql(db, version_id, literal(issue_type), here=again)
    found = db.fetch(
        f"""SELECT i.example_id FROM ({query}) i
            WHERE i.example_id NOT IN (SELECT example_id FROM {decided})
            AND i.example_id NOT IN (SELECT unnest(?::BIGINT[]))
            ORDER BY i.rank LIMIT ?""",
        [*parameters, list(without), n],
    )
    return [int(example_id) for (example_id,) in found]

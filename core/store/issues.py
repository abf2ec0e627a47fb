"""The ranked list of one scan: count, page, one issue, class pairs, and the list as a file."""

from __future__ import annotations

import json
from typing import Any

from core.records import Issue, IssueFilter, RowFilter, Scan
from core.store.acts.in_force import standing_sql
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import Condition, issue_sql, joined, where_sql
from core.store.relations import relation
from core.store.scans import get_scan

_COLUMNS = "i.row_id, i.score, i.is_issue, i.given_label, i.suggested_label, i.why, i.rank"


def count_issues(db: Database, scan_id: str, where: IssueFilter) -> int:
    """Rows of the list that the filter keeps."""
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    row = db.fetch_one(f"SELECT count(*) FROM issues i WHERE {condition}", parameters)
    return int(row[0]) if row else 0


def page_issues(db: Database, scan_id: str, where: IssueFilter, limit: int, offset: int = 0) -> list[Issue]:
    """Issues that the filter keeps, worst first. Only ranks are sorted; the rest is fetched for the page alone."""
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    ranks = db.fetch(
        f"SELECT i.rank FROM issues i WHERE {condition} ORDER BY i.rank LIMIT ? OFFSET ?", [*parameters, limit, offset]
    )
    chosen = ", ".join(str(rank) for (rank,) in ranks)
    return _issues(db, scan_id, where.issue_type, chosen) if ranks else []


def count_and_page(
    db: Database, scan_id: str, where: IssueFilter, limit: int, offset: int = 0
) -> tuple[int, list[Issue]]:
    """`count_issues` and `page_issues` in one pass, which matters where the filter has to read every text."""
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    found = db.fetch(
        f"""WITH kept AS MATERIALIZED (SELECT i.rank FROM issues i WHERE {condition}),
                 shown AS (SELECT rank FROM kept ORDER BY rank LIMIT ? OFFSET ?)
            SELECT (SELECT count(*) FROM kept), (SELECT list(rank) FROM shown)""",
        [*parameters, limit, offset],
    )
    ((total, ranks),) = found
    chosen = ", ".join(str(rank) for rank in ranks or ())
    return int(total), _issues(db, scan_id, where.issue_type, chosen) if chosen else []


def pair_counts(db: Database, scan_id: str, where: IssueFilter) -> list[tuple[str, str, int]]:
    """(given label, suggested label, rows) of each pair that the filter leaves, most frequent first."""
    condition, parameters = issue_condition(db, get_scan(db, scan_id), where)
    rows = db.fetch(
        f"""SELECT i.given_label, i.suggested_label, count(*) FROM issues i WHERE {condition}
            GROUP BY ALL ORDER BY 3 DESC, 1, 2""",
        parameters,
    )
    return [(given, suggested, int(count)) for given, suggested, count in rows]


def issue_condition(db: Database, scan: Scan, where: IssueFilter) -> Condition:
    """An issue filter as a condition on `issues i`."""
    parts: list[Condition] = [("i.scan_id = ?", [scan.scan_id]), issue_sql(where)]
    if where.undecided_only:
        parts.append((f"i.row_id NOT IN (SELECT row_id FROM {standing_sql(db, scan.version_id)})", []))
    if where.rows != RowFilter():
        rows = relation(db, scan.version_id)
        condition, parameters = where_sql(where.rows, get_dataset(db, scan.dataset_id).attributes, rows)
        parts.append((f"i.row_id IN (SELECT row_id FROM {rows} WHERE {condition})", parameters))
    return joined(parts)


def _issues(db: Database, scan_id: str, issue_type: str, ranks: str) -> list[Issue]:
    rows = db.fetch(
        f"""SELECT {_COLUMNS} FROM issues i WHERE i.scan_id = ? AND i.issue_type = ? AND i.rank IN ({ranks})
            ORDER BY i.rank""",
        [scan_id, issue_type],
    )
    return [_issue(row) for row in rows]


def _issue(row: tuple[Any, ...]) -> Issue:
    *judgement, why, rank = row
    return Issue(*[*judgement, json.loads(why or "{}"), rank])

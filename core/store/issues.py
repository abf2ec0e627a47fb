"""The ranked list of one scan: count, page, class pairs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import NotFoundError
from core.modalities import PAYLOAD_COLUMNS
from core.personal import tells
from core.records import EXAMPLE_ID, Copy, Issue, IssueFilter, RowFilter, RowOrder, Scan
from core.sql import literal
from core.store.acts.in_force import decided_sql, settled_sql
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import ISSUE_COLUMNS, Condition, directed, issue_sql, joined, label_asked, sort_value, where_sql
from core.store.masked import is_masked, masked_value
from core.store.relations import relation
from core.targets import Target
from core.tasks import task_named

BY_RANK = RowOrder("rank", added=True)
"""Worst first."""
_COLUMNS = "i.example_id, i.score, i.is_issue, i.given_label, i.suggested_label, i.why, i.rank"


def count_issues(db: Database, scan: Scan, where: IssueFilter) -> int:
    """Rows of the list that the filter keeps."""
    return db.remembered(("issues", scan.scan_id, where, db.newest_act()), lambda: _count(db, scan, where))


def _count(db: Database, scan: Scan, where: IssueFilter) -> int:
    condition, parameters = issue_condition(db, scan, where)
    row = db.fetch_one(f"SELECT count(*) FROM issues i WHERE {condition}", parameters)
    return int(row[0]) if row else 0


def example_ids(db: Database, scan: Scan, where: IssueFilter) -> list[int]:
    """The rows that the filter keeps, worst first."""
    condition, parameters = issue_condition(db, scan, where)
    rows = db.fetch(f"SELECT i.example_id FROM issues i WHERE {condition} ORDER BY i.rank", parameters)
    return [int(example_id) for (example_id,) in rows]


def page_issues(
    db: Database, scan: Scan, where: IssueFilter, limit: int, offset: int = 0, order: RowOrder = BY_RANK
) -> list[Issue]:
    """Issues that the filter keeps, as they are sorted. Only ranks are sorted; the rest is fetched for the page
    alone."""
    return issues_of_ranks(db, scan, where, page_of_ranks(db, scan, where, limit, offset, order))


def page_of_ranks(
    db: Database, scan: Scan, where: IssueFilter, limit: int, offset: int = 0, order: RowOrder = BY_RANK
) -> list[int]:
    """The ranks of `page_issues`. Raises `NotFoundError` for an attribute that the dataset has not."""
    among, condition, parameters = _sortable(db, scan, where, order)
    found = db.fetch(
        f"SELECT i.rank FROM {among} WHERE {condition} ORDER BY {issue_order(db, scan, order)} LIMIT ? OFFSET ?",
        [*parameters, limit, offset],
    )
    return [rank for (rank,) in found]


def count_and_page_of_ranks(
    db: Database, scan: Scan, where: IssueFilter, limit: int, offset: int = 0, order: RowOrder = BY_RANK
) -> tuple[int, list[int]]:
    """`count_issues` and `page_of_ranks`, in one pass where the filter has to look at the rows; only an order by texts
    takes two, since it would keep each of them until the first are found."""
    if where.rows == RowFilter() or order.column in PAYLOAD_COLUMNS:
        return count_issues(db, scan, where), page_of_ranks(db, scan, where, limit, offset, order)
    among, condition, parameters = _sortable(db, scan, where, order)
    found = db.fetch(
        f"""WITH kept AS MATERIALIZED (
                SELECT i.rank, {_sort_value(db, scan, order)} AS value FROM {among} WHERE {condition})
            SELECT rank, (SELECT count(*) FROM kept) FROM kept ORDER BY {directed("value", order)}, rank
            LIMIT ? OFFSET ?""",
        [*parameters, limit, offset],
    )
    total = found[0][1] if found else 0 if not offset else count_issues(db, scan, where)
    return int(total), [rank for rank, _ in found]


def issue_order(db: Database, scan: Scan, order: RowOrder) -> str:
    """`ORDER BY` of an order over `issues i` with its rows `r`; rows that are equal by their rank. Raises
    `NotFoundError`."""
    return f"{directed(_sort_value(db, scan, order), order)}, i.rank"


def _sort_value(db: Database, scan: Scan, order: RowOrder) -> str:
    """What an order compares, in SQL over `issues i` with its rows `r`."""
    if not order.added:
        of_rows = order.column != EXAMPLE_ID
        return sort_value(order, get_dataset(db, scan.dataset_id), "r.") if of_rows else f"i.{EXAMPLE_ID}"
    if order.column not in ISSUE_COLUMNS:
        raise NotFoundError(f"The list has no column {order.column!r}.", f"It has: {', '.join(ISSUE_COLUMNS)}.")
    return label_asked(order.column, *ISSUE_COLUMNS[order.column], _target(db, scan))[0]


def _sortable(db: Database, scan: Scan, where: IssueFilter, order: RowOrder) -> tuple[str, str, list[Any]]:
    """`issues i`, with the rows `r` where an order asks for a column of theirs; the condition on it, and the parameters
    of both. The rows are narrowed before they are joined, and looked at once for the filter and the order."""
    if order.added or order.column == EXAMPLE_ID:
        return "issues i", *issue_condition(db, scan, where)
    rows = relation(db, scan.version_id)
    narrowed, narrowing = where_sql(db, scan.version_id, where.rows, get_dataset(db, scan.dataset_id), rows)
    condition, parameters = issue_condition(db, scan, replace(where, rows=RowFilter()))
    among = f"issues i JOIN (SELECT * FROM {rows} WHERE {narrowed}) r ON r.example_id = i.example_id"
    return among, condition, [*narrowing, *parameters]


def issues_of_ranks(db: Database, scan: Scan, where: IssueFilter, ranks: Sequence[int]) -> list[Issue]:
    """The issues of the filter's type with these ranks, in the order asked."""
    if not ranks:
        return []
    found = {issue.rank: issue for issue in _issues(db, scan, where, ", ".join(str(int(rank)) for rank in ranks))}
    return [found[rank] for rank in ranks if rank in found]


def count_and_page(
    db: Database, scan: Scan, where: IssueFilter, limit: int, offset: int = 0
) -> tuple[int, list[Issue]]:
    """`count_issues` and `page_issues`, worst first."""
    total, ranks = count_and_page_of_ranks(db, scan, where, limit, offset)
    return total, issues_of_ranks(db, scan, where, ranks)


def pair_counts(db: Database, scan: Scan, where: IssueFilter) -> list[tuple[str, str, int]]:
    """(given label, suggested label, rows) of each pair that the filter leaves, most frequent first; rows without a
    suggestion are of no pair."""
    return db.remembered(("pairs", scan.scan_id, where, db.newest_act()), lambda: _pair_counts(db, scan, where))


def _pair_counts(db: Database, scan: Scan, where: IssueFilter) -> list[tuple[str, str, int]]:
    condition, parameters = issue_condition(db, scan, where)
    rows = db.fetch(
        f"""SELECT i.given_label, i.suggested_label, count(*) FROM issues i
            WHERE {condition} AND i.suggested_label IS NOT NULL GROUP BY ALL ORDER BY 3 DESC, 1, 2""",
        parameters,
    )
    return [(given, suggested, int(count)) for given, suggested, count in rows]


def change_counts(db: Database, scan: Scan, where: IssueFilter) -> list[tuple[str, int, int]]:
    """(class, rows whose suggestion adds it, rows whose suggestion removes it) over the rows that the filter leaves, by
    class; for labels of several classes."""
    condition, parameters = issue_condition(db, scan, where)
    target = _target(db, scan)
    given, suggested = target.classes_sql("i.given_label"), target.classes_sql("i.suggested_label")
    rows = db.fetch(
        f"""WITH kept AS (SELECT {given} AS given, {suggested} AS suggested FROM issues i
                          WHERE {condition} AND i.suggested_label IS DISTINCT FROM i.given_label
                          AND i.suggested_label IS NOT NULL),
                 changed AS (
                     SELECT unnest(list_filter(suggested, lambda x: NOT list_contains(given, x))) AS name, true AS adds
                     FROM kept
                     UNION ALL
                     SELECT unnest(list_filter(given, lambda x: NOT list_contains(suggested, x))), false FROM kept)
            SELECT name, count_if(adds), count_if(NOT adds) FROM changed GROUP BY name ORDER BY name""",
        parameters,
    )
    return [(name, int(added), int(removed)) for name, added, removed in rows]


def copies(db: Database, scan: Scan, issue_type: str, groups: Sequence[int] | None = None) -> list[Copy]:
    """Flagged rows of a type whose evidence names a `group`, that nobody has decided: of these groups, or of all."""
    condition, parameters = issue_condition(db, scan, IssueFilter(issue_type, undecided_only=True))
    group = "CAST(i.why->>'$.group' AS BIGINT)"
    if groups is not None:
        condition += f" AND {group} IN ({', '.join(str(int(one)) for one in groups) or 'NULL'})"
    rows = db.fetch(
        f"""SELECT i.example_id, {group}, coalesce(CAST(i.why->>'$.conflicting' AS BOOLEAN), false), i.given_label,
                   i.suggested_label, i.score
            FROM issues i WHERE {condition} AND {group} IS NOT NULL ORDER BY i.rank""",
        parameters,
    )
    return [Copy(*row) for row in rows]


def shown_of(db: Database, scan: Scan, example_ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """What a scan says of each of these rows in its first issue type, as it stands beside a decision: `given_label`,
    `suggested_label`, `score` and `tier`. Rows that are not in its list are left out."""
    condition, parameters = issue_sql(scan, IssueFilter(flagged_only=False), _target(db, scan))
    rows = db.fetch(
        f"""SELECT i.example_id, i.given_label, i.suggested_label, i.score FROM issues i
            WHERE {condition} AND i.example_id IN (SELECT unnest(?))""",
        [*parameters, list(example_ids)],
    )
    return {
        example_id: {"given_label": given, "suggested_label": suggested, "score": round(score, 6), "tier": scan.tier}
        for example_id, given, suggested, score in rows
    }


def issue_condition(db: Database, scan: Scan, where: IssueFilter) -> Condition:
    """An issue filter as a condition on `issues i`."""
    parts, of_type = [issue_sql(scan, where, _target(db, scan))], literal(where.issue_type or scan.types[0])
    if where.settled is not None:
        among = "IN" if where.settled else "NOT IN"
        parts.append((f"i.example_id {among} {settled_sql(db, scan.version_id, of_type)}", []))
    if where.undecided_only and not where.settled:  # a row that is decided on this version is not settled before it
        parts.append((f"i.example_id NOT IN {decided_sql(db, scan.version_id, of_type)}", []))
    if where.decided_only:
        parts.append((f"i.example_id IN {decided_sql(db, scan.version_id, of_type)}", []))
    if where.rows != RowFilter():
        rows = relation(db, scan.version_id)
        condition, parameters = where_sql(db, scan.version_id, where.rows, get_dataset(db, scan.dataset_id), rows)
        parts.append((f"i.example_id IN (SELECT example_id FROM {rows} WHERE {condition})", parameters))
    return joined(parts)


def _issues(db: Database, scan: Scan, where: IssueFilter, ranks: str) -> list[Issue]:
    whole = IssueFilter(where.issue_type, flagged_only=False)
    condition, parameters = issue_sql(scan, whole, _target(db, scan))
    rows = db.fetch_named(
        f"SELECT {_COLUMNS} FROM issues i WHERE {condition} AND i.rank IN ({ranks}) ORDER BY i.rank", parameters
    )
    whys = [json.loads(row["why"] or "{}") for row in rows]
    if is_masked(db, scan.dataset_id):
        columns = [one.name for one in get_dataset(db, scan.dataset_id).attributes]
        whys = [_masked_why(why, columns) for why in whys]
    return [Issue(**row | {"why": why}) for row, why in zip(rows, whys, strict=True)]


def _masked_why(why: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """Evidence as it is shown. What was `found` in a row of a table begins with the column's name: where that says that
    its values are somebody's, nothing more is told."""
    masked: dict[str, Any] = masked_value("", why)
    if isinstance(found := masked.get("found"), list):
        masked["found"] = [_masked_found(one, columns) for one in found]
    return masked


def _masked_found(found: str, columns: Sequence[str]) -> str:
    column = max((one for one in columns if found.startswith(f"{one} ")), key=len, default="")
    return f"{column} [masked]" if tells(column) else found


def _target(db: Database, scan: Scan) -> Target:
    return task_named(get_dataset(db, scan.dataset_id).task).target


def suggestions(db: Database, scan: Scan, issue_type: str, example_ids: Sequence[int]) -> dict[int, tuple[str, float]]:
    """What each of these rows looks like, and how probable its own label is; rows for which nothing is suggested are
    left out."""
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids) or "NULL"
    rows = db.fetch(
        f"""SELECT example_id, suggested_label, score FROM issues
            WHERE scan_id = ? AND issue_type = ? AND suggested_label IS NOT NULL AND example_id IN ({chosen})""",
        [scan.scan_id, issue_type],
    )
    return {int(example_id): (str(suggested), float(score)) for example_id, suggested, score in rows}

"""Row and issue filters as SQL conditions with parameters: values never enter the SQL text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.errors import NotFoundError, UsageError
from core.modalities import PAYLOAD_COLUMNS, WORDS
from core.records import (
    EXAMPLE_ID,
    Attribute,
    ColumnFilter,
    ColumnKind,
    Dataset,
    IssueFilter,
    RowFilter,
    RowOrder,
    Scan,
)
from core.sql import identifier
from core.store.database import Database
from core.store.row_facts import ROW_FACTS, fact_sql
from core.targets import Target
from core.tasks import task_named

LABELS = ("label", "given_label", "suggested_label", "predicted")
"""Columns that hold labels, of rows and of what lists add to them."""
Condition = tuple[str, list[Any]]
"""A condition (`true` where nothing narrows) and its parameters in order."""
ROW_COLUMNS: Mapping[str, ColumnKind] = {
    EXAMPLE_ID: "number",
    **dict.fromkeys(PAYLOAD_COLUMNS, "words"),
    "label": "category",
    "given_label": "category",
    "split": "category",
    "source_id": "words",
}
"""What a row has whatever its dataset, and how it is asked for."""
_COMPARED = (">=", "<=", ">", "<")
_CASELESS = re.compile(r"[!-@\[-`{-~]+")
"""ASCII without letters: no other character becomes one of these in lower case."""


def label_asked(name: str, value: str, kind: str, target: Target) -> tuple[str, str]:
    """A column in SQL and how it is asked for: as a number where it holds labels that are numbers."""
    if name in LABELS and target.number_sql is not None:
        return target.number_sql(value), "number"
    return value, kind


def where_sql(db: Database, version_id: str, where: RowFilter, dataset: Dataset, relation: str) -> Condition:
    """`where` as a condition on the columns of `relation`, the rows of the version, which is needed again to find
    repeated content.

    Raises `NotFoundError` where the filter names an attribute that the dataset has not.
    """
    parts: list[Condition] = []
    if where.example_ids is not None:
        parts.append(
            (f"example_id IN ({', '.join(str(int(example_id)) for example_id in where.example_ids) or 'NULL'})", [])
        )
    target = task_named(dataset.task).target
    parts += [(has_class(target, "label"), [name]) for name in (where.label, where.also) if name is not None]
    if where.exactly is not None:
        parts.append(("label = ?", [where.exactly]))
    if where.split is not None:
        parts.append(("split = ?", [where.split]) if where.split else ("split IS NULL", []))
    if where.attribute is not None:
        parts.append(_attribute(where, dataset.attributes))
    if (where.text or "").split():
        parts.append(_words(WORDS, (where.text or "").split()))
    if where.duplicates == "exact":
        parts.append((_repeated(relation, "count(*) > 1"), []))
    parts += [
        fact_sql(db, version_id, one) if one.column in ROW_FACTS else _row_column(one, dataset, target)
        for one in where.columns
    ]
    if where.duplicates == "conflicting":
        among = f"(SELECT * FROM {relation} WHERE {_repeated(relation, 'count(*) > 1')})"
        parts.append((_repeated(among, "min(label) <> max(label)"), []))
    return joined(parts)


def _words(value: str, words: Sequence[str]) -> Condition:
    """Texts that have all of these words, of which there is one at least. As one expression, in which each word is
    looked for in those texts alone that have the ones before it: numbers and signs first, because they have no capitals
    and the text need not be lowered for them, which is most of the work; then the longest. A word that stands in
    another one is not looked for again."""
    asked = [word for at, word in enumerate(words) if word not in words[:at] and not _within(word, words)]
    asked.sort(key=lambda word: (not _CASELESS.fullmatch(word), -len(word)))
    sql = ""
    for word in reversed(asked):
        lowered = f"contains({value}, ?)" if _CASELESS.fullmatch(word) else f"contains(lower({value}), lower(?))"
        has = f"coalesce({lowered}, false)"
        sql = f"CASE WHEN {has} THEN {sql} ELSE false END" if sql else has
    return sql, asked


def _within(word: str, words: Sequence[str]) -> bool:
    """Whether a word is a part of another of these."""
    return any(word in other and word != other for other in words)


def _repeated(relation: str, having: str) -> str:
    """Rows whose content, taken together with its repeats, is as `having` says. Labels are compared only among
    repeats: grouping a million rows with two labels each costs twice as much as without."""
    return f"content_hash IN (SELECT content_hash FROM {relation} GROUP BY content_hash HAVING {having})"


def has_class(target: Target, column: str) -> str:
    """Whether the label in a column is a class, or has it among others: a condition with the class as parameter."""
    return f"list_contains({target.classes_sql(column)}, ?)" if target.several else f"{column} = ?"


def issue_sql(scan: Scan, where: IssueFilter, target: Target) -> Condition:
    """The part of an issue filter that the issues table answers by itself, on its alias `i`."""
    parts: list[Condition] = [("i.scan_id = ? AND i.issue_type = ?", [scan.scan_id, where.issue_type or scan.types[0]])]
    if where.flagged_only:
        parts.append(("i.is_issue", []) if where.worst is None else ("i.rank <= ?", [where.worst]))
    for column, name in (("i.given_label", where.given_label), ("i.suggested_label", where.suggested_label)):
        if name is not None:
            none = target.several and not name
            parts.append((f"{column} = ?", [target.label_of(())]) if none else (has_class(target, column), [name]))
    for name, has, lacks in ((where.added, "suggested", "given"), (where.removed, "given", "suggested")):
        if name is not None:
            with_it, without = has_class(target, f"i.{has}_label"), has_class(target, f"i.{lacks}_label")
            parts.append((f"i.suggested_label IS NOT NULL AND {with_it} AND NOT {without}", [name, name]))
    if where.kind is not None:
        parts.append((f"list_contains({KINDS}, ?)", [where.kind]))
    if where.score_below is not None:
        parts.append(("i.score < ?", [where.score_below]))
    parts += [
        column_sql(one, *label_asked(one.column, *ISSUE_COLUMNS[one.column], target), target) for one in where.columns
    ]
    return joined(parts)


def column_sql(one: ColumnFilter, value: str, kind: str, target: Target | None = None) -> Condition:
    """A column's filter on `value`, the column in SQL. With `target`, classes are asked for in a label of several.

    An empty text and NaN are missing. Raises `UsageError` for a bound that is no number, or no time.
    """
    missing = f"({value} IS NULL OR CAST({value} AS VARCHAR) = '')"
    if kind == "number":
        missing = f"({value} IS NULL OR isnan(CAST({value} AS DOUBLE)))"
    if one.how in ("missing", "present"):
        return (missing if one.how == "missing" else f"NOT {missing}"), []
    if one.how in _COMPARED:
        bound = one.values[0] if one.values else ""
        if kind == "time":
            return f"CAST({value} AS TIMESTAMP) {one.how} CAST(? AS TIMESTAMP)", [_moment(one, bound)]
        number = f"TRY_CAST({value} AS DOUBLE)"  # a category may be a number, such as a rating
        return f"({number} {one.how} ? AND NOT isnan({number}))", [_number(one, bound)]
    if one.how == "contains":
        return _words(f"CAST({value} AS VARCHAR)", " ".join(one.values).split())
    if target is not None and target.several:
        held = " OR ".join([has_class(target, value)] * len(one.values)) or "false"
        return f"{'' if one.how == '=' else 'NOT '}({held})", list(one.values)
    if kind == "number":
        equal = f"coalesce(list_contains(?::DOUBLE[], CAST({value} AS DOUBLE)), false)"
        numbers = [_number(one, each) for each in one.values]
        return (equal if one.how == "=" else f"NOT {equal}"), [numbers]
    among = f"list_contains(?::VARCHAR[], coalesce(CAST({value} AS VARCHAR), ''))"
    return (among if one.how == "=" else f"NOT {among}"), [list(one.values)]


def sorted_by(order: RowOrder, dataset: Dataset, prefix: str = "") -> str:
    """`ORDER BY` of an order by a row's column; missing values last, equal ones by their row id. Raises `NotFoundError`
    for an attribute that there is not."""
    if order.column == EXAMPLE_ID:
        return f"{prefix}{EXAMPLE_ID} {'DESC' if order.descending else 'ASC'}"
    return f"{directed(sort_value(order, dataset, prefix), order)}, {prefix}{EXAMPLE_ID}"


def sort_value(order: RowOrder, dataset: Dataset, prefix: str = "") -> str:
    """What an order by a row's column compares, in SQL. NaN is a missing value here, not DuckDB's largest number.
    Raises `NotFoundError` for an attribute that there is not."""
    column, kind = _column_of(order.column, dataset)
    column, _ = label_asked(order.column, f"{prefix}{column}", "category", task_named(dataset.task).target)
    if kind == "number" and order.column not in ROW_COLUMNS:
        column = f"CASE WHEN NOT isnan(CAST({column} AS DOUBLE)) THEN {column} END"
    return column


def directed(value: str, order: RowOrder) -> str:
    """`ORDER BY` of a value in an order's direction, missing ones last."""
    return f"{value} {'DESC' if order.descending else 'ASC'} NULLS LAST"


KINDS = "from_json(i.why -> 'kinds', '[\"VARCHAR\"]')"
"""The kinds of an issue by its evidence."""
ISSUE_COLUMNS: Mapping[str, tuple[str, ColumnKind]] = {
    "rank": ("i.rank", "number"),
    "score": ("i.score", "number"),
    "given_label": ("i.given_label", "category"),
    "suggested_label": ("i.suggested_label", "category"),
    "is_issue": ("i.is_issue", "flag"),
    "kinds": (f"array_to_string({KINDS}, ', ')", "words"),
}
"""What a scan's list adds to its rows: in SQL, on the issues table's alias `i`."""


def joined(parts: list[Condition]) -> Condition:
    """All conditions at once."""
    return " AND ".join(sql for sql, _ in parts) or "true", [value for _, values in parts for value in values]


def _row_column(one: ColumnFilter, dataset: Dataset, target: Target) -> Condition:
    column, kind = label_asked(one.column, *_column_of(one.column, dataset), target)
    return column_sql(one, column, kind, target if one.column in ("label", "given_label") else None)


def _column_of(name: str, dataset: Dataset) -> tuple[str, str]:
    if name in ROW_COLUMNS:
        return identifier(name), ROW_COLUMNS[name]
    column = attribute_column(name, dataset.attributes)
    return column, next(one.kind for one in dataset.attributes if one.column == name)


def _number(one: ColumnFilter, bound: str) -> float:
    try:
        return float(bound)
    except ValueError:
        raise UsageError(f"{bound!r} is no number to compare {one.column!r} with.", "Write it as 12 or 0.5.") from None


def _moment(one: ColumnFilter, bound: str) -> str:
    try:
        return datetime.fromisoformat(bound).isoformat()
    except ValueError:
        raise UsageError(
            f"{bound!r} is no date to compare {one.column!r} with.", "Write it as 2026-01-31 or 2026-01-31T12:00."
        ) from None


def _attribute(where: RowFilter, attributes: tuple[Attribute, ...]) -> Condition:
    """Bounds of a time are seconds since 1970. NaN is a missing value here, not DuckDB's largest number."""
    column = attribute_column(where.attribute or "", attributes)
    kind = next(one.kind for one in attributes if one.column == where.attribute)
    if where.value is not None:
        return f"CAST({column} AS VARCHAR) = ?", [where.value]
    number = f"epoch({column})" if kind == "time" else column
    parts: list[Condition] = []
    if where.low is not None:
        parts.append((f"{number} >= ?", [where.low]))
        if where.high is None and kind == "number":
            parts.append((f"NOT isnan(CAST({column} AS DOUBLE))", []))
    if where.high is not None:
        parts.append((f"{number} < ?", [where.high]))
    if parts:
        return joined(parts)
    nan = f" OR isnan(CAST({column} AS DOUBLE))" if kind == "number" else ""
    return f"({column} IS NULL OR CAST({column} AS VARCHAR) = ''{nan})", []


def attribute_column(column: str, attributes: tuple[Attribute, ...]) -> str:
    """An attribute's column, quoted. Raises `NotFoundError` with the columns that exist."""
    columns = [attribute.column for attribute in attributes]
    if column not in columns:
        raise NotFoundError(f"Attribute {column!r} not found.", f"This dataset has: {', '.join(columns) or 'none'}.")
    return identifier(column)

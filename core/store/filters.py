"""Row and issue filters as SQL conditions with parameters: values never enter the SQL text."""

from __future__ import annotations

from typing import Any

from core.errors import NotFoundError
from core.records import Attribute, Dataset, IssueFilter, RowFilter, Scan
from core.sql import identifier
from core.targets import Target
from core.tasks import task_named

Condition = tuple[str, list[Any]]
"""A condition (`true` where nothing narrows) and its parameters in order."""


def where_sql(where: RowFilter, dataset: Dataset, relation: str) -> Condition:
    """`where` as a condition on the columns of `relation`, which is needed again to find repeated content.

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
    parts += [("contains(lower(text), lower(?))", [word]) for word in (where.text or "").split()]
    if where.duplicates == "exact":
        parts.append((_repeated(relation, "count(*) > 1"), []))
    if where.duplicates == "conflicting":
        among = f"(SELECT * FROM {relation} WHERE {_repeated(relation, 'count(*) > 1')})"
        parts.append((_repeated(among, "min(label) <> max(label)"), []))
    return joined(parts)


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
    if where.score_below is not None:
        parts.append(("i.score < ?", [where.score_below]))
    return joined(parts)


def joined(parts: list[Condition]) -> Condition:
    """All conditions at once."""
    return " AND ".join(sql for sql, _ in parts) or "true", [value for _, values in parts for value in values]


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

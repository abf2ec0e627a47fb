"""Lists of what is no row of a version, such as decisions: narrowed, sorted, counted and written as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import NotFoundError
from core.records import ColumnFilter, ListColumn, RowOrder
from core.sql import identifier
from core.store.database import Database
from core.store.export import Format, copy_query, label_in_file
from core.store.filters import Condition, column_sql, joined
from core.store.masked import is_masked, masked_value, own_id_sql
from core.targets import Target

_OWN = "source_id"


@dataclass(frozen=True, slots=True)
class Records:
    """One such list."""

    sql: str
    """A query whose columns are those of `columns`, and maybe more."""
    parameters: tuple[Any, ...]
    columns: tuple[ListColumn, ...]
    """All of them `added`: none is a row's own."""
    usual: RowOrder
    """How it is sorted where nobody says otherwise."""
    by: str
    """The usual order in SQL, by which equal ones stand in any other."""
    target: Target
    """What its labels are."""
    labels: tuple[str, ...] = ()
    """Columns that hold labels."""
    dataset_id: str = ""
    """Whose rows they are about."""
    own_id: str = ""
    """What the source calls the row ids that stand in a column `source_id`."""


def count_records(db: Database, records: Records, where: Sequence[ColumnFilter] = ()) -> int:
    """Records that the filters keep."""
    condition, values = _condition(records, where)
    db.newest_act()
    row = db.fetch_one(f"SELECT count(*) FROM ({records.sql}) WHERE {condition}", [*records.parameters, *values])
    return int(row[0]) if row else 0


def page_records(
    db: Database, records: Records, where: Sequence[ColumnFilter], order: RowOrder, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Records that the filters keep, sorted as a whole, by their columns."""
    condition, values = _condition(records, where)
    db.newest_act()
    found = db.fetch_named(
        f"SELECT * FROM ({records.sql}) WHERE {condition} ORDER BY {_order(records, order)} LIMIT ? OFFSET ?",
        [*records.parameters, *values, limit, offset],
    )
    if not is_masked(db, records.dataset_id):
        return found
    texts = {one.column for one in records.columns if one.kind == "words"}
    names = {_OWN: records.own_id}
    return [
        {name: masked_value(names.get(name, name), value) if name in texts else value for name, value in row.items()}
        for row in found
    ]


def record_values(db: Database, records: Records, column: str, limit: int) -> list[str]:
    """The values of a column as text, most frequent first."""
    name = identifier(column)
    db.newest_act()
    found = db.fetch(
        f"""SELECT CAST({name} AS VARCHAR) AS value FROM ({records.sql}) WHERE {name} IS NOT NULL
            GROUP BY ALL ORDER BY count(*) DESC, value LIMIT ?""",
        [*records.parameters, limit],
    )
    return [value for (value,) in found]


def export_records(
    db: Database,
    records: Records,
    where: Sequence[ColumnFilter],
    order: RowOrder,
    columns: Sequence[ListColumn],
    out: Path,
    format: Format,  # noqa: A002
    plain: bool = False,
) -> Path:
    """Writes the records that the filters keep, as they are sorted, with these columns."""
    condition, values = _condition(records, where)
    db.newest_act()
    masked = is_masked(db, records.dataset_id)
    own = {_OWN: own_id_sql(db, records.own_id)} if masked and records.own_id else {}
    selected = ", ".join(
        f"{own.get(one.column) or _in_file(records, one, format)} AS {identifier(one.name)}" for one in columns
    )
    sql = f"SELECT {selected} FROM ({records.sql}) WHERE {condition} ORDER BY {_order(records, order)}"
    labels = [one.name for one in columns if one.column in records.labels]
    given = [*records.parameters, *values]
    return copy_query(db, sql, out, format, given, plain, of=records.dataset_id, labels=labels)


def _in_file(records: Records, one: ListColumn, format: str) -> str:  # noqa: A002
    """Labels of several classes are lists and numbers are numbers, in CSV their text form."""
    value = identifier(one.column)
    return label_in_file(records.target, value, format) if one.column in records.labels else value


def _condition(records: Records, where: Sequence[ColumnFilter]) -> Condition:
    kinds = {one.column: one.kind for one in records.columns}
    return joined(
        [
            column_sql(
                one,
                identifier(one.column),
                kinds[one.column],
                records.target if one.column in records.labels else None,
            )
            for one in where
        ]
    )


def _order(records: Records, order: RowOrder) -> str:
    if order == records.usual:
        return records.by
    names = [one.column for one in records.columns]
    if order.column not in names:
        raise NotFoundError(f"The list has no column {order.column!r}.", f"It has: {', '.join(names)}.")
    return f"{identifier(order.column)} {'DESC' if order.descending else 'ASC'} NULLS LAST, {records.by}"

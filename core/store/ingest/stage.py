"""From a source to Parquet files that the store takes in: usable rows, rows set aside, classes, kinds of attributes.

Reads what people bring, with an engine of its own, so it runs in a process of its own (`core.reading`); the workspace
is never open there. The first pass writes every row as it will be stored. Only where some cannot be used, or a class
has blanks around it, that copy is written once more; a clean file pays nothing for the check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from core.errors import SourceError, TypeMisfitError
from core.lookalikes import shown
from core.progress import Report
from core.records import MISFIT, Reader, Schema, Staged
from core.settings import MAX_CLASSES
from core.sql import literal, recast
from core.store.database import Cursor
from core.store.ingest import watch
from core.store.ingest.columns import PASSING, Plan, attribute_kinds, plan
from core.store.ingest.downcast import whole
from core.store.ingest.engine import engine, make_room
from core.store.ingest.located import located
from core.store.ingest.reject import Rejected, keep_rejected
from core.targets.spelling import in_order
from core.tasks import task_named

_FEW_MISFITS = 0.001
"""Share of the rows that may be lost to a column's type."""
_GROUP_BYTES = 64 * 1024**2
"""About how much a group of rows takes, which every thread that reads or writes holds as a whole."""
_GROUP_ROWS = (2048, 122_880)
"""DuckDB's smallest, and its own choice."""
_SUSPECT = "load_suspect"
_OPTIONS = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 4096"
"""The copy lives for seconds: what compression saves in writing is less than what it takes."""
NOT_IN_PARQUET = re.compile(r"HUGEINT|INTERVAL|\bBIT\b|BIGNUM|UNION|TIME_NS|TIME WITH TIME ZONE")
"""Types that Parquet has no equal for: written as text, they lose nothing."""


@dataclass(frozen=True, slots=True)
class _Stage:
    cursor: Cursor
    reader: Reader
    schema: Schema
    folder: Path
    plan: Plan
    group: int
    """Rows in a group of the Parquet files."""

    @property
    def copy(self) -> Path:
        return self.folder / "read.parquet"

    @property
    def rows(self) -> str:
        """The copy as a relation whose `rowid` is the place in the source's order."""
        read = f"read_parquet({literal(str(self.copy))}, file_row_number=true)"
        return f"(SELECT file_row_number AS rowid, * EXCLUDE file_row_number FROM {read})"


def stage(
    reader: Reader,
    schema: Schema,
    folder: Path,
    on_progress: Report,
    stopped: Callable[[], bool],
) -> Staged:
    """Reads a source into Parquet files in `folder`. `on_progress` gets (rows done, rows expected or None).

    Raises `SchemaError` where a column does not fit its role, `TypeMisfitError` where the source's types may give way
    and have to, `SourceError` where it cannot be read or makes no dataset, `StoppedError` once `stopped` says so.
    """
    with engine(reader.extensions, folder / "spill") as cursor:
        for statement in reader.setup:
            cursor.execute(statement)
        spans = located(cursor, reader, schema)
        reader, schema = spans.reader, spans.schema
        found = plan(cursor, reader, schema)
        make_room(cursor, len(found.expressions))
        work = _Stage(cursor, reader, schema, folder, found, _rows_in_a_group(reader, len(found.expressions)))
        _read(work, on_progress, stopped)
        if reader.types_may_give_way:
            _refuse_misfits(work)
        kept = {found.attributes[name]: name for name in reader.whole_columns if name in found.attributes}
        narrowed = whole(cursor, kept, work.rows, reader.types_may_give_way)
        work = replace(work, plan=replace(found, types={**found.types, **dict.fromkeys(narrowed, "BIGINT")}))
        return replace(_staged(work), layout=spans.said())


def _rows_in_a_group(reader: Reader, columns: int) -> int:
    row_bytes = max((reader.total_bytes or 0) / max(1, reader.row_estimate or 0), 8.0 * columns)
    smallest, largest = _GROUP_ROWS
    return int(min(largest, max(smallest, _GROUP_BYTES / row_bytes // smallest * smallest)))


def _read(work: _Stage, on_progress: Report, stopped: Callable[[], bool]) -> None:
    """The one pass over the source."""
    expected = work.reader.row_estimate
    stored = f"SELECT *, ({work.plan.test.suspect}) AS {_SUSPECT} FROM ({work.plan.select(work.reader.sql)})"
    texts = [column for column, kind in work.plan.types.items() if NOT_IN_PARQUET.search(kind)]
    stored = recast(stored, dict.fromkeys(texts, "VARCHAR"))
    sql = f"COPY ({stored}) TO {literal(str(work.copy))} ({_OPTIONS}, ROW_GROUP_SIZE {work.group})"
    watch.execute(work.cursor, sql, [], lambda share, _: on_progress(share * (expected or 0), expected), stopped)


def _refuse_misfits(work: _Stage) -> None:
    """A few values that do not fit set their rows aside; where they are many, the type is wrong, not the values."""
    if "load_reason" not in work.plan.passing:
        return
    asked = f"SELECT count(*) FROM {work.rows} WHERE load_reason IS NOT NULL"
    (any_row,) = work.cursor.execute(asked).fetchone() or (0,)
    attributes = work.plan.attributes.items()
    typed = [name for name, column in attributes if work.plan.types[column] != "VARCHAR"]
    if not any_row or not typed:
        return
    counts = ", ".join(f"count(*) FILTER (contains(load_reason, {literal(f'{MISFIT}{name}: ')}))" for name in typed)
    found = work.cursor.execute(f"SELECT count(*), {counts} FROM {work.rows}").fetchone() or (0,)
    misfits = tuple(name for name, count in zip(typed, found[1:], strict=True) if count > _FEW_MISFITS * found[0])
    if misfits:
        raise TypeMisfitError(misfits)


def _staged(work: _Stage) -> Staged:
    aside = work.folder / "set_aside.parquet"
    test = replace(work.plan.test, suspect=_SUSPECT)
    rejected = keep_rejected(work.cursor, work.reader, work.rows, test, aside)
    usable = f"NOT ({test.fails})" if rejected.unusable else "true"
    numeric = task_named(work.schema.task).target.numeric
    found = _numbers(work, usable, rejected) if numeric else _classes(work, usable, rejected)
    labels = set(map(shown, found)) - {""}
    if rejected.unusable or labels != found:
        work = _written_again(work, usable, sorted(label for label in found if label != shown(label)))
    labels |= set(map(shown, work.schema.classes)) - {""}
    _check_classes(work, labels)
    (row_count,) = work.cursor.execute(f"SELECT count(*) FROM {work.rows}").fetchone() or (0,)
    types = {column: work.plan.types.get(column, "VARCHAR") for column in work.plan.expressions}
    return Staged(
        str(work.copy),
        int(row_count),
        {column: kind for column, kind in types.items() if column not in PASSING},
        in_order(labels),
        attribute_kinds(work.cursor, work.plan, work.rows, int(row_count)),
        str(aside),
        rejected.count,
    )


def _classes(work: _Stage, usable: str, rejected: Rejected) -> set[str]:
    """The classes of the usable rows, one of nothing that shows among them where there are such labels. Raises
    `SourceError` where there is no row or no class, or too many."""
    classes = task_named(work.schema.task).target.classes_sql("given_label")
    labels = f"SELECT DISTINCT given_label FROM {work.rows} WHERE {usable}"
    distinct = f"SELECT DISTINCT unnest({classes}) FROM ({labels}) WHERE given_label IS NOT NULL"
    found = {str(name) for (name,) in work.cursor.execute(f"{distinct} LIMIT {MAX_CLASSES + 1}").fetchall()}
    columns = ", ".join(map(repr, work.schema.labelled_by))
    any_row = found or work.cursor.execute(f"{labels} LIMIT 1").fetchone()
    if not found and any_row and not work.schema.classes:
        raise SourceError(
            f"Column {columns} names no class in any row.",
            "Choose the column that holds the classes, or name the classes that rows are to be given.",
        )
    if not any_row:
        raise _no_row(rejected)
    if len(found) > MAX_CLASSES:
        (count,) = work.cursor.execute(f"SELECT count(*) FROM ({distinct})").fetchone() or (0,)
        raise SourceError(
            f"Column {columns} has {count:,} different values; at most {MAX_CLASSES:,} classes fit.",
            "It is probably an id or a text: choose the column that holds the class.",
        )
    return found


def _numbers(work: _Stage, usable: str, rejected: Rejected) -> set[str]:
    """No classes. Raises `SourceError` where there is no usable row, or fewer than two numbers in rows that all have
    one."""
    asked = f"SELECT count(*), count(given_label), count(DISTINCT given_label) FROM {work.rows} WHERE {usable}"
    rows, labelled, distinct = work.cursor.execute(asked).fetchone() or (0, 0, 0)
    column = ", ".join(map(repr, work.schema.labelled_by))
    if not rows:
        raise _no_row(rejected)
    if not labelled:
        raise SourceError(f"Column {column} has no number in any row.", "Choose the column that holds the numbers.")
    if distinct == 1 and labelled == rows:
        raise SourceError(
            f"Column {column} has the same number in every row: there is nothing to learn from it.",
            "Choose another label column.",
        )
    return set()


def _no_row(rejected: Rejected) -> SourceError:
    if not rejected.count:
        return SourceError("The source has no usable row.", "Check that it is the right file and label column.")
    return SourceError(
        f"The source has no usable row: all {rejected.count:,} rows were set aside.",
        "Check that it is the right file and label column.",
    )


def _check_classes(work: _Stage, classes: set[str]) -> None:
    """Of one class there is nothing to tell apart, unless other rows are still to be given one, or it stands at places
    of the examples."""
    schema, target = work.schema, task_named(work.schema.task).target
    missing = f"SELECT 1 FROM {work.rows} WHERE given_label IS NULL LIMIT 1"
    if len(classes) == 1 and not target.located and not work.cursor.execute(missing).fetchone():
        every = "The only class is" if target.several else "Every row has the label"
        raise SourceError(
            f"{every} {next(iter(classes))!r}: with one class there is nothing to tell apart.",
            f"Choose another label column than {', '.join(map(repr, schema.labelled_by))}, or add rows of a second "
            "class.",
        )


def _written_again(work: _Stage, usable: str, padded: Sequence[str]) -> _Stage:
    """The stage with a copy that holds the usable rows alone, these labels without outer blanks; one of blanks alone is
    none."""
    folder = work.folder / "kept"
    folder.mkdir(exist_ok=True)
    again = replace(work, folder=folder)
    names = pa.table({"name": pa.array(padded, pa.string()), "plain": pa.array(map(shown, padded), pa.string())})
    work.cursor.register("padded_names", names)
    plain = "(SELECT plain FROM padded_names WHERE name = given_label)"
    trimmed = f"REPLACE (nullif(coalesce({plain}, given_label), '') AS given_label)" if padded else ""
    sql = f"SELECT * EXCLUDE rowid {trimmed} FROM {work.rows} WHERE {usable}"
    options = f"{_OPTIONS}, ROW_GROUP_SIZE {work.group}"
    work.cursor.execute(f"COPY ({sql}) TO {literal(str(again.copy))} ({options})")
    work.cursor.unregister("padded_names")
    work.copy.unlink()
    return again

"""What all tabular sources share: several files as one table, its preview, and the SQL that reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from core.errors import SchemaError, SourceError
from core.lookalikes import lookalike_notes
from core.modalities.naming import plain_name
from core.records import SPLIT_WORDS, Column, Preview, Schema
from core.sources.base import FILE_SPLIT_COLUMN, PREVIEW_ROWS
from core.sources.guess import SPLIT_NAMES, describe, guess
from core.sources.paths import Part
from core.sql import identifier, literal
from core.targets.number.form import written
from core.tasks import task_named
from core.words import stored

FILE_COLUMN = "__file"
LINE_COLUMN = "__line"
REASON_COLUMN = "__reason"
_WHOLE_32 = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER")
"""Any two of them fit in a BIGINT, any of them in a DOUBLE."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file as a source found it."""

    part: Part
    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    """A sample, in the order of the file."""
    note: str = ""
    row_estimate: int | None = None


def merged_types(found: Sequence[Found]) -> dict[str, str]:
    """Every column of the files in order of appearance, with the type that holds all of them."""
    types: dict[str, str] = {}
    for file in found:
        for name, kind in zip(file.names, file.types, strict=True):
            types[name] = _wider(types.get(name, kind), kind)
    if not types:
        raise SourceError(f"{found[0].part.path.name} has no columns.", "Choose a file with a header and rows.")
    return types


def _wider(one: str, other: str) -> str:
    both = {one, other}
    if len(both) == 1:
        return one
    if both <= {*_WHOLE_32, "BIGINT"}:
        return "BIGINT"
    if both <= {*_WHOLE_32, "FLOAT", "DOUBLE"} or both == {"BIGINT", "DOUBLE"}:
        return "DOUBLE"
    return "VARCHAR"


def file_splits(found: Sequence[Found], names: Mapping[str, str]) -> bool:
    """Whether the file names make the split column: they name splits and the table has no such column."""
    return FILE_SPLIT_COLUMN not in names and any(file.part.split for file in found)


def preview_of(source: str, found: Sequence[Found], notes: Sequence[str] = ()) -> Preview:
    """The preview of several files as one table: rows in turn from each file."""
    types = merged_types(found)
    by_file = file_splits(found, types)
    share = max(1, PREVIEW_ROWS // len(found))
    sample = [row for file in found for row in _mappings(file, types, by_file)]
    rows = [row for file in found for row in _mappings(file, types, by_file)[:share]]
    if not rows:
        raise SourceError(f"{found[0].part.path.name} has no rows.", "Choose a file with at least one row.")
    names = [*types, FILE_SPLIT_COLUMN] if by_file else list(types)
    kinds = [*types.values(), "VARCHAR"] if by_file else list(types.values())
    columns = describe(names, kinds, [[row[name] for name in names] for row in sample])
    said = [file.note for file in found if file.note]
    if len(found) > 1:
        said.append("; ".join(f"{file.part.path.name} → {file.part.split or 'no split'}" for file in found))
    proposal = guess(columns, rows, count=len(sample))
    estimates = [file.row_estimate for file in found]
    total = sum(number for number in estimates if number) if all(estimates) else None
    warnings = [*label_notes(proposal, sample), *_split_notes(proposal, columns, sample)]
    return Preview(source, columns, tuple(rows[:PREVIEW_ROWS]), proposal, (*said, *notes, *warnings), total)


def _mappings(file: Found, types: Mapping[str, str], by_file: bool) -> list[dict[str, Any]]:
    blank: dict[str, Any] = dict.fromkeys(types)
    extra = {FILE_SPLIT_COLUMN: file.part.split} if by_file else {}
    return [blank | dict(zip(file.names, row, strict=True)) | extra for row in file.rows]


def label_notes(schema: Schema, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the sample says against the guessed label: none found, one class only, or nearly as many as rows."""
    if not schema.labelled_by:
        return [
            stored(
                "No column looks like a label. Choose the one that holds the class of each row, or name the classes "
                "that rows are to be given."
            )
        ]
    target = task_named(schema.task).target
    labels = [label for row in rows if (label := target.classes_in(schema, row)) is not None]
    if target.numeric:
        return _number_notes(schema.label or "", [label for (label,) in labels])
    classes = set(chain.from_iterable(labels))
    columns = ", ".join(f"'{name}'" for name in schema.labelled_by)
    if len(classes) == 1:
        return [stored(f"{columns} has one class only in the rows looked at: {next(iter(classes))}.")]
    if len(labels) >= 20 and len(classes) > len(labels) / 2:
        return [stored(f"{columns} has {len(classes):,} classes in {len(labels):,} rows looked at: is it the label?")]
    return lookalike_notes(classes)


def _number_notes(column: str, labels: Sequence[str]) -> list[str]:
    """What the sample says against labels that are numbers: none, the same one only, or so few that they may be
    classes."""
    if not labels:
        return [stored(f"'{column}' has no number in the rows looked at.")]
    if len(set(labels)) == 1:
        return [stored(f"'{column}' has one number only in the rows looked at: {labels[0]}.")]
    numbers = list(map(float, labels))
    said = stored(
        f"'{column}' is read as numbers, from {written(min(numbers))} to {written(max(numbers))} in the rows looked "
        "at. Where they are codes of classes, choose a task of classification."
    )
    return [said]


def _split_notes(schema: Schema, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which spellings of the names of splits are read as one, and which column is none though it is called one."""
    if schema.split is None:
        named_so = [column for column in columns if plain_name(column.name) in SPLIT_NAMES]
        taken = {schema.payload, *schema.labelled_by}
        return [
            stored(f"'{column.name}' is not taken for the split: it has {column.distinct:,} different values.")
            for column in named_so
            if column.name not in taken
        ]
    read_as: dict[str, dict[str, None]] = {}
    for row in rows:
        written = str(row[schema.split] or "")
        meant = SPLIT_WORDS.get(written.strip().lower())
        if meant and meant != written:
            read_as.setdefault(meant, {})[written] = None
    return [stored(f"'{schema.split}': {', '.join(written)} is read as {meant}.") for meant, written in read_as.items()]


def check_label(schema: Schema, names: Sequence[str]) -> None:
    """Raises SchemaError when there is neither a label nor a class that rows are to be given, or one that the task
    cannot have."""
    if schema.classes and task_named(schema.task).target.numeric:
        raise SchemaError(
            f"Classes are named, and task {schema.task} has numbers.", "Leave them out, or choose a task of classes."
        )
    if not schema.labelled_by and schema.classes:
        return
    if not schema.labelled_by:
        raise SchemaError(
            "No label column is chosen.",
            f"Choose one of: {', '.join(names)}; or, where nothing is labelled yet, name the classes that rows are to "
            "be given.",
        )
    task_named(schema.task).target.read(schema, dict.fromkeys(schema.labelled_by, "VARCHAR"))


def check_roles(schema: Schema, names: Sequence[str]) -> None:
    """Raises SchemaError when a role names no column, or when a column has two roles."""
    chosen = [("label", name) for name in schema.labelled_by]
    chosen += [(role, name) for role, name in (("split", schema.split), ("id", schema.id)) if name is not None]
    if task_named(schema.task).modality.features:
        _check_features(schema)
    else:
        chosen.insert(0, ("payload", schema.payload))
    for role, column in chosen:
        if column not in names:
            raise SchemaError(f"{role.title()} column '{column}' not found.", f"The source has: {', '.join(names)}.")
    columns = [column for _, column in chosen]
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        shared = " and ".join(role for role, column in chosen if column == twice)
        raise SchemaError(f"Column '{twice}' is chosen as {shared}.", "Choose a column of its own for each.")


def _check_features(schema: Schema) -> None:
    """Raises SchemaError where no column makes up the examples, or one that is not read."""
    if not schema.features:
        raise SchemaError("No feature column is chosen.", "Choose the columns that make up an example.")
    absent = [name for name in schema.features if name not in schema.attributes]
    if absent:
        kept = ", ".join(schema.attributes) or "none"
        raise SchemaError(
            f"Feature column '{absent[0]}' is not among the columns without a role: {kept}.", "Choose one of these."
        )


def used(schema: Schema, names: Sequence[str]) -> list[str]:
    """The columns that are read, in the order of the source."""
    wanted = {*schema.roles, *schema.attributes}
    return [name for name in names if name in wanted]


def role_columns(schema: Schema) -> set[str]:
    """Columns that are kept as the text that stands in the file: label `01` is not `1`."""
    in_files = task_named(schema.task).modality.in_files
    return set(schema.roles) - ({schema.payload} if in_files else set())


def select(file: Found, relation: str, columns: Sequence[str], by_file: bool, also: Sequence[str] = ()) -> str:
    """One file's part of the relation: the columns that it has, its path, its split. `also`: further expressions."""
    chosen = [identifier(name) for name in columns if name in file.names]
    if by_file and FILE_SPLIT_COLUMN in columns:
        chosen.append(f"{literal(file.part.split) if file.part.split else 'NULL::VARCHAR'} AS {FILE_SPLIT_COLUMN}")
    chosen += [*also, f"{literal(str(file.part.path))} AS {FILE_COLUMN}"]
    return f"(SELECT {', '.join(chosen)} FROM {relation})"


def union(selects: Sequence[str]) -> str:
    """The parts as one relation, columns matched by name, rows in the order of the files."""
    return selects[0] if len(selects) == 1 else f"({' UNION ALL BY NAME '.join(selects)})"

"""Whether a task fits what a source holds: the sentence that says where it does not, and what is to be known where it
does, but otherwise than one may expect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import SchemaError
from core.modalities import MODALITIES
from core.modalities.contract import Modality
from core.records import Column, Preview, Schema
from core.sources.several import sets_of
from core.targets.multi_label.facts import WHOLE
from core.targets.one_class.facts import ONE_CLASS
from core.targets.spans.form import spans_in
from core.targets.spans.reading import tags_in, value_of
from core.tasks import Task, task_named, task_of
from core.words import stored

_SHOWN = 40
"""Characters of a value that a sentence repeats."""
_FILE = re.compile(r"data:|https?:|.*[/\\]|.*\.\w{2,5}$", re.IGNORECASE)
_DELIMITERS = (";", "|", ",")
_SOME = 0.25
"""Share of the values with a delimiter from which on it may stand between classes."""
_FEW_WORDS = 3.0
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", "DATE")


def fit(found: Preview, schema: Schema) -> tuple[Schema, tuple[str, ...]]:
    """The schema as it can be read, and what a person should know of it. Raises SchemaError where the columns that it
    names cannot be the task's examples or labels."""
    task, columns = task_named(schema.task), {column.name: column for column in found.columns}
    if task.modality.features:
        _check_features(found, schema, columns)
        notes = []
    else:
        notes = _examples(found, task, columns.get(schema.payload))
    label = columns.get(schema.label or "")
    if task.target.located:
        _check_located(found, schema, task, label)
        return schema, tuple(notes)
    if label is None:
        return schema, tuple(notes)
    values = _values(label, found.rows)
    if task.target.several:
        schema, more = _several(found, schema, task, label, values)
    else:
        more = _one(found, schema, task, label, values)
    return schema, (*notes, *more)


def _values(column: Column, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [value for row in rows if (value := row.get(column.name)) not in (None, "")]


def _said(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return "bytes"
    text = " ".join(str(value).split())
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")


def _instead(found: Preview, task: Task) -> str:
    """The task that the source was taken for, where that has other examples."""
    guessed = task_named(found.guess.task)
    return stored(f"take task {guessed.name}") if guessed.modality is not task.modality else stored("take another task")


def _examples(found: Preview, task: Task, column: Column | None) -> list[str]:
    """Of a column that holds the examples."""
    values = _values(column, found.rows) if column else []
    if column is None or not values:
        return []
    own, name, first = task.modality, column.name, _said(values[0])
    other = _files_of_another(own, column, found.rows)
    if own.in_files and own.find([column], found.rows) is None:
        files = sum(not isinstance(one, str) or bool(_FILE.match(one)) for one in values if not _is_number(one))
        if other or 2 * files <= len(values):
            hint = _instead(found, task)
            raise SchemaError(
                f"Column {name!r} holds values such as {first}, which task {task.name} cannot read.",
                f"Choose a column with paths or bytes of its files, or {hint}.",
            )
    if not own.in_files and column.type.startswith("BLOB"):
        raise SchemaError(
            f"Column {name!r} holds bytes, which task {task.name} cannot read.",
            "Choose another column, or the task of what the bytes are.",
        )
    if not own.in_files and not task.target.located and other:
        return [stored(f"'{name}' names files, such as {first}: what is read is the name, not the file.")]
    if not own.in_files and not task.target.located and column.type.startswith(_NUMBERS):
        return [stored(f"'{name}' holds no texts but values such as {first}: each is read as a text.")]
    return []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _files_of_another(own: Modality, column: Column, rows: Sequence[Mapping[str, Any]]) -> Modality | None:
    others = (one for one in MODALITIES.values() if one.in_files and one is not own)
    return next((one for one in others if one.find([column], rows)), None)


def _check_features(found: Preview, schema: Schema, columns: Mapping[str, Column]) -> None:
    """Raises SchemaError where all features are texts that hardly repeat."""
    chosen = [columns[name] for name in schema.features if name in columns]
    if chosen and all(_is_prose(column, found.rows) for column in chosen):
        value = next(iter(_values(chosen[0], found.rows)), "")
        raise SchemaError(
            f"Task {schema.task} needs columns of numbers or categories, and {chosen[0].name!r} holds texts that "
            f"hardly repeat, such as {_said(value)}.",
            "Choose other features, or a task of texts.",
        )


def _is_prose(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [str(value) for value in _values(column, rows)]
    if not column.type.startswith("VARCHAR") or not values:
        return False
    words = sum(len(value.split()) if value.isascii() else max(1, len(value) / 2) for value in values) / len(values)
    return 2 * len(set(values)) > len(values) and words >= _FEW_WORDS


def _check_located(found: Preview, schema: Schema, task: Task, label: Column | None) -> None:
    """Raises SchemaError where the labels are neither tags of tokens nor spans."""
    if label is None and schema.classes:
        return
    hint = stored(
        f'Choose a column with a tag for each word (B-PER O) or with spans of characters ([[0,5,"PER"]]), or take task '
        f"{task_of(task.modality, ONE_CLASS).name}."
    )
    if label is None:
        raise SchemaError(f"Task {task.name} needs tags or spans, and no column holds such.", hint)
    for value in _values(label, found.rows):
        read = value_of(value)
        tagged = isinstance(read, list) and all(isinstance(one, str) for one in read) and bool(read)
        if spans_in(read) is None and tags_in(read) is None and not tagged:
            raise SchemaError(
                f"Task {task.name} needs tags or spans, and column {label.name!r} holds {_said(value)}.", hint
            )


def _several(
    found: Preview, schema: Schema, task: Task, label: Column, values: Sequence[Any]
) -> tuple[Schema, list[str]]:
    """Of a column of several classes: one value in each row is a set of one class, which is said."""
    one_class, first = task_of(task.modality, ONE_CLASS).name, _said(values[0]) if values else ""
    if schema.label_delimiter and values and not any(schema.label_delimiter in str(one) for one in values):
        told = stored(
            f"{schema.label_delimiter!r} stands in none of the first values of '{label.name}', such as {first}: each "
            f"is read as one class. Task {one_class} says the same."
        )
        return schema, [told]
    if schema.label_delimiter or not values or any(_is_list(one) for one in values):
        return schema, []
    delimiter = next((one for one in _DELIMITERS if _between(one, values)), None)
    if delimiter:
        raise SchemaError(
            f"Column {label.name!r} holds texts such as {first}, and nothing says what stands between two classes.",
            f"Name the delimiter: {delimiter!r} on the page, --label-delimiter {delimiter!r} on the command line.",
        )
    told = stored(
        f"'{label.name}' has one value in each row, such as {first}: each is read as a set of one class. Task "
        f"{one_class} says the same."
    )
    return replace(schema, label_delimiter=WHOLE), [told]


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, str) and value.lstrip().startswith("["))


def _between(delimiter: str, values: Sequence[Any]) -> bool:
    """Whether it stands between short texts in many of the values."""
    parts = [str(value).split(delimiter) for value in values]
    many = [one for one in parts if len(one) > 1]
    return len(many) >= _SOME * len(values) and all(0 < len(piece.split()) <= 4 for one in many for piece in one)


def _one(found: Preview, schema: Schema, task: Task, label: Column, values: Sequence[Any]) -> list[str]:
    """Of a column of one class, or of one number."""
    if task.target.numeric:
        read = [task.target.classes_in(schema, {label.name: value}) for value in values]
        if values and not any(read):
            raise SchemaError(
                f"Task {task.name} needs a number in each row, and column {label.name!r} holds {_said(values[0])}.",
                f"Choose a column of numbers, or take task {task_of(task.modality, ONE_CLASS).name}.",
            )
        return []
    if values and any(sets_of(label, found.rows)):
        return [
            stored(
                f"'{label.name}' holds lists, such as {_said(values[0])}: each list is read as one class. A task of "
                "several classes reads what is in them."
            )
        ]
    return []

"""The guess at what each column is, with real rows beside it, for the person to overrule."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import streamlit as st

from core.records import Preview, Schema
from core.tasks import TASKS, task_named
from core.ui.parts.problems import plain

NONE = "none"
ROLES = {"payload": "example", "label": "label", "split": "split", "id": "id"}
EXPLAINED = {
    "payload": "The column with what is labelled: its text, or its image.",
    "label": "The column with the class that each row was given.",
    "split": "The column that says which part a row belongs to: train, validation or test. Without one, Winnow "
    "can make the parts.",
    "id": "The source's own name for each row, by which exports and decisions find it again.",
}
"""What each role is, in a person's words."""
TYPES: dict[str, tuple[str, ...]] = {
    "words": ("VARCHAR",),
    "whole number": (
        *("INTEGER", "UINTEGER"),
        *(f"{sign}{size}INT" for sign in ("", "U") for size in ("BIG", "SMALL", "TINY", "HUGE")),
    ),
    "number": ("DOUBLE", "FLOAT", "DECIMAL"),
    "yes or no": ("BOOLEAN",),
    "date": ("DATE",),
    "date and time": ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"),
    "image or other bytes": ("BLOB",),
}
LISTS, TEXTS, COLUMNS = "lists", "texts", "columns"
STORED = {
    LISTS: "One column of lists, or of JSON arrays",
    TEXTS: "One column of texts with a delimiter",
    COLUMNS: "A column of 0 and 1 for each class",
}
"""How the classes of a row are stored where a label is several."""
MAX_CELL = 300
MAX_IMAGES = 24
"""Images drawn in a preview."""
DATA_URL = "data:image/webp;base64,"


def schema_form(found: Preview, key: str) -> Schema:
    """Pickers on the left, the rows as they would be read on the right; returns what is chosen now."""
    form, rows = st.columns([1, 3], gap="medium")
    with form:
        chosen = _pickers(found, key)
    with rows:
        for note in found.notes:
            st.caption(f":material/info: {plain(note)}")
        preview_table(found, chosen)
    return chosen


def in_words(type_: str) -> str:
    """A column's type in a person's words, from DuckDB's: `words`, `whole number`, `list` …"""
    if type_.endswith("[]"):
        return "list"
    base = type_.split("(")[0].upper()
    return next((words for words, names in TYPES.items() if base in names), type_.lower())


def _pickers(found: Preview, key: str) -> Schema:
    guess, names = found.guess, [column.name for column in found.columns]
    types = {column.name: f"{column.name}  ({in_words(column.type)})" for column in found.columns} | {NONE: NONE}

    def pick(title: str, role: str, guessed: str | None, optional: bool = True) -> str | None:
        options = [NONE, *names] if optional else names
        index = options.index(guessed) if guessed in options else 0
        said = EXPLAINED.get(role)
        chosen = st.selectbox(title, options, index, key=f"{key}-{role}", format_func=types.__getitem__, help=said)
        return None if chosen == NONE else chosen

    tasks = list(TASKS)
    task = st.selectbox(
        "Task",
        tasks,
        tasks.index(task_named(guess.task).name),
        key=f"{key}-task",
        format_func=lambda name: TASKS[name].title,
    )
    chosen = task_named(task or guess.task)
    made_of = chosen.modality.features
    payload = "" if made_of else pick("Example", "payload", guess.payload or names[0], optional=False)
    labels = _several(found, key, pick) if chosen.target.several else _Labels(pick("Label", "label", guess.label))
    split = pick("Split", "split", guess.split)
    own_id = pick("Id", "id", guess.id)
    taken = {payload, labels.column, *labels.columns, split, own_id}
    left = [column for column in found.columns if column.name not in taken]
    attributes = tuple(column.name for column in left)
    features = _features(made_of(left), attributes, key) if made_of else ()
    others = [name for name in attributes if name not in features]
    if others:
        st.caption("Kept as attributes: " + plain(", ".join(others)))
    return Schema(
        task or guess.task,
        payload or "",
        labels.column,
        split,
        own_id,
        attributes,
        labels.columns,
        labels.delimiter,
        features,
    )


@dataclass(frozen=True, slots=True)
class _Labels:
    """Where the label is, as a `Schema` has it."""

    column: str | None
    columns: tuple[str, ...] = ()
    delimiter: str = ""


def _several(found: Preview, key: str, pick: Callable[[str, str, str | None], str | None]) -> _Labels:
    """Pickers for a label of several classes, by how these are stored."""
    guess = found.guess
    ways = list(STORED)
    guessed = COLUMNS if guess.label_columns else LISTS if task_named(guess.task).target.several else TEXTS
    way = st.selectbox(
        "Labels are stored in",
        ways,
        ways.index(guessed),
        key=f"{key}-stored",
        format_func=STORED.__getitem__,
    )
    if way == COLUMNS:
        names = [column.name for column in found.columns if column.name != guess.payload]
        chosen = st.multiselect(
            "Label columns",
            names,
            list(guess.label_columns),
            key=f"{key}-label-columns",
            placeholder="Choose the columns",
            help="The name of a column is the class. A row with anything else than 0 or 1 in one of them is set aside.",
        )
        return _Labels(None, tuple(chosen))
    label = pick("Label", "label", guess.label)
    if way == LISTS:
        return _Labels(label)
    delimiter = st.text_input(
        "Delimiter",
        value=";",
        key=f"{key}-delimiter",
        help="What stands between two classes; blanks around them are left out. A row with `[]` has no class. An empty "
        "cell of a CSV file is no label, and its row is set aside.",
        width=120,
    )
    return _Labels(label, (), delimiter)


def _features(guessed: Sequence[str], names: Sequence[str], key: str) -> tuple[str, ...]:
    """Which of the columns make up an example; all of them are kept as attributes too. A choice of other columns for
    the other roles starts it anew."""
    chosen = st.multiselect(
        "Features",
        names,
        guessed,
        help="The columns that make up an example: what a model is given of it.",
        key=f"{key}-features-{hash(tuple(names)):x}",
    )
    return tuple(name for name in names if name in chosen)


def preview_table(found: Preview, schema: Schema) -> None:
    """The first rows, the columns that play a role first and named by it; images as `with_thumbnails` left them."""
    roles = {getattr(schema, field): role for field, role in ROLES.items() if getattr(schema, field)}
    roles |= dict.fromkeys(schema.label_columns, ROLES["label"])
    order = [*roles, *schema.features, *(name for name in schema.attributes if name not in schema.features)]
    images = any(str(row.get(schema.payload)).startswith(DATA_URL) for row in found.rows)
    st.dataframe(
        {name: [_cell(row.get(name)) for row in found.rows] for name in order},
        hide_index=True,
        height=360,
        row_height=56 if images else None,
        column_config={
            name: st.column_config.ImageColumn(f"{role}: {name}", alignment="left")
            if images and role == "example"
            else st.column_config.Column(f"{role}: {name}", width="large" if role == "example" else None)
            for name, role in (*roles.items(), *((name, "feature") for name in schema.features))
        },
        alt="First rows of the source",
    )
    st.caption(_in_words(found, schema))


def with_thumbnails(found: Preview) -> Preview:
    """The preview with its thumbnails as data URLs."""
    payload = found.guess.payload
    first = ({**row, payload: _url(row.get(payload))} for row in found.rows[:MAX_IMAGES])
    return replace(found, rows=(*first, *found.rows[MAX_IMAGES:]))


def _url(value: Any) -> Any:
    return DATA_URL + base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _in_words(found: Preview, schema: Schema) -> str:
    parts = [f"first {len(found.rows)} rows" if len(found.rows) > 1 else "its only row"]
    if found.row_estimate is not None:
        parts.append(f"about {found.row_estimate:,} in all")
    if schema.labelled_by:
        parts.append(_labels(found, schema))
    return " · ".join(parts)


def _labels(found: Preview, schema: Schema) -> str:
    """The commonest classes as they would be read, the rows of none, and those whose label cannot be read."""
    target = task_named(schema.task).target
    labels = [target.classes_in(schema, row) for row in found.rows]
    counts = Counter(chain.from_iterable(label for label in labels if label))
    shown = ", ".join(f"{plain(name[:40])} {count}" for name, count in counts.most_common(5))
    more = f" and {len(counts) - 5} more" if len(counts) > 5 else ""
    others = {"of no class": labels.count(()), "without a label that can be read": labels.count(None)}
    rest = [f"{count:,} {said}" for said, count in others.items() if count]
    return " · ".join([f"labels among them: {shown or 'none'}{more}", *rest])


def _cell(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value):,} bytes"
    return value[:MAX_CELL] if isinstance(value, str) and not value.startswith(DATA_URL) else value

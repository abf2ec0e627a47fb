"""The guess at what each column is, with real rows beside it, for the person to overrule."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import streamlit as st

from core.records import BadTags, Preview, Schema
from core.tasks import TASKS, task_named
from core.ui.numbers.loading import hint, numbers_said
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

NONE = later("none")
ROLES = {"payload": later("example"), "label": later("label"), "split": later("split"), "id": later("id")}
EXPLAINED = {
    "payload": later("The column with what is labelled: its text, its image or its sound."),
    "label": later("The column with the class, or the number, that each row was given."),
    "split": later(
        "The column that says which part a row belongs to: train, validation or test. Without one, Winnow "
        "can make the parts."
    ),
    "id": later("The source's own name for each row, by which exports and decisions find it again."),
}
"""What each role is, in a person's words."""
TYPES: dict[str, tuple[str, ...]] = {
    later("words"): ("VARCHAR",),
    later("whole number"): (
        *("INTEGER", "UINTEGER"),
        *(f"{sign}{size}INT" for sign in ("", "U") for size in ("BIG", "SMALL", "TINY", "HUGE")),
    ),
    later("number"): ("DOUBLE", "FLOAT", "DECIMAL"),
    later("yes or no"): ("BOOLEAN",),
    later("date"): ("DATE",),
    later("date and time"): ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"),
    later("image or other bytes"): ("BLOB",),
}
LISTS, TEXTS, COLUMNS = "lists", "texts", "columns"
STORED = {
    LISTS: later("One column of lists, or of JSON arrays"),
    TEXTS: later("One column of texts with a delimiter"),
    COLUMNS: later("A column of 0 and 1 for each class"),
}
"""How the classes of a row are stored where a label is several."""
BAD_TAGS: dict[BadTags, str] = {"mend": later("Mend them"), "set aside": later("Set them aside")}
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
            st.caption(f":material/info: {plain(say_stored(note))}")
        preview_table(found, chosen)
    return chosen


def in_words(type_: str) -> str:
    """A column's type in a person's words, from DuckDB's: `words`, `whole number`, `list` …"""
    if type_.endswith("[]"):
        return later("list")
    base = type_.split("(")[0].upper()
    return next((words for words, names in TYPES.items() if base in names), type_.lower())


def _pickers(found: Preview, key: str) -> Schema:
    guess, names = found.guess, [column.name for column in found.columns]
    types = {column.name: f"{column.name}  ({say(in_words(column.type))})" for column in found.columns}
    types |= {NONE: say(NONE)}

    def pick(title: str, role: str, guessed: str | None, optional: bool = True) -> str | None:
        options = [NONE, *names] if optional else names
        index = options.index(guessed) if guessed in options else 0
        said = EXPLAINED.get(role)
        chosen = st.selectbox(
            title,
            options,
            index,
            key=f"{key}-{role}",
            format_func=types.__getitem__,
            help=say(said) if said else None,
        )
        return None if chosen == NONE else chosen

    tasks = list(TASKS)
    task = st.selectbox(
        say("Task"),
        tasks,
        tasks.index(task_named(guess.task).name),
        key=f"{key}-task",
        format_func=lambda name: say(TASKS[name].title),
    )
    chosen = task_named(task or guess.task)
    made_of = chosen.modality.features
    payload = (
        ""
        if made_of
        else pick(say("Example", "what is labelled"), "payload", guess.payload or names[0], optional=False)
    )
    sets = chosen.target.several and not chosen.target.located
    labels = _several(found, key, pick) if sets else _Labels(pick(say("Label"), "label", guess.label))
    bad_tags = _bad_tags(key) if chosen.target.located else "mend"
    further = () if chosen.target.numeric else _further(key)
    hint(found, chosen, labels.column)
    split = pick(say("Split"), "split", guess.split)
    own_id = pick(say("Id"), "id", guess.id)
    taken = {payload, labels.column, *labels.columns, split, own_id}
    left = [column for column in found.columns if column.name not in taken]
    attributes = tuple(column.name for column in left)
    features = _features(made_of(left), attributes, key) if made_of else ()
    others = [name for name in attributes if name not in features]
    if others:
        st.caption(say("Kept as attributes: {names}", names=plain(", ".join(others))))
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
        bad_tags,
        further,
    )


def _further(key: str) -> tuple[str, ...]:
    """Classes that no row has yet."""
    said = st.text_input(
        say("Further classes"),
        key=f"{key}-classes",
        placeholder=say("none"),
        help=say(
            "Classes that no row has yet, with commas between. Where nothing is labelled, choose no label column and "
            "name all classes here: the rows are then given them on the page Review."
        ),
    )
    return tuple(name for one in said.split(",") if (name := one.strip()))


def _bad_tags(key: str) -> BadTags:
    """What is done with sentences whose tags are not as their scheme has them."""
    st.caption(say("Columns of tokens and of tags, or a text and its spans: see the first rows."))
    return st.radio(
        say("Sentences with bad tags"),
        list(BAD_TAGS),
        format_func=lambda one: say(BAD_TAGS[one]),
        key=f"{key}-bad-tags",
        horizontal=True,
        help=say(
            "Tags that their scheme does not have so, such as I-LOC after B-PER. Mended, what goes on without a "
            "beginning begins there."
        ),
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
        say("Labels are stored in"),
        ways,
        ways.index(guessed),
        key=f"{key}-stored",
        format_func=lambda one: say(STORED[one]),
    )
    if way == COLUMNS:
        names = [column.name for column in found.columns if column.name != guess.payload]
        chosen = st.multiselect(
            say("Label columns"),
            names,
            list(guess.label_columns),
            key=f"{key}-label-columns",
            placeholder=say("Choose the columns"),
            help=say(
                "The name of a column is the class. A row with anything else than 0 or 1 in one of them is set aside."
            ),
        )
        return _Labels(None, tuple(chosen))
    label = pick(say("Label"), "label", guess.label)
    if way == LISTS:
        return _Labels(label)
    delimiter = st.text_input(
        say("Delimiter"),
        value=";",
        key=f"{key}-delimiter",
        help=say(
            "What stands between two classes; blanks around them are left out. A row with `[]` has no class. An empty "
            "cell of a CSV file is no label: its row is kept without one."
        ),
        width=120,
    )
    return _Labels(label, (), delimiter)


def _features(guessed: Sequence[str], names: Sequence[str], key: str) -> tuple[str, ...]:
    """Which of the columns make up an example; all of them are kept as attributes too. A choice of other columns for
    the other roles starts it anew."""
    chosen = st.multiselect(
        say("Features"),
        names,
        guessed,
        help=say("The columns that make up an example: what a model is given of it."),
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
            name: st.column_config.ImageColumn(f"{say(role)}: {name}", alignment="left")
            if images and role == "example"
            else st.column_config.Column(f"{say(role)}: {name}", width="large" if role == "example" else None)
            for name, role in (*roles.items(), *((name, later("feature")) for name in schema.features))
        },
        alt=say("First rows of the source"),
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
    parts = [say("first {n} rows", n=len(found.rows)) if len(found.rows) > 1 else say("its only row")]
    if found.row_estimate is not None:
        parts.append(say("about {n:,} in all", n=found.row_estimate))
    if schema.labelled_by:
        parts.append(_labels(found, schema))
    return " · ".join(parts)


def _labels(found: Preview, schema: Schema) -> str:
    """The commonest classes as they would be read, the rows of none, and those whose label cannot be read."""
    target = task_named(schema.task).target
    labels = [target.classes_in(schema, row) for row in found.rows]
    if target.numeric:
        return numbers_said(labels)
    counts = Counter(chain.from_iterable(label for label in labels if label))
    shown = ", ".join(f"{plain(name[:40])} {count}" for name, count in counts.most_common(5))
    more = say(" and {n} more", n=len(counts) - 5) if len(counts) > 5 else ""
    none, unread = labels.count(()), labels.count(None)
    among = say("labels among them: {labels}{more}", labels=shown or say("none"), more=more)
    rest = [
        *([say("{n:,} of no class", n=none)] if none else []),
        *([say("{n:,} without a label that can be read", n=unread)] if unread else []),
    ]
    return " · ".join([among, *rest])


def _cell(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return say("{n:,} bytes", n=len(value))
    return value[:MAX_CELL] if isinstance(value, str) and not value.startswith(DATA_URL) else value

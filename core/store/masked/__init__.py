"""Personal data of datasets of which all that is shown or written is masked: what a page, a list, a query or a file
gets of their rows. What jobs compute from, and what filters look at, are the rows as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import duckdb
from duckdb.sqltypes import VARCHAR

from core import personal
from core.modalities import WORDS
from core.records import Dataset, Example
from core.sql import identifier, literal
from core.store.database import Cursor, Database

MASK = "mask_personal_data"
"""What masks a text in SQL."""
HERE = 2_000
"""Rows that are masked where they are asked for, in up to a second; more of them in a process of its own."""
OWN_ID = "source_id"
"""The column of the source's own row ids, where another one has their name."""
NO_OTHERS: Mapping[str, str] = {}
_LIST = "VARCHAR[]"
_NESTED = ("STRUCT", "MAP", "UNION")
LABELS = ("label", "given_label", "split")
"""Columns of every version that hold no texts; no other column of its rows is called so."""


def is_masked(db: Database, dataset_id: str) -> bool:
    """Whether all that is shown or written of a dataset is masked."""
    return dataset_id in db.masked()


def said_shown(db: Database, dataset_id: str, said: str) -> str:
    """A note, a tag or other words of people about a dataset's rows, as they are shown."""
    return personal.masked(said) if said and is_masked(db, dataset_id) else said


def masked_value(column: str, value: Any) -> Any:
    """A value of a column, or of the example itself, as it is shown: texts, and lists and objects of them, masked;
    numbers and dates where the column's name says that they are somebody's."""
    return personal.masked_inside(personal.labelled, "" if column == WORDS else column, value)


def masked_example(example: Example, own_id: str = "") -> Example:
    """A row as it is shown; `own_id`: what the source calls its own row ids."""
    return replace(
        example,
        text=masked_value(WORDS, example.text),
        source_id=masked_value(own_id, example.source_id),
        attributes={name: masked_value(name, value) for name, value in example.attributes.items()},
    )


def names_of(dataset: Dataset) -> Mapping[str, str]:
    """By what its values are told, of a column that has another name in files and queries: the source's own row ids,
    where another column has theirs."""
    own = dataset.id_column
    taken = any(one.column.lower() == OWN_ID for one in dataset.attributes)
    return {OWN_ID: own} if own and not taken else {}


def masked_sql(
    cursor: Cursor,
    sql: str,
    columns: Sequence[tuple[str, str]],
    but: Collection[str] = LABELS,
    said: Mapping[str, str] = NO_OTHERS,
) -> str:
    """A query whose columns (name, type) of texts, of lists of them, and of numbers and dates that are somebody's, are
    masked, `but` those that hold labels. What has texts deeper inside is the text of its JSON then. `said`: see
    `names_of`."""
    _teach(cursor)
    return _replaced(sql, {name: _mask(name, kind, said.get(name, name)) for name, kind in columns if name not in but})


def texts_sql(
    sql: str,
    columns: Sequence[tuple[str, str]],
    but: Collection[str] = LABELS,
    said: Mapping[str, str] = NO_OTHERS,
) -> tuple[str, dict[str, str]]:
    """The same with these texts, or lists of them, as they are, for a process that masks them by `masked_value`; and
    their columns, each with the name by which it is masked."""
    asked = [(name, kind, said.get(name, name)) for name, kind in columns if name not in but]
    texts = {name: text for name, kind, told in asked if (text := _text(name, kind, told))}
    return _replaced(sql, texts), {name: told for name, _, told in asked if name in texts}


def retyped(kind: str) -> bool:
    """Whether a column of that type has another one where it is masked."""
    return kind not in ("VARCHAR", "JSON", _LIST) and not kind.startswith("ENUM")


def own_id_sql(db: Database, own_id: str) -> str:
    """SQL for the source's own row id of a relation that has it as `source_id`, masked; `own_id`: what the source calls
    it."""
    with db.cursor() as cursor:
        _teach(cursor)
    return f"{MASK}(source_id, {literal(own_id)})"


def _teach(cursor: Cursor) -> None:
    with suppress(duckdb.CatalogException, duckdb.NotImplementedException):  # what a database has learnt, it knows
        cursor.create_function(MASK, personal.masked, [VARCHAR, VARCHAR], VARCHAR)


def _replaced(sql: str, values: Mapping[str, str | None]) -> str:
    instead = [f"{value} AS {identifier(name)}" for name, value in values.items() if value]
    return f"SELECT * REPLACE ({', '.join(instead)}) FROM ({sql})" if instead else sql


def _mask(name: str, kind: str, said: str) -> str | None:
    column, text = literal("" if said == WORDS else said), _text(name, kind, said)
    if text and kind == _LIST:
        return f"list_transform({text}, lambda x: {MASK}(x, {column}))"
    return text and f"{MASK}({text}, {column})"


def _text(name: str, kind: str, said: str) -> str | None:
    """What is masked of a column: its text, or a list of texts; None where nothing is."""
    value = identifier(name)
    if kind == _LIST:
        return value
    if kind.endswith("]") or kind.startswith(_NESTED):
        held = personal.tells(said) or kind.startswith(_NESTED) or "VARCHAR" in kind
        return f"CAST(to_json({value}) AS VARCHAR)" if held else None
    if kind in ("VARCHAR", "JSON") or kind.startswith("ENUM") or personal.tells(said):
        return f"CAST({value} AS VARCHAR)"
    return None

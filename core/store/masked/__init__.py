"""Personal data of datasets of which all that is shown or written is masked: what a page, a list, a query or a file
gets of their rows. What jobs compute from, and what filters look at, are the rows as they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import duckdb
from duckdb.sqltypes import VARCHAR

from core import personal
from core.modalities import WORDS
from core.records import Example
from core.sql import identifier, literal
from core.store.database import Cursor, Database

MASK = "mask_personal_data"
"""What masks a text in SQL."""
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


def masked_sql(cursor: Cursor, sql: str, columns: Sequence[tuple[str, str]], but: Collection[str] = LABELS) -> str:
    """A query whose columns (name, type) of texts, of lists of them, and of numbers and dates that are somebody's, are
    masked, `but` those that hold labels. What has texts deeper inside is the text of its JSON then."""
    _teach(cursor)
    masks = {name: _mask(name, kind) for name, kind in columns if name not in but}
    instead = [f"{mask} AS {identifier(name)}" for name, mask in masks.items() if mask]
    return f"SELECT * REPLACE ({', '.join(instead)}) FROM ({sql})" if instead else sql


def own_id_sql(db: Database, own_id: str) -> str:
    """SQL for the source's own row id of a relation that has it as `source_id`, masked; `own_id`: what the source calls
    it."""
    with db.cursor() as cursor:
        _teach(cursor)
    return f"{MASK}(source_id, {literal(own_id)})"


def _teach(cursor: Cursor) -> None:
    with suppress(duckdb.CatalogException, duckdb.NotImplementedException):  # what a database has learnt, it knows
        cursor.create_function(MASK, personal.masked, [VARCHAR, VARCHAR], VARCHAR)


def _mask(name: str, kind: str) -> str | None:
    column, value = literal("" if name == WORDS else name), identifier(name)
    if kind == "VARCHAR[]":
        return f"list_transform({value}, lambda x: {MASK}(x, {column}))"
    if kind.endswith("]") or kind.startswith(_NESTED):
        held = personal.tells(name) or kind.startswith(_NESTED) or "VARCHAR" in kind
        return f"{MASK}(CAST(to_json({value}) AS VARCHAR), {column})" if held else None
    if kind in ("VARCHAR", "JSON") or kind.startswith("ENUM") or personal.tells(name):
        return f"{MASK}(CAST({value} AS VARCHAR), {column})"
    return None

"""Which columns look as if they hold spans: tokens and a tag for each, or a text and a list of spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.modalities.naming import first_named
from core.records import Column
from core.targets.spans.form import spans_in
from core.targets.spans.reading import tags_in, tokens_in, value_of
from core.targets.spans.tags import OUTSIDE

TAG_NAMES = ("ner_tags", "ner", "tags", "entities", "labels", "label", "tag", "ner_labels", "bio", "iob")
TOKEN_NAMES = ("tokens", "words", "token", "word", "sentence")
SPAN_NAMES = ("entities", "spans", "label", "labels", "ner", "annotations")

Rows = Sequence[Mapping[str, Any]]


def is_located(column: Column, rows: Rows) -> bool:
    """Whether a column holds tags of tokens, or spans."""
    return _holds_spans(column, rows) or _tags(column, rows) is not None


def tagged(columns: Sequence[Column], rows: Rows) -> tuple[Column, Column] | None:
    """The columns of tokens and of their tags."""
    tags = {column.name: found for column in columns if (found := _tags(column, rows)) is not None}
    column = first_named([one for one in columns if one.name in tags], TAG_NAMES) or next(
        (one for one in reversed(columns) if one.name in tags), None
    )
    if column is None:
        return None
    lengths = tags[column.name]
    labelled = [row for row in rows if row[column.name] is not None]
    fitting = [one for one in columns if one.name not in tags and _lengths(one, labelled) == lengths]
    tokens = first_named(fitting, TOKEN_NAMES) or next(iter(fitting), None)
    return (tokens, column) if tokens else None


def spanned(columns: Sequence[Column], rows: Rows) -> Column | None:
    """The column of spans."""
    found = [column for column in columns if _holds_spans(column, rows)]
    return first_named(found, SPAN_NAMES) or next(iter(found), None)


def _values(column: Column, rows: Rows) -> list[Any]:
    return [value_of(value) for row in rows if (value := row[column.name]) is not None]


def _holds_spans(column: Column, rows: Rows) -> bool:
    values = [value for value in _values(column, rows) if value != ""]
    found = [spans_in(value) for value in values]
    return None not in found and any(found)


def _tags(column: Column, rows: Rows) -> list[int] | None:
    """How many tags each row has, where all of them are tags and some are of a span."""
    if not column.type.startswith("VARCHAR"):
        return None
    found = [tags_in(value) for value in _values(column, rows)]
    known = [tags for tags in found if tags is not None]
    if not known or len(known) < len(found) or all(len(tags) < 2 for tags in known):
        return None
    return [len(tags) for tags in known] if any(set(tags) - {OUTSIDE} for tags in known) else None


def _lengths(column: Column, rows: Rows) -> list[int]:
    return [len(tokens_in(value) or ()) for value in _values(column, rows)]

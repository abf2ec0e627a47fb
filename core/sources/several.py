"""Which columns look as if they hold several classes for each row: lists, JSON arrays, a column of 0 and 1 per class.

A text with a delimiter in it is a text: that it holds several classes, only a person can say.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from core.modalities.naming import first_named, plain_name
from core.records import Column
from core.targets.spelling import as_json

NAMES = (
    "labels", "tags", "classes", "categories", "topics", "genres", "emotions", "intents", "subjects", "themes",
    "keywords", "标签", "類別", "类别", "主题", "etiketten", "kategorien", "étiquettes", "catégories", "etiquetas",
    "categorías", "метки", "теги", "категории", "темы",
)  # fmt: skip
"""What people call columns of several classes, besides what they call a label."""
_TRUTHS = {"0", "1", "0.0", "1.0", "false", "true"}
_PROPERTIES = ("is_", "has_", "was_", "can_")
"""How the names of columns begin that say something of an example and are no class of it."""
_NO_CLASSES = {"id", "uid", "example_id", "index", "idx", "nr"}
_LONGEST = 100
"""Characters of a class's name."""

Rows = Sequence[Mapping[str, Any]]


def sets_of(column: Column, rows: Rows) -> list[list[str | int]]:
    """The lists that a column holds, where all of its values are lists of short texts or whole numbers, none twice in
    one; else nothing. Words of a text, or tags of these, repeat."""
    values = [row[column.name] for row in rows if row[column.name] is not None]
    found = [_list(value) for value in values]
    return [one for one in found if one is not None] if None not in found else []


def _list(value: Any) -> list[str | int] | None:
    if not isinstance(value, str) or not value.startswith("["):
        return None
    try:
        found = json.loads(as_json(value))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(type(one) in (str, int) for one in found):
        return None
    short = all(len(one) <= _LONGEST for one in found if isinstance(one, str))
    return found if short and len(set(found)) == len(found) else None


def listed(columns: Sequence[Column], rows: Rows) -> Column | None:
    """The column of lists with a name that such columns have, else the first whose texts come again in other rows."""
    return first_named(columns, NAMES, lambda one: bool(sets_of(one, rows))) or next(
        (column for column in columns if _come_again(sets_of(column, rows))), None
    )


def _come_again(sets: Sequence[Sequence[str | int]]) -> bool:
    """Whether a text occurs in two rows on average, as classes do and descriptions do not."""
    counts = Counter(chain.from_iterable(sets))
    return all(isinstance(name, str) for name in counts) and 2 * len(counts) <= sum(counts.values()) > 0


def flags(columns: Sequence[Column], rows: Rows) -> list[Column]:
    """The columns of 0 and 1 whose names may be those of classes, where there are at least two."""
    found = [column for column in columns if _is_flag(column, rows)]
    return found if len(found) > 1 and any(column.distinct > 1 for column in found) else []


def _is_flag(column: Column, rows: Rows) -> bool:
    name = plain_name(column.name)
    if name.startswith(_PROPERTIES) or name in _NO_CLASSES or not any(map(str.isalpha, name)):
        return False
    values = {str(row[column.name]).lower() for row in rows if row[column.name] is not None}
    return 0 < column.distinct <= 2 and bool(values) and values <= _TRUTHS

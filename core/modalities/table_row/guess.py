"""Whether a source's columns are examples together, and which of them are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.modalities.contract import Rows
from core.modalities.naming import first_named, plain_name
from core.modalities.table_row.derived import DERIVED
from core.modalities.text.guess import NAMES
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, Column

FEWEST = 2
"""Columns that are numbers or categories from which on they may be an example together."""
ENOUGH = 4
"""Of so many, one with names of a few words beside them is one more of them."""
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
_TIMES = ("DATE", "TIME")
_NAME_WORDS, _TEXT_WORDS = 2.0, 5.0
"""Mean words of a value: names have two and more, texts five and more."""
_NEARLY_ALL = 0.5
"""Share of the values that differ from which on a column of words has no categories."""
_LABELS = ("given_label", "noisy_label", "crowd_label", "gold_label", "label", "labels")
"""What another labelling of the same rows is called: a model that sees it learns nothing else."""


_IDS = (EXAMPLE_ID, EARLIER_EXAMPLE_ID, "source_id")
"""What exports call the number of a row, and the source's own id."""


def find(columns: Sequence[Column], rows: Rows) -> Column | None:
    """The first feature, where the columns are numbers and categories and none of them holds texts."""
    if first_named([one for one in columns if one.type.startswith("VARCHAR")], NAMES):
        return None
    words = {one.name: _words([row[one.name] for row in rows]) for one in columns if _is_text(one, len(rows))}
    plain = [one for one in columns if one.name not in words and one.distinct > 1 and _is_simple(one)]
    longest = max(words.values(), default=0.0)
    most = _TEXT_WORDS if len(plain) >= ENOUGH else _NAME_WORDS
    return plain[0] if len(plain) > FEWEST and longest < most else None


def features(columns: Sequence[Column]) -> tuple[str, ...]:
    """Every column but other labels of the same rows, what Winnow made of them, and a split that is empty."""
    made = {*_LABELS, *_IDS, *(one.column for one in DERIVED)}
    empty = {plain_name(one.name) for one in columns if not one.distinct} & {"split"}
    return tuple(one.name for one in columns if plain_name(one.name) not in made | empty)


def _is_simple(column: Column) -> bool:
    return column.type.startswith((*_NUMBERS, *_TIMES, "VARCHAR", "ENUM")) and not column.type.endswith("]")


def _is_text(column: Column, count: int) -> bool:
    """Whether a column holds words that hardly repeat."""
    return column.type.startswith("VARCHAR") and column.distinct > max(FEWEST, _NEARLY_ALL * min(count, 50))


def _words(values: Sequence[Any]) -> float:
    """Mean words of the values that are there; scripts without blanks have one for two characters."""
    texts = [str(value) for value in values if value not in (None, "")]
    return sum(len(text.split()) if text.isascii() else max(len(text.split()), len(text) / 2) for text in texts) / max(
        1, len(texts)
    )

"""Which columns look as if they hold a number for each row that is no class: fractions, or whole numbers of which
hardly two are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.modalities.naming import first_named
from core.records import Column
from core.targets.number.form import is_missing, number_in

NAMES = (
    "score", "scores", "rating", "target", "y", "similarity", "grade", "price", "value", "得分", "分数", "评分", "价格",
    "数值", "スコア", "価格", "점수", "가격", "punktzahl", "preis", "bewertung", "prix", "valeur", "puntuación",
    "precio", "valor", "pontuação", "preço", "punteggio", "prezzo", "оценка", "цена",
)  # fmt: skip
"""What people call columns of numbers that are to be told, the surest first."""
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_MANY, _SHARE = 50, 0.8
"""Whole numbers are no classes where there are more than so many, and this share of the rows has one of its own."""
_MOST = 1_000
"""However many rows: more classes than this are no classes."""
_READ = 0.5
"""Share of texts that have to be numbers in a column of numbers; the others are told when it is loaded."""

Rows = Sequence[Mapping[str, Any]]


def of_numbers(column: Column, rows: Rows) -> bool:
    """Whether a column holds numbers, or texts at least half of which are numbers."""
    if not column.type.startswith("VARCHAR"):
        return column.type in _WHOLE or (column.type.startswith(_FRACTIONS) and not column.type.endswith("]"))
    texts = [text for row in rows if (text := row[column.name]) is not None and not is_missing(str(text))]
    return bool(texts) and sum(number_in(str(text)) is not None for text in texts) >= _READ * len(texts)


def is_number(column: Column, rows: Rows, count: int) -> bool:
    """Whether a column of labels is likelier one of numbers than one of classes, `count` rows having been counted."""
    if not of_numbers(column, rows):
        return False
    found = (number_in(str(row[column.name])) for row in rows if row[column.name] is not None)
    if any(number is not None and not number.is_integer() for number in found):
        return True
    return column.distinct > _MOST or (column.distinct > _MANY and column.distinct >= _SHARE * count)


def likeliest(columns: Sequence[Column], rows: Rows, names: Sequence[str] = NAMES) -> Column | None:
    """The column of numbers that is called as such are."""
    return first_named(columns, names, lambda one: of_numbers(one, rows))


def last(columns: Sequence[Column], rows: Rows, count: int) -> Column | None:
    """The last column of numbers that are no classes, else the last of any numbers."""
    found = [column for column in columns if of_numbers(column, rows)]
    sure = [column for column in found if is_number(column, rows, count)]
    return next(reversed(sure or found), None)

"""What a number per example is, in plain facts: no heavy library. `form` has the text form of a label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SchemaError
from core.records import Schema
from core.sql import identifier, literal
from core.targets.contract import Labels, Reading, Target
from core.targets.number.form import is_missing, missing_sql, number_in, number_sql, read_sql, text_sql, written
from core.targets.spelling import several_asked
from core.words import later, stored

_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_SHOWN = 100
"""Characters of a text that a reason repeats."""
NO_NUMBER = later("no finite number: column {column}: {value}")
"""Why a row is set aside."""
OUTPUT = "number"
"""What a model's config calls its one output."""
_BINS = 10
"""Groups of about equal size, by the numbers' quantiles, whose shares a stratified split keeps."""


def read(schema: Schema, types: Mapping[str, str]) -> Reading:
    """A column of numbers, or of texts that are numbers. NULL, NaN, an empty text and the usual words for a missing
    value are no label; any other text, and what is not finite, is a fault. A FLOAT reads as the shortest decimal number
    that is it, not as the DOUBLE beside it."""
    name = schema.label
    if name is None or schema.label_delimiter:
        raise SchemaError(
            f"One number for each row was asked for, and {several_asked(schema)}.",
            "Choose one column of numbers, or a task of classes.",
        )
    column, kind = identifier(name), types[name]
    if kind == "VARCHAR":
        number, missing = read_sql(column), missing_sql(column)
    elif kind in _WHOLE or (kind.startswith(_FRACTIONS) and not kind.endswith("]")):
        number, missing = f"CAST(CAST({column} AS VARCHAR) AS DOUBLE)", f"isnan(CAST({column} AS DOUBLE))"
    else:
        raise SchemaError(
            f"Column {name!r} holds {kind} values, which are no numbers.",
            "Choose a column of numbers, or a task of classes.",
        )
    label = text_sql(number)
    fault = literal(NO_NUMBER.removesuffix("{value}").format(column=name))
    unread = f"{column} IS NOT NULL AND NOT ({missing}) AND ({label}) IS NULL"
    return Reading(label, f"CASE WHEN {unread} THEN {fault} || left(CAST({column} AS VARCHAR), {_SHOWN}) END")


def classes_in(schema: Schema, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The number as text: what a preview shows."""
    value = row[schema.label] if schema.label is not None else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        found = None if is_missing(value) else number_in(value)
    else:
        found = float(value) if math.isfinite(value) else None
    return None if found is None else (written(found),)


def label_of(classes: Iterable[str]) -> str:
    """Raises ValueError: no classes make a number."""
    raise ValueError(f"{', '.join(classes) or 'no classes'}: a number is not made of classes")


def encode(labels: Sequence[str | None], classes: Sequence[str] = ()) -> Labels:
    """(n,) float64, NaN for no label."""
    return np.fromiter((math.nan if label is None else float(label) for label in labels), np.float64, len(labels))


def decode(labels: Labels, classes: Sequence[str] = ()) -> list[str | None]:
    """Texts, None for NaN."""
    return [None if math.isnan(number) else written(number) for number in labels.tolist()]


def tidied(label: str) -> str:
    """Forgives blanks, a plus, zeros at the end and other ways to write the same number."""
    found = number_in(label)
    return label if found is None else written(found)


def objection(label: str, known: Set[str] = frozenset(), called: Set[str] = frozenset()) -> str:
    """Names what is no finite number, and one that is written in another way than labels are."""
    found = number_in(label)
    if found is None:
        return stored(f"Label {label!r} is no finite number: write it in digits with a point, such as 3.5.")
    ordered = written(found)
    return "" if label == ordered else stored(f"Label {label!r} has another form here: write it as {ordered}.")


def strata(labels: Sequence[str | None]) -> NDArray[np.int64]:
    """Tenths of the labels by size, equal numbers in one of them, fewer where many are equal; rows without a label are
    a group of their own, the last."""
    numbers = encode(labels)
    told = numbers[~np.isnan(numbers)]
    if not len(told):
        return np.zeros(len(numbers), np.int64)
    bounds = np.unique(np.quantile(told, np.linspace(0, 1, _BINS + 1)[1:-1], method="lower"))
    groups = np.searchsorted(bounds, numbers, side="left")
    return np.where(np.isnan(numbers), len(bounds) + 1, groups).astype(np.int64)


NUMBER = Target(
    name="number",
    several=False,
    numeric=True,
    read=read,
    classes_in=classes_in,
    classes_sql=lambda label: "CAST([] AS VARCHAR[])",
    number_sql=number_sql,
    listed_sql=number_sql,
    classes_of=lambda label: (),
    classes=lambda labels: (),
    label_of=label_of,
    renamed=lambda label, name: label,
    words=str,
    encode=encode,
    decode=decode,
    tidied=tidied,
    objection=objection,
    strata=strata,
    problem_type="regression",
    answer="""\
print(float(logits[0, 0]))
""",
    heavy="core.targets.number.heavy",
)

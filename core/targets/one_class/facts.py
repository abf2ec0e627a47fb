"""What one class per example is, in plain facts: no heavy library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SchemaError
from core.lookalikes import stripped
from core.records import Schema
from core.sql import identifier
from core.targets.contract import Labels, Reading, Target
from core.targets.spelling import in_order, several_asked, unknown_class

_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_NESTED = ("BLOB", "STRUCT", "MAP", "UNION", "JSON")


def read(schema: Schema, types: Mapping[str, str]) -> Reading:
    """A label as text; a whole number that missing values have turned into a fraction (1.0) reads as one again."""
    name = schema.label
    if name is None or schema.label_delimiter:
        raise SchemaError(
            f"One class for each row was asked for, and {several_asked(schema)}.",
            "Choose one column of classes, or a task of several classes.",
        )
    column, kind = identifier(name), types[name]
    if kind.endswith("]") or kind.startswith(_NESTED):
        raise SchemaError(
            f"Column {name!r} holds {kind} values, which cannot be a label.",
            "Choose a column of texts, numbers or truth values: one class for each row.",
        )
    if not kind.startswith(_FRACTIONS):
        return Reading(f"CAST({column} AS VARCHAR)")
    return Reading(
        f"CASE WHEN isnan({column}::DOUBLE) THEN NULL WHEN abs({column}) < 1e15 AND {column} = floor({column}) "
        f"THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    )


def classes_in(schema: Schema, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The one value as text."""
    value = row[schema.label] if schema.label is not None else None
    return None if value is None else (stripped(str(value)),)


def classes_sql(label: str) -> str:
    """A list of one."""
    return f"[{label}]"


def classes_of(label: str) -> tuple[str, ...]:
    """A tuple of one."""
    return (label,)


def label_of(classes: Iterable[str]) -> str:
    """The one class. Raises ValueError for none or several."""
    (label,) = classes
    return label


def encode(labels: Sequence[str | None], classes: Sequence[str]) -> Labels:
    """(n,) int64."""
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(classes)}
    return np.fromiter((numbers[label] if label is not None else -1 for label in labels), np.int64, len(labels))


def decode(labels: Labels, classes: Sequence[str]) -> list[str | None]:
    """Class names, None for -1."""
    names = [*classes, None]
    return [names[number] for number in labels.tolist()]


def objection(label: str, known: Set[str], called: Set[str] = frozenset()) -> str:
    """Names the classes that are spelled like it."""
    return "" if label in known else unknown_class(label, known, called)


def strata(labels: Sequence[str | None]) -> NDArray[np.int64]:
    """Class numbers in the order of the names, so that the seed decides alone."""
    _, codes = np.unique(np.asarray(labels).astype(str), return_inverse=True)
    return codes.astype(np.int64)


ONE_CLASS = Target(
    name="one-class",
    several=False,
    read=read,
    classes_in=classes_in,
    classes_sql=classes_sql,
    classes_of=classes_of,
    classes=in_order,
    label_of=label_of,
    renamed=lambda label, name: name(label),
    words=str,
    encode=encode,
    decode=decode,
    tidied=str,
    objection=objection,
    strata=strata,
    problem_type="single_label_classification",
    answer="""\
probabilities = logits.softmax(1)[0]
print(model.config.id2label[int(probabilities.argmax())], float(probabilities.max()))
""",
    heavy="core.targets.one_class.heavy",
)

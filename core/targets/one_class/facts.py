"""What one class per example is, in plain facts: no heavy library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from core.errors import SchemaError
from core.targets.contract import Target

_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_NESTED = ("BLOB", "STRUCT", "MAP", "UNION", "JSON")


def read(name: str, column: str, kind: str) -> str:
    """A label as text; a whole number that missing values have turned into a fraction (1.0) reads as one again."""
    if kind.endswith("]") or kind.startswith(_NESTED):
        raise SchemaError(
            f"Column {name!r} holds {kind} values, which cannot be a label.",
            "Choose a column of texts, numbers or truth values: one class for each row.",
        )
    if not kind.startswith(_FRACTIONS):
        return f"CAST({column} AS VARCHAR)"
    return (
        f"CASE WHEN isnan({column}::DOUBLE) THEN NULL WHEN abs({column}) < 1e15 AND {column} = floor({column}) "
        f"THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    )


def classes(labels: Iterable[str]) -> tuple[str, ...]:
    """By number where all are whole numbers, else by code point."""
    found = list(labels)
    if all(label.removeprefix("-").isdecimal() for label in found):
        return tuple(sorted(found, key=lambda label: (int(label), label)))
    return tuple(sorted(found))


def objection(label: str, known: Set[str]) -> str:
    """Names the classes that are spelled like it."""
    if label in known:
        return ""
    near = get_close_matches(label, known, n=3)
    hint = f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    return f"Label {label!r} is none of this dataset's {len(known):,} classes.{hint}"


def strata(labels: Sequence[str]) -> NDArray[np.int64]:
    """Class numbers in the order of the names, so that the seed decides alone."""
    _, codes = np.unique(np.asarray(labels).astype(str), return_inverse=True)
    return codes.astype(np.int64)


ONE_CLASS = Target(
    name="one-class",
    read=read,
    classes=classes,
    objection=objection,
    strata=strata,
    problem_type="single_label_classification",
    answer="""\
probabilities = logits.softmax(1)[0]
print(model.config.id2label[int(probabilities.argmax())], float(probabilities.max()))
""",
    heavy="core.targets.one_class.heavy",
)

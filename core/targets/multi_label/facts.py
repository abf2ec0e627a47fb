"""What any number of classes per example is, in plain facts: no heavy library.

A label's text form is a JSON array of its classes, each once, by code point, without blanks: equal sets, equal texts.
`[]` says that none of the classes applies, which is not the same as no label.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SchemaError
from core.targets.contract import Labels, Target
from core.targets.spelling import in_order, unknown_class

_TYPE = "'[\"VARCHAR\"]'"


def read(name: str, column: str, kind: str) -> str:
    """Of a list of texts or numbers, or of texts that are JSON arrays of them. Empty texts and NULLs in a list are no
    classes; a list of nothing is a label."""
    if kind.endswith("[]") and "(" not in kind and kind.count("[") == 1:
        found = f"CAST({column} AS VARCHAR[])"
    elif kind == "VARCHAR":
        found = f"TRY(from_json({column}, {_TYPE}))"
    else:
        raise SchemaError(
            f"Column {name!r} holds {kind} values, which cannot be several classes.",
            "Choose a column of lists, or of texts with several classes each.",
        )
    return text_sql(found)


def text_sql(classes: str) -> str:
    """SQL for the text form of an expression that is a list of classes (VARCHAR[])."""
    trimmed = f"list_transform({classes}, lambda x: trim(x))"
    named = f"list_filter({trimmed}, lambda x: x IS NOT NULL AND x <> '')"
    return f"CAST(to_json(list_sort(list_distinct({named}))) AS VARCHAR)"


def classes_sql(label: str) -> str:
    """Its elements."""
    return f"from_json({label}, {_TYPE})"


def classes_of(label: str) -> tuple[str, ...]:
    """By code point."""
    return tuple(json.loads(label))


def label_of(classes: Iterable[str]) -> str:
    """Each once, by code point."""
    return json.dumps(sorted(set(classes)), ensure_ascii=False, separators=(",", ":"))


def words(label: str) -> str:
    """With commas between them."""
    return ", ".join(classes_of(label)) or "none"


def classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Of all sets together."""
    return in_order(set(chain.from_iterable(classes_of(label) for label in labels)))


def encode(labels: Sequence[str | None], classes: Sequence[str]) -> Labels:
    """(n, k) int8."""
    numbers = {name: number for number, name in enumerate(classes)}
    found = np.zeros((len(labels), len(classes)), np.int8)
    for row, label in enumerate(labels):
        if label is None:
            found[row] = -1
        else:
            found[row, [numbers[name] for name in classes_of(label)]] = 1
    return found


def decode(labels: Labels, classes: Sequence[str]) -> list[str | None]:
    """Texts, None for a row of -1."""
    names = np.asarray(classes, dtype=object)
    return [None if (row < 0).any() else label_of(names[row > 0]) for row in labels]


def tidied(label: str) -> str:
    """Forgives order, repeats, blanks and whole numbers that stand for the texts of their digits."""
    found = _listed(label)
    if found is None or not all(type(name) in (str, int) for name in found):
        return label
    named = (str(name).strip() for name in found)
    return label_of(name for name in named if name)


def objection(label: str, known: Set[str]) -> str:
    """Names what is no set of classes, and classes that are spelled like an unknown one."""
    found = _listed(label)
    if found is None or not all(isinstance(name, str) for name in found):
        return f'Label {label!r} is no list of classes: write it as ["one","two"], or [] where none applies.'
    unknown = [unknown_class(name, known) for name in found if name not in known]
    if unknown:
        return " ".join(unknown)
    return "" if label == label_of(found) else f"Label {label!r} is not in order: write it as {label_of(found)}."


def _listed(label: str) -> list[Any] | None:
    """The list that a text says; None where it says none."""
    try:
        found = json.loads(label)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def strata(labels: Sequence[str]) -> NDArray[np.int64]:
    """The rarest class of each label, by which stratification of several labels goes wrong first (Sechidis, Tsoumakas
    & Vlahavas, On the stratification of multi-label data, 2011, section 3); labels of no class are a group of their
    own. Numbers in the order of the names, so that the seed decides alone."""
    sets = [classes_of(label) for label in labels]
    counts = Counter(chain.from_iterable(sets))
    rarest = [min(found, key=lambda name: (counts[name], name)) if found else "" for found in sets]
    _, codes = np.unique(np.asarray(rarest).astype(str), return_inverse=True)
    return codes.astype(np.int64)


MULTI_LABEL = Target(
    name="multi-label",
    several=True,
    read=read,
    classes_sql=classes_sql,
    classes_of=classes_of,
    classes=classes,
    label_of=label_of,
    words=words,
    encode=encode,
    decode=decode,
    tidied=tidied,
    objection=objection,
    strata=strata,
    problem_type="multi_label_classification",
    answer="""\
probabilities = logits.sigmoid()[0]
print({name: float(p) for name, p in zip(model.config.id2label.values(), probabilities) if p >= 0.5})
""",
    heavy="core.targets.multi_label.heavy",
)

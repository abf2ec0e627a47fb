"""What targets have in common: the order of classes, their strata, and what a misspelt class may have meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from difflib import get_close_matches
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.records import Schema
from core.words import stored

PYTHON_LIST = r"\[\s*'[^'\"\\]*'(\s*,\s*'[^'\"\\]*')*\s*\]"
"""How Python writes a list of plain texts, and with it pandas into CSV: `['grain', 'wheat']`. For RE2 and Python."""
_PYTHON_LIST = re.compile(PYTHON_LIST)


def as_json(text: str) -> str:
    """A list of texts as Python writes it as a JSON array; any other text as it is."""
    return text.replace("'", '"') if _PYTHON_LIST.fullmatch(text) else text


def several_asked(schema: Schema) -> str:
    """How a schema asks for several labels of a row."""
    if schema.label is None:
        return f"{len(schema.label_columns):,} columns of labels"
    return f"a delimiter ({schema.label_delimiter!r}) between several in {schema.label!r}"


def in_order(classes: Iterable[str]) -> tuple[str, ...]:
    """By number where all are whole numbers, else by code point."""
    found = list(classes)
    if all(name.removeprefix("-").isdecimal() for name in found):
        return tuple(sorted(found, key=lambda name: (int(name), name)))
    return tuple(sorted(found))


def unknown_class(name: str, known: Set[str], called: Set[str] = frozenset()) -> str:
    """That there is no such class; names those that are spelled like it, by themselves or as people have `called`
    them."""
    near = get_close_matches(name, known | called, n=3)
    names, classes = " or ".join(repr(one) for one in near), len(known)
    if near:
        return stored(f"Label {name!r} is none of this dataset's {classes:,} classes. Did you mean {names}?")
    return stored(f"Label {name!r} is none of this dataset's {classes:,} classes.")


def rarest_strata(sets: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """(n,) the rarest class of each label that is several, by which stratification of several labels goes wrong first
    (Sechidis, Tsoumakas & Vlahavas, On the stratification of multi-label data, 2011, section 3); labels of no class are
    a group of their own. Numbers in the order of the names, so that the seed decides alone."""
    counts = Counter(chain.from_iterable(sets))
    rarest = [min(found, key=lambda name: (counts[name], name)) if found else "" for found in sets]
    _, codes = np.unique(np.asarray(rarest).astype(str), return_inverse=True)
    return codes.astype(np.int64)

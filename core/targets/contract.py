"""What every target says of itself in plain facts. Light: the web process reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.records import Schema

Labels = NDArray[Any]
"""Labels as arrays: (n,) int64 class numbers where a label is one class, -1 for no label; (n, k) int8 where it is
several: 1 for a class that applies, 0 for one that does not, a row of -1 for no label; (n,) float64 where it is a
number, NaN for no label. One row is one label."""


class Objection(Protocol):
    """See `Target.objection`. `called`: the names that people gave the classes, to tell what was probably meant."""

    def __call__(self, label: str, known: Set[str], called: Set[str] = frozenset(), /) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of a source get their labels: SQL over its columns."""

    label: str
    """The text form, NULL where a row has no label."""
    fault: str = ""
    """Why a row's label cannot be read, NULL where it can; empty where every one can."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a label is. Whatever it is, it is stored as text in the column `label`, VARCHAR: two labels are the same
    where their texts are, NULL is no label."""

    name: str
    several: bool
    """Whether a label may be several classes at once, or none of them: then each class has a probability of its own,
    which sum to nothing in particular."""
    read: Callable[[Schema, Mapping[str, str]], Reading]
    """How a source is read whose columns have these DuckDB types. Raises SchemaError where the columns that the schema
    names cannot hold labels."""
    classes_in: Callable[[Schema, Mapping[str, Any]], tuple[str, ...] | None]
    """What `read` makes of one row of a preview: its classes, None where it has no label or none that can be read."""
    classes_sql: Callable[[str], str]
    """SQL for the classes (VARCHAR[]) of a label whose text form an expression gives."""
    classes_of: Callable[[str], tuple[str, ...]]
    """The classes of one label."""
    classes: Callable[[Iterable[str]], tuple[str, ...]]
    """The classes that labels are made of, in the order of their indices."""
    label_of: Callable[[Iterable[str]], str]
    """The label of these classes: the inverse of `classes_of`."""
    renamed: Callable[[str, Callable[[str], str]], str]
    """A label with what a function makes of each class in its place."""
    words: Callable[[str], str]
    """A label as a person reads it."""
    encode: Callable[[Sequence[str | None], Sequence[str]], Labels]
    """Labels as an array, of their texts and the classes. Raises KeyError for a class that is not among them."""
    decode: Callable[[Labels, Sequence[str]], list[str | None]]
    """The inverse of `encode`."""
    tidied: Callable[[str], str]
    """A label that somebody wrote, in its text form, whatever may be forgiven in how it is written. What is no label
    comes back as it is: `objection` says why."""
    objection: Objection
    """Why a text is no label of a dataset with these classes; empty where it is one."""
    strata: Callable[[Sequence[str | None]], NDArray[np.int64]]
    """(n,) the group of each label, None for none, within which a stratified split keeps its shares."""
    problem_type: str
    """As a transformers config calls it."""
    answer: str
    """Python that prints what a saved model's `logits` (1, k) say: the end of a modality's snippet."""
    heavy: str
    """The dotted module of its heavy half, see `core.targets.heavy`. Only jobs import it."""
    located: bool = False
    """Whether a label says where in the example its classes are; then `several` is true as well, the text form has
    more than the classes, and arrays of classes say only which ones a row has."""
    numeric: bool = False
    """Whether a label is a number: then there are no classes (those of a dataset, of a label and of an array are none),
    `several` and `located` are false, labels have an order and a distance, and `number_sql` is there."""
    number_sql: Callable[[str], str] | None = None
    """SQL for the number (DOUBLE) of a label whose text form an expression gives, where a label is one."""
    listed_sql: Callable[[str], str] | None = None
    """SQL for the value that files of lists have for a label, where that is not the list of its classes."""
    snippet: str = ""
    """Python that uses a saved model, in place of the modality's; `{folder}` is the model's."""
    words_in: Callable[[str, str], str] | None = None
    """A label as a person reads it beside the words of its example, where these say more than `words`."""
    misfit: Callable[[str, str], str] = lambda label, text: ""
    """Why a label that `objection` has nothing against is none of an example with these words; empty where it is."""

"""Names and values of the data as people read them: those that are ours in their language, data as it is."""

from __future__ import annotations

from typing import Any

from core.records.datasets import Dataset, Version
from core.words import later, say, say_stored

CROSS = " × "
"""Between the names of attributes that are crossed, of their columns and of their groups."""
_OURS = (later("train"), later("validation"), later("test"), later("(missing)"))


def split_said(split: str) -> str:
    """The usual splits in the language of whoever looks; one of another name as it is."""
    return say(split) if split in _OURS else split


def attribute_said(dataset: Dataset, name: str) -> str:
    """An attribute's name: that of a derived one in the language of whoever looks, any other as the source has it."""
    return say(name) if _is_derived(dataset, name) else name


def attributes_said(dataset: Dataset, names: str) -> str:
    """The same of attributes that are crossed: their names with `CROSS` between them."""
    return CROSS.join(attribute_said(dataset, name) for name in names.split(CROSS))


def value_said(dataset: Dataset, name: str, value: Any) -> Any:
    """A value of an attribute; that of a derived one in the language of whoever looks."""
    return say_stored(value) if isinstance(value, str) and _is_derived(dataset, name) else value


def note_said(version: Version) -> str:
    """A version's note: that of a review is a person's, any other Winnow's own."""
    return version.note if version.kind == "review" else say_stored(version.note)


def _is_derived(dataset: Dataset, name: str) -> bool:
    return any(one.name == name and one.derived for one in dataset.attributes)

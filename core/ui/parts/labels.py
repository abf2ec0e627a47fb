"""Labels as people read them: classes under the names that they were given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType

import streamlit as st

from core.profile.records import MISSING, Group
from core.records import CROSS, Dataset, attribute_said, attributes_said, split_said, value_said
from core.review.words import label_words
from core.targets import Target
from core.tasks import target_of
from core.words import say, say_n, say_stored

__all__ = [
    "attribute_said",
    "attributes_said",
    "class_from_url",
    "classes_told",
    "group_marked",
    "group_said",
    "label_said",
    "size_said",
    "split_said",
    "target_of",
    "value_said",
    "words_of",
]


def words_of(dataset: Dataset) -> Callable[[str | None], str | None]:
    """What says a label of the dataset in words; no label stays none."""
    target = target_of(dataset)
    return lambda label: None if label is None else label_words(label, target)


def size_said(dataset: Dataset, rows: int) -> str:
    """How large a dataset or a version is: `600 rows · 5 classes`."""
    if target_of(dataset).numeric:
        return say_n("{n:,} row · a number each", "{n:,} rows · a number each", rows)
    return say("{rows:,} rows · {classes:,} classes", rows=rows, classes=len(dataset.labels))


def label_said(target: Target, label: str, text: str | None) -> str:
    """A label in words; of one that lies in the example, what it covers there."""
    return target.words(label) if target.words_in is None else target.words_in(label, text or "")


def group_said(dataset: Dataset, column: str, group: Group) -> str:
    """The name of one of an attribute's groups in the language of whoever looks, unless it is a value of the source."""
    columns, names = column.split(CROSS), group.name.split(CROSS)
    if len(columns) > 1:
        if len(names) != len(columns):  # a value of the source has the sign in it
            return group.name
        return CROSS.join(_part_said(dataset, *one) for one in zip(columns, names, strict=True))
    derived = any(one.column == column and one.derived for one in dataset.attributes)
    own = group.where is not None and group.where.value is not None
    return group.name if own and not derived else say_stored(group.name)


def _part_said(dataset: Dataset, column: str, name: str) -> str:
    """Of a group that is crossed with others. A category's own values look like nothing that is ours."""
    of_source = any(one.column == column and one.kind == "category" and not one.derived for one in dataset.attributes)
    return name if of_source and name != MISSING else say_stored(name)


def group_marked(dataset: Dataset, column: str, group: Group) -> str:
    """The same, with a star where the group is too small to be compared."""
    said = group_said(dataset, column, group)
    return said if group.judged else f"{said} *"


def classes_told(dataset: Dataset, known: str | None) -> dict[str, object]:
    """What a browser is told of the classes: all of them with their names and guidelines, unless it has `known` them
    already, by the digest under which they were told."""
    said = json.dumps([dataset.labels, dict(dataset.names), dict(dataset.guidelines)], sort_keys=True)
    digest = f"{dataset.dataset_id}.{sha256(said.encode()).hexdigest()[:16]}"
    told = {"labels": dataset.labels, "names": dict(dataset.names), "guidelines": dict(dataset.guidelines)}
    return {"labels_digest": digest, **({"labels": None} if known == digest else told)}


def class_from_url(dataset: Dataset, key: str, others: Mapping[str, Sequence[str]] = MappingProxyType({})) -> None:
    """For a box of classes that may choose none: what the URL names, a class by its code or its name. Of the `others`
    that the box offers, shown so in the languages that there are, a link in any of them names one. Call it right before
    the box, with `on_change=optional_to_url, args=(key,)`."""
    said = st.query_params.get(key, "")
    named = next((other for other, shown in others.items() if said == other or said in shown), dataset.coded(said))
    st.session_state[key] = named if said and (named in others or named in dataset.labels) else None

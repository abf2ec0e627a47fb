"""What spans are, in plain facts: no heavy library.

`form` has the text form of a label, `tags` the schemes of one tag a token, `reading` what programs write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from core.errors import SchemaError
from core.records import Schema
from core.sql import identifier
from core.targets.contract import Reading, Target
from core.targets.sets import all_classes, decode_sets, encode_sets
from core.targets.spans.form import NONE, outside, overlapping, spans_in, spans_of, written
from core.targets.spans.reading import types_in
from core.targets.spelling import rarest_strata, unknown_class
from core.words import say, stored

_LISTS = "'[[\"VARCHAR\"]]'"


def read(schema: Schema, types: Mapping[str, str]) -> Reading:
    """The column is in its text form already: `core.store.ingest.located` brings it there before anything is read."""
    if schema.label is None or schema.label_delimiter:
        raise SchemaError(
            "Spans stand in one column, of tags or of spans.", "Choose it as the label, or a task of several classes."
        )
    return Reading(f"CAST({identifier(schema.label)} AS VARCHAR)")


def classes_in(schema: Schema, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The types, by code point."""
    return types_in(row[schema.label]) if schema.label is not None else None


def classes_sql(label: str) -> str:
    """The types of its spans, each once, by code point."""
    return f"list_sort(list_distinct(list_transform(from_json({label}, {_LISTS}), lambda x: x[3])))"


def listed_sql(label: str) -> str:
    """Its spans as objects with `start`, `end` and `label`."""
    made = "{'start': CAST(x[1] AS INTEGER), 'end': CAST(x[2] AS INTEGER), 'label': x[3]}"
    return f"list_transform(from_json({label}, {_LISTS}), lambda x: {made})"


def classes_of(label: str) -> tuple[str, ...]:
    """The types of its spans, each once, by code point."""
    return tuple(sorted({name for _, _, name in spans_of(label)}))


def label_of(classes: Iterable[str]) -> str:
    """Of no types: no spans. Raises ValueError for others, which do not say where."""
    if found := list(classes):
        raise ValueError(f"{', '.join(found)}: a type says not where its spans are")
    return NONE


def renamed(label: str, name: Callable[[str], str]) -> str:
    """The same spans of other types."""
    return written((start, stop, name(one)) for start, stop, one in spans_of(label))


def words(label: str) -> str:
    """`LOC 0–5, PER 10–13`: the characters that each span is from and up to."""
    return say(", ").join(f"{name} {start}–{stop}" for start, stop, name in spans_of(label)) or say("none", "of spans")


def words_in(label: str, text: str) -> str:
    """`Paris LOC, Ada PER`: what each span covers."""
    found = (f"{' '.join(text[start:stop].split())} {name}" for start, stop, name in spans_of(label))
    return say(", ").join(found) or say("none", "of spans")


def tidied(label: str) -> str:
    """Forgives order, repeats, blanks, and spans written as objects with `start`, `end` and `label`."""
    found = spans_in(_listed(label))
    return label if found is None else written(found)


def objection(label: str, known: Set[str], called: Set[str] = frozenset()) -> str:
    """Names what is no list of spans, and types that are spelled like an unknown one. What only the text can tell is
    `misfit`."""
    found = spans_in(_listed(label))
    if found is None:
        return stored(
            f'Label {label!r} is no list of spans: write it as [[0,5,"PER"],[10,17,"LOC"]], in characters of the text, '
            "or [] where it has none."
        )
    unknown = dict.fromkeys(unknown_class(name, known, called) for _, _, name in found if name not in known)
    if unknown:
        return " ".join(unknown)
    ordered = written(found)
    return "" if label == ordered else stored(f"Label {label!r} is not in order: write it as {ordered}.")


def misfit(label: str, text: str, may_overlap: bool = False) -> str:
    """Why the spans are none of this text; empty where they are."""
    spans = spans_of(label)
    if strange := outside(spans, len(text)):
        start, stop, name = strange
        return stored(f"Span {start}–{stop} {name} is not within the text, which has {len(text):,} characters.")
    if not may_overlap and (pair := overlapping(spans)):
        (start, stop, name), (from_, to, other) = pair
        return stored(
            f"Spans {start}–{stop} {name} and {from_}–{to} {other} overlap, and no spans of this dataset do: "
            "shorten one of them, or take it away."
        )
    return ""


def _listed(label: str) -> Any:
    """What the text says as JSON; None where it says nothing."""
    try:
        return json.loads(label)
    except (ValueError, RecursionError):
        return None


SPANS = Target(
    name="spans",
    several=True,
    located=True,
    read=read,
    classes_in=classes_in,
    classes_sql=classes_sql,
    listed_sql=listed_sql,
    classes_of=classes_of,
    classes=lambda labels: all_classes(labels, classes_of),
    label_of=label_of,
    renamed=renamed,
    words=words,
    words_in=words_in,
    encode=lambda labels, classes: encode_sets(labels, classes, classes_of),
    decode=lambda labels, classes: decode_sets(labels, classes, label_of),
    tidied=tidied,
    objection=objection,
    misfit=misfit,
    strata=lambda labels: rarest_strata([() if label is None else classes_of(label) for label in labels]),
    problem_type="token_classification",
    answer="",
    snippet="""\
# pip install torch transformers
from transformers import pipeline

tagger = pipeline("token-classification", "{folder}", aggregation_strategy="simple")
for found in tagger("Your text"):
    print(found["start"], found["end"], found["word"], found["entity_group"], found["score"])
""",
    heavy="core.targets.spans.heavy",
)
"""Named entities and the like: stretches of a text, each of a type."""

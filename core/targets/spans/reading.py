"""What programs write for spans, read: tokens with a tag each, or a text with spans of characters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from core.errors import SourceError
from core.targets.spans.form import NONE, outside, overlapping, spans_in, written
from core.targets.spans.tags import Scheme, decode, is_tag, scheme_of
from core.targets.spans.tokens import Bounds, bounds_of, bounds_text, joined, of_characters
from core.targets.spelling import as_json
from core.words import later, stored

Kind = Literal["tags", "spans"]
_SHOWN = 100
"""Characters that a reason repeats."""
AGAINST = (
    later("tags against {scheme}: {tag} after {before}"),
    later("tags against {scheme}: {tag} after the beginning"),
    later("tags against {scheme}: {tag} is followed by no {close}"),
    later("tags against {scheme}: {tag} is no tag of {other}"),
)
"""How such a reason reads whole, with what `core.targets.spans.tags` says."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a column of labels is written."""

    kind: Kind
    scheme: Scheme | Literal[""]
    """Of tags."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row in the form that is stored."""

    text: str | None
    label: str | None
    tokens: str | None = None
    """Their bounds in the text, where there were tokens."""
    fault: str | None = None
    """Why the row cannot be used."""
    mended: bool = False
    """Whether its tags were not as their scheme has them."""
    overlaps: bool = False


def value_of(text: Any) -> Any:
    """What a cell holds: the list that its JSON, or Python's way of writing lists, says; any other text as it is."""
    if not isinstance(text, str) or not text.lstrip().startswith("["):
        return text
    try:
        return json.loads(as_json(text))
    except (ValueError, RecursionError):
        return text


def tokens_in(value: Any) -> list[str] | None:
    """The texts of a list, or the words of a text."""
    if isinstance(value, str):
        return value.split() or None
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    return None


def words_in_cell(cell: str) -> tuple[str, Bounds]:
    """The text of a cell without a label, and where its words are: those of a list of tokens, else as `bounds_of` cuts
    a text."""
    value = value_of(cell)
    if isinstance(value, list) and value and (tokens := tokens_in(value)):
        return joined([token for token in tokens if token.strip()])
    return cell, bounds_of(None, cell)


def tags_in(value: Any) -> list[str] | None:
    """The tags of a list, or of a text with blanks or commas between them; None where not all are tags."""
    if isinstance(value, str):
        value = value.split() if " " in value.strip() else value.split(",")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return value if all(map(is_tag, value)) else None


def types_in(text: Any) -> tuple[str, ...] | None:
    """The types that a cell of labels names, by code point; None where it is neither tags nor spans."""
    value = value_of(text)
    spans = spans_in(value)
    if spans is not None:
        return tuple(sorted({name for _, _, name in spans}))
    tags = tags_in(value) or (value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None)
    if tags is None:
        return None
    return tuple(sorted({name for _, _, name in decode(tags, scheme_of([tags])).spans}))


def layout_of(labels: Iterable[str | None], column: str) -> Layout:
    """How the first labels of a column are written. Raises SourceError where they are nothing that is known, and where
    they are numbers without names."""
    found = [value for value in map(value_of, labels) if value not in (None, "", [])]
    if any(spans_in(value) for value in found):
        return Layout("spans", "")
    lists = [value for value in found if isinstance(value, list)]
    if lists and all(isinstance(one, int) for one in chain.from_iterable(lists)):
        raise SourceError(
            f"Column {column!r} holds the numbers of tags, and nothing says their names.",
            'Write the names of the tags, such as "B-PER".',
        )
    tags = [listed for value in found if (listed := _tags(value)) is not None]
    if tags:
        return Layout("tags", scheme_of(tags))
    if not found:
        return Layout("spans", "")
    raise SourceError(
        f"Column {column!r} holds neither tags nor spans: {str(found[0])[:_SHOWN]!r}.",
        'Choose a column of tags (["B-PER","O"]) or of spans ([[0,5,"PER"]]).',
    )


def _tags(value: Any) -> list[str] | None:
    """Tags of any scheme; names without a letter count where they are a list."""
    plain = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if plain else tags_in(value)


def read_row(example: str | None, label: str | None, layout: Layout, mend: bool) -> Row:
    """One row of a source. `mend`: tags that are not as their scheme has them are mended, else set aside."""
    if layout.kind == "tags":
        return _of_tags(example, label, layout.scheme or "IOB2", mend)
    if label is None or label.strip() == "":
        return Row(example, None)
    return _of_spans(example, label)


def _of_spans(example: str | None, label: str) -> Row:
    spans = spans_in(value_of(label))
    if spans is None:
        return Row(example, NONE, fault=stored(f"no list of spans: {label[:_SHOWN]}"))
    text = example or ""
    if strange := outside(spans, len(text)):
        start, stop, name = strange
        said = stored(f"span {start}–{stop} {name} is not within the text of {len(text):,} characters")
        return Row(example, NONE, fault=said)
    return Row(example, written(spans), overlaps=overlapping(spans) is not None)


def _of_tags(example: str | None, label: str | None, scheme: Scheme, mend: bool) -> Row:
    tokens = tokens_in(value_of(example))
    if tokens is None:
        shown = "" if example is None else example[:_SHOWN]
        return Row(example, NONE, fault=stored(f"no list of tokens: {shown}"))
    if label is None or label.strip() == "":
        text, bounds = joined(tokens)
        return Row(text, None, bounds_text(bounds))
    tags = _tags(value_of(label))
    if tags is None:
        return Row(example, NONE, fault=stored(f"no list of tags: {label[:_SHOWN]}"))
    if len(tags) != len(tokens):
        said = stored(f"{len(tokens):,} tokens and {len(tags):,} tags")
        return Row(" ".join(tokens), NONE, fault=said)
    empty = [not token.strip() for token in tokens]
    if any(empty):  # what shows nothing is no token
        kept = [(token, tag) for token, tag, none in zip(tokens, tags, empty, strict=True) if not none]
        tokens, tags = [token for token, _ in kept], [tag for _, tag in kept]
    text, bounds = joined(tokens)
    decoded = decode(tags, scheme)
    if decoded.faults and not mend:
        return Row(text, NONE, fault=stored(f"tags against {scheme}: {decoded.faults[0]}"))
    label = written(of_characters(decoded.spans, bounds))
    return Row(text, label, bounds_text(bounds), mended=bool(decoded.faults) or any(empty))


def rows_of(examples: Sequence[str | None], labels: Sequence[str | None], layout: Layout, mend: bool) -> list[Row]:
    """Many rows, in order."""
    return [read_row(example, label, layout, mend) for example, label in zip(examples, labels, strict=True)]

"""A text with its spans: each coloured, and its type in letters behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.records import Dataset, Example
from core.targets.spans.form import Span, spans_of
from core.ui.parts.problems import plain

COLOURS = ("blue", "orange", "green", "violet", "red", "yellow")
"""Of Streamlit's, which has them in light and in dark; a seventh type begins anew, and the letters tell them apart."""
LONG, LONG_PIXELS = 1_500, 380
AROUND = 60
"""Characters on either side of the words in a list of sentences."""


def colour_of(dataset: Dataset, name: str) -> str:
    """The colour of a type."""
    place = dataset.labels.index(name) if name in dataset.labels else len(dataset.labels)
    return COLOURS[place % len(COLOURS)]


def sentence(dataset: Dataset, example: Example) -> None:
    """The whole text of a row; a long one scrolls."""
    text = example.text or ""
    with st.container(height=LONG_PIXELS if len(text) > LONG else "content", border=False):
        st.markdown(marked(dataset, text, spans_of(example.label or "[]")))


def marked(dataset: Dataset, text: str, spans: Sequence[Span]) -> str:
    """Markdown of a text. Where spans overlap, what is covered already is not drawn again, its type is."""
    parts, at = [], 0
    for start, stop, name in spans:
        parts.append(_escaped(text[at:start]))
        colour, covered = colour_of(dataset, name), _escaped(text[max(at, start) : stop]).replace("  \n", " ")
        tag = f":{colour}-badge[{_escaped(dataset.called(name))}]"
        parts.append(f":{colour}-background[{covered}] {tag}" if covered.strip() else f" {tag}")
        at = max(at, stop)
    parts.append(_escaped(text[at:]))
    return "".join(parts)


def around(text: str, start: int, stop: int) -> str:
    """A line of a list: some words of a text in brackets, and what stands about them."""
    before, after = text[:start], text[stop:]
    left = ("…" if len(before) > AROUND else "") + before[-AROUND:]
    right = after[:AROUND] + ("…" if len(after) > AROUND else "")
    return " ".join(f"{left}⟦{text[start:stop]}⟧{right}".split())


def _escaped(text: str) -> str:
    return plain(text).replace("&", "\\&").replace("\n", "  \n")

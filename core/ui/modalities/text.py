"""Texts as they are drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from core.context import Context
from core.records import Example, Run
from core.services.prediction.playground import Reply, ask
from core.typed import JsonObject
from core.ui.modalities.asking import waiting
from core.ui.modalities.drawing import SNIPPET, InWords
from core.ui.parts.background import result_of
from core.words import later, say

LONG, LONG_PIXELS = 1_500, 380
"""Characters from which on a whole text scrolls, in a frame of so many pixels."""
LONG_BESIDE, BESIDE_PIXELS = 350, 230
"""The same beside what is said of it, which stays in sight."""
DESK_CHARACTERS = 20_000
"""A longer text is cut on the desk: no label is judged by what stands beyond."""


@dataclass(frozen=True, slots=True)
class TextDrawing(InWords):
    """A text is its own words."""

    words_title: str = later("text")
    upload: tuple[str, str] = (
        later("File"),
        later(
            "CSV, TSV, JSON, JSON lines, Parquet or Excel; every column is kept. Larger ones: by a path on the server."
        ),
    )

    def whole(self, context: Context, example: Example, place: str) -> None:
        _scrolling(example.text or "", LONG, LONG_PIXELS)

    def beside(self, context: Context, example: Example) -> None:
        _scrolling(example.text or "", LONG_BESIDE, BESIDE_PIXELS)

    def ask(self, context: Context, run: Run) -> Reply | None:
        text = st.text_area(
            say("Text"), key="use-text", height=140, placeholder=say("Type or paste a text"), max_chars=200_000
        )
        st.button(say("Predict"), type="primary", icon=":material/bolt:", key="use-ask")
        if not text or not text.strip():
            return None
        key = ("ask", run.run_id, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())
        return result_of(context, key, lambda: ask(context, run, text), waiting=waiting(context, run))

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        name = example.text or say("row {number}", number=example.example_id)
        return {"text": _cut(example.text or ""), "image": None, "thumbnail": None, "name": name}

    def near(self, context: Context, example: Example) -> JsonObject:
        return {"text": " ".join((example.text or "")[:SNIPPET].split()), "image": None}

    def caption(self, example: Example) -> str | None:
        return None


def _scrolling(text: str, longest: int, pixels: int) -> None:
    with st.container(height=pixels if len(text) > longest else "content", border=False):
        st.text(text, width="stretch")


def _cut(text: str) -> str:
    if len(text) <= DESK_CHARACTERS:
        return text
    cut = say("(The first {n:,} of {all:,} characters.)", n=DESK_CHARACTERS, all=len(text))
    return f"{text[:DESK_CHARACTERS]}…\n\n{cut}"

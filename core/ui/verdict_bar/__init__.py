"""The verdict bar as a Streamlit component: the review desk's acts, keys and pickers beside rows that are listed
elsewhere, and these rows as tiles or cards where the list is not a table.

As at the desk, the browser makes the acts with keys of their own and reports them until they are acknowledged. Owns the
shape of both messages' envelope; must not read the store nor know what a decision means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.ui import review_desk
from core.words import language
from core.words.script import dictionary, speaking_source

_FOLDER = Path(__file__).parent
_DESK = Path(review_desk.__file__).parent
_OF_DESK = ("dom", "label", "actions", "outbox", "picker", "tags", "set_editor", "number_box", "note", "grid")
"""What the desk's keys, words and editors are made of."""
_OWN = ("tiles", "bar")


@dataclass(frozen=True, slots=True)
class Said:
    """What the browser last said."""

    acts: tuple[Mapping[str, Any], ...] = ()
    """Acts that it holds unconfirmed, oldest first, as `core.review.acts.read_acts` takes them."""
    open: int | None = None
    """The row that is to be shown whole."""
    labels: str | None = None
    """Digest of the label list that it has."""


@cache
def _component() -> ComponentRenderer:
    styles = (_DESK / "desk.css", _FOLDER / "bar.css")
    return st.components.v2.component(
        "winnow_verdict_bar",
        js=speaking_source(_source()),
        css="\n".join(style.read_text(encoding="utf-8") for style in styles),
    )


@cache
def _source() -> str:
    parts = [*(_DESK / f"{part}.js" for part in _OF_DESK), *(_FOLDER / f"{part}.js" for part in _OWN)]
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


def heard(key: str) -> Said:
    """What the component mounted under `key` has reported; call it before `mount`."""
    state = st.session_state.get(key)
    said = state.get("verdicts") if isinstance(state, Mapping) else None
    if not isinstance(said, Mapping):
        return Said()
    row = said.get("open")
    acts = tuple(act for act in said.get("acts", ()) if isinstance(act, Mapping))
    return Said(acts, row if type(row) is int else None, said.get("labels"))


def mount(key: str, data: Mapping[str, Any]) -> None:
    """Draws the component under `key` with the server's answer."""
    spoken = {"language": language(), "words": dictionary(_source(), language())}
    _component()(key=key, data={**data, **spoken}, on_verdicts_change=lambda: None)

"""The map as a Streamlit component: a canvas that asks the server for what is in sight, and tells it the area that was
drawn and the row that was clicked; a kilobyte at most, whatever lies within.

Owns the shape of both messages; must not read the store.
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
_PARTS = (_DESK / "dom.js", _FOLDER / "marks.js", _FOLDER / "area.js", _FOLDER / "picture.js", _FOLDER / "map.js")


@dataclass(frozen=True, slots=True)
class Said:
    """What the browser has just said."""

    corners: tuple[tuple[float, float], ...] | None = None
    """Of the area that was drawn; none where it was lifted, None where nothing was said of it."""
    row: int | None = None
    """The row that was clicked."""


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "winnow_map",
        js=speaking_source(_source()),
        css=(_FOLDER / "map.css").read_text(encoding="utf-8"),
        isolate_styles=True,
    )


@cache
def _source() -> str:
    return "\n".join(part.read_text(encoding="utf-8") for part in _PARTS)


def heard(key: str) -> Said:
    """What the component mounted under `key` has reported; for its callback."""
    state = st.session_state.get(key)
    said = state.get("said") if isinstance(state, Mapping) else None
    if not isinstance(said, Mapping):
        return Said()
    row, corners = said.get("row"), said.get("corners")
    return Said(_corners(corners), row if type(row) is int else None)


def _corners(said: object) -> tuple[tuple[float, float], ...] | None:
    if not isinstance(said, list):
        return None
    pairs = [one for one in said if isinstance(one, list) and len(one) == 2]
    return tuple((float(x), float(y)) for x, y in pairs if isinstance(x, int | float) and isinstance(y, int | float))


def mount(key: str, data: Mapping[str, Any], on_said: Any) -> None:
    """Draws the map. `data`: `address` of what is in sight, `map` (its name, so that another one is shown whole),
    `corners` of the area in force, `about` in words."""
    spoken = {"words": dictionary(_source(), language())}
    _component()(key=key, data={**data, **spoken}, on_said_change=on_said)

"""The review desk as a Streamlit component: mounts the JavaScript beside this file and reads what it reports.

The browser holds the queue and shows the next row at once; it reports a cumulative list of acts as state, and the
server answers with what it has dealt with and with more rows. Owns the shape of both messages' envelope; must not
read the store nor know what a decision means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from core.words import language, say
from core.words.script import dictionary, speaking_source

_FOLDER = Path(__file__).parent
_PARTS = (
    *("dom", "label", "actions", "outbox", "queue", "picker", "tags", "set_editor", "number_box"),
    *("note", "desk", "spans", "grid", "status", "main"),
)
"""One JavaScript module in reading order: a component takes a single piece of source."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the browser last said."""

    acts: tuple[Mapping[str, Any], ...] = ()
    """Acts that it holds unconfirmed, oldest first, as `core.review.acts.read_acts` takes them."""
    have: frozenset[int] = frozenset()
    """Rows in its hands."""
    open: frozenset[int] = frozenset()
    """Those of them that it takes for undecided."""
    skipped: int = 0
    """Rows that the reviewer passed over without a decision."""
    labels: str | None = None
    """Digest of the label list that it has."""


@cache
def _component() -> ComponentRenderer:
    css = (_FOLDER / "desk.css").read_text(encoding="utf-8")
    return st.components.v2.component("winnow_review_desk", js=speaking_source(_source()), css=css)


@cache
def _source() -> str:
    return "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)


def heard(key: str) -> Report:
    """What the component mounted under `key` has reported; call it before `mount`."""
    state = st.session_state.get(key)
    said = state.get("desk") if isinstance(state, Mapping) else None
    if not isinstance(said, Mapping):
        return Report()
    return Report(
        acts=tuple(act for act in said.get("acts", ()) if isinstance(act, Mapping)),
        have=_rows(said.get("have", ())),
        open=_rows(said.get("open", ())),
        skipped=max(0, int(said.get("skipped") or 0)),
        labels=said.get("labels"),
    )


def _rows(said: Iterable[object]) -> frozenset[int]:
    return frozenset(row for row in said if isinstance(row, int))


def mount(key: str, data: Mapping[str, Any]) -> None:
    """Draws the component under `key` with the server's answer."""
    spoken = {"language": language(), "words": {**dictionary(_source(), language()), "Next": say("Next", "row")}}
    _component()(key=key, data={**data, **spoken}, on_desk_change=lambda: None)

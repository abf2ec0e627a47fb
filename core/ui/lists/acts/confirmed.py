"""What the acts on all rows of a list have in common: one is confirmed in a dialog, done where the list is drawn, and
said there with the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import streamlit as st

from core.records import Dataset, Example
from core.store.ids import new_id
from core.ui.modalities import line_of
from core.words import say

Planned = TypeVar("Planned")
THREADS = 2
LINE_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Asked(Generic[Planned]):
    """An act that was confirmed: to be done, or done and to be taken back."""

    act_id: str
    planned: Planned
    words: str
    """Which rows it is on, in English."""
    undo_id: str = ""

    @property
    def run(self) -> str:
        """The id of what is to be done: the act or its undo."""
        return self.undo_id or self.act_id


class Confirmed(Generic[Planned]):
    """The act of one kind that was confirmed for a list, and its buttons. It is kept in the session under `key`."""

    def __init__(self, key: str) -> None:
        self._key = key

    @property
    def asked(self) -> Asked[Planned] | None:
        """What was confirmed last and not closed yet."""
        return cast("Asked[Planned] | None", st.session_state.get(f"{self._key}-asked"))

    def ask(self, planned: Planned, words: str) -> None:
        """Confirms an act: the next run of the page does it."""
        self._set(Asked(new_id(), planned, words))

    def close(self) -> None:
        """Has nothing confirmed any more."""
        st.session_state.pop(f"{self._key}-asked", None)

    def button(self, title: str, icon: str, planned: Planned, words: str) -> None:
        """In a dialog, which it closes: the act, in words."""
        if st.button(
            title,
            type="primary",
            icon=icon,
            key=f"{self._key}-confirm",
            on_click=self._set,
            args=(Asked(new_id(), planned, words),),
        ):
            st.rerun()

    def is_new(self, asked: Asked[Planned]) -> bool:
        """Whether this is the first time that what came of it is said."""
        seen = f"{self._key}-seen"
        new: bool = st.session_state.get(seen) != asked.run
        st.session_state[seen] = asked.run
        return new

    def said(self, told: str, asked: Asked[Planned], way_on: Callable[[], object] | None = None) -> None:
        """What came of it, in Markdown, with `way_on` from there and with its undo."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self._key}-outcome"):
            st.markdown(f":material/check: {told}", width="content")
            if way_on is not None:
                way_on()
            if not asked.undo_id:
                st.button(
                    say("Undo"),
                    icon=":material/undo:",
                    key=f"{self._key}-undo",
                    on_click=self._set,
                    args=(Asked(asked.act_id, asked.planned, asked.words, new_id()),),
                    help=say("Takes the whole act back, and nothing else"),
                )
            st.button(
                say("Close"),
                icon=":material/close:",
                type="tertiary",
                key=f"{self._key}-close",
                on_click=self.close,
            )

    def _set(self, asked: Asked[Planned]) -> None:
        st.session_state[f"{self._key}-asked"] = asked


def first_rows(dataset: Dataset, rows: Sequence[tuple[Example, str]]) -> None:
    """The first rows that an act is on, a line each, begun by what is said of it."""
    shown = [f"{row.example_id}: {begun}{line_of(dataset, row, LINE_CHARACTERS)}" for row, begun in rows]
    if shown:
        first_lines(say("First rows"), shown)


def first_lines(title: str, lines: Sequence[str]) -> None:
    """Lines about rows under a title, as they are: no link comes of an address in them, which may be cut."""
    with st.container(gap="xsmall"):
        st.caption(title)
        st.text("\n".join(lines))

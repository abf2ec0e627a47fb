"""How an error is shown: a `WinnowError` with its next step, anything else as an id that stands in the log;
and a disk on which there will be an error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import streamlit as st

from core.errors import WinnowError
from core.room import met
from core.services.room import RoomForecast
from core.settings import workspace
from core.words import say, say_stored

logger = logging.getLogger("winnow")


@contextmanager
def shown_errors() -> Iterator[None]:
    """Draws an error raised inside it where the page stands, and lets the page go on after it."""
    try:
        yield
    except Exception as error:
        caught(error)


def caught(error: BaseException) -> bool:
    """Draws an error that no `shown_errors` has met; True, so that Streamlit draws none of its own."""
    told = _told(error)
    show_error(told) if isinstance(told, WinnowError) else show_defect(told)
    return True


def show_error(error: WinnowError) -> None:
    """What is wrong and what to do next, drawn as text: it may hold values that look like Markdown."""
    st.error(plain(say_stored(error.message)), icon=":material/error:")
    if error.hint:
        st.caption(f":material/arrow_forward: {plain(say_stored(error.hint))}")
    if error.command:
        st.code(error.command, language="sh", wrap_lines=True)


def said(error: Exception) -> str:
    """An error as one line, for what draws it itself: what is wrong and what to do, or the id under which it is
    logged."""
    told = _told(error)
    if isinstance(told, WinnowError):
        return f"{say_stored(told.message)} {say_stored(told.hint)}".strip()
    return say("it is logged as {id}", id=_logged(error))


def show_defect(error: BaseException) -> None:
    """Logs what went wrong under a new id and shows the id."""
    incident = _logged(error)
    st.error(
        say("Something went wrong inside Winnow. It is logged as `{id}`.", id=incident), icon=":material/bug_report:"
    )
    again = say("Try again; if it comes back, report it with the log lines of that id.")
    st.caption(f":material/arrow_forward: {again}")


def _told(error: BaseException) -> BaseException:
    """The error, or that a disk is full where it says so."""
    if isinstance(error, WinnowError):  # such as that there is no such workspace
        return met(error, Path()) or error
    return met(error, workspace().root) or error


def _logged(error: BaseException) -> str:
    incident = uuid4().hex[:8]
    logger.error("defect %s", incident, exc_info=error)
    return incident


def room_line(found: RoomForecast | None) -> None:
    """What something will take of the disk, where that is tight or is not there; nothing where there is plenty."""
    if found is not None and (found.tight or not found.fits):
        st.warning(plain(say_stored(f"It {found.sentence}.")), icon=":material/hard_drive:")


def plain(text: str) -> str:
    """The text with everything that Markdown would read as markup escaped."""
    return "".join(f"\\{character}" if character in r"\`*_{}[]()<>#+-.!|~:$&" else character for character in text)

"""What the form for a load says of labels that are numbers, or look like them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.records import Preview
from core.services.load import is_number, of_numbers
from core.tasks import TASKS, Task
from core.ui.parts.problems import plain
from core.words import say


def hint(found: Preview, chosen: Task, label: str | None) -> None:
    """That the chosen label looks like another kind than the task's: classes or numbers."""
    column = next((one for one in found.columns if one.name == label), None)
    other = next((one for one in TASKS.values() if one.modality is chosen.modality and one.target.numeric), None)
    if column is None or other is None or chosen.target.several:
        return
    if chosen.target.numeric and not of_numbers(column, found.rows):
        st.caption(
            ":material/warning: "
            + say("{column} holds no numbers: rows whose label is none are set aside.", column=plain(column.name))
        )
    elif not chosen.target.numeric and is_number(column, found.rows, column.distinct + column.missing):
        st.caption(
            ":material/info: "
            + say(
                "{column} looks like numbers, not classes: the task “{task}” takes them as such.",
                column=plain(column.name),
                task=say(other.title),
            )
        )


def numbers_said(labels: Sequence[tuple[str, ...] | None]) -> str:
    """From which number to which, and the rows without one."""
    read = sorted((label[0] for label in labels if label), key=float)
    unread = labels.count(None)
    among = say("numbers from {low} to {high}", low=read[0], high=read[-1]) if read else say("no numbers")
    return " · ".join([among, *([say("{n:,} without a label that can be read", n=unread)] if unread else [])])

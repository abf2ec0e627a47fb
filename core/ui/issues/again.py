"""The button that asks again for rows that an earlier version's verdict has settled."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import IssueFilter, Scan
from core.services.review.again import ask_again
from core.ui.parts.problems import show_error
from core.words import later, say, say_n

HELP = later(
    "They are handed out again like any other flagged row. What was said of them stays in the list of decisions."
)


def ask_again_button(context: Context, user: str, scan: Scan, where: IssueFilter, total: int) -> None:
    """For all rows that the filter keeps; nothing where it does not keep settled ones."""
    if not where.settled or not total:
        return
    st.button(
        say_n("Ask again for this row", "Ask again for these {n:,} rows", total),
        key="ask-again",
        icon=":material/replay:",
        help=say(HELP),
        on_click=_ask,
        args=(context, user, scan, where),
    )


def _ask(context: Context, user: str, scan: Scan, where: IssueFilter) -> None:
    try:
        asked = ask_again(context, scan, where, user)
    except WinnowError as error:
        show_error(error)
    else:
        said = say_n("{n:,} row is asked for again.", "{n:,} rows are asked for again.", len(asked))
        st.toast(said, icon=":material/replay:")

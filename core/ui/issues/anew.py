"""The offer to rank a list anew with what was learnt from verdicts, what came of it, and the way back."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import Scan
from core.services.evaluation.words import percent
from core.services.review.anew import EVERY, Anew, Precision, anew, go_back, rank_anew
from core.ui.parts.problems import show_error
from core.words import later, say, say_n

HELP = later(
    "The heads learn from the labels as they are decided, without the rows that are left out; the rows that nobody has "
    "decided are ranked by them. It takes seconds, verdicts stay, and the former ranking can be had back. Do not "
    "expect much of it: on seven sets with errors that people made, the share of wrong labels among rows 51 to 200 "
    "changed by -2.0 to +3.3 percentage points, by +0.2 on average."
)


def anew_line(context: Context, user: str, scan: Scan) -> None:
    """A line once enough is decided, or where the list was ranked anew; else nothing."""
    found = anew(context, scan)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rank-anew-line"):
        if found.ranked_anew:
            st.caption(_what_came_of_it(found), width="content")
            st.button(
                say("Back to the former ranking"),
                icon=":material/undo:",
                type="tertiary",
                on_click=_back,
                args=(context, scan),
                key="rank-anew-back",
            )
        if found.due:
            if not found.ranked_anew:
                st.caption(say("{n:,} rows are decided since this list was made.", n=found.verdicts), width="content")
            st.button(
                say("Rank anew with what was learnt"),
                icon=":material/model_training:",
                type="tertiary",
                on_click=_rank,
                args=(context, scan, user),
                help=say(HELP),
                key="rank-anew",
            )


def _what_came_of_it(found: Anew) -> str:
    moved = say_n(
        "Ranked anew: {n} of the next {all} rows was not among them before.",
        "Ranked anew: {n} of the next {all} rows were not among them before.",
        found.moved,
        all=EVERY,
    )
    parts = [moved]
    if found.before is not None:
        parts.append(
            say(
                "Wrong among the last {n:,} flagged rows judged one by one before: {share}.",
                n=found.before.rows,
                share=_share(found.before),
            )
        )
    parts.append(
        say("No flagged row of this list has been judged one by one yet.")
        if found.after is None
        else say("Among the {n:,} judged since: {share}.", n=found.after.rows, share=_share(found.after))
    )
    return " ".join(parts)


def _share(one: Precision) -> str:
    return say(
        "{share} ({low} to {high})",
        share=percent(one.share.estimate),
        low=percent(one.share.low),
        high=percent(one.share.high),
    )


def _rank(context: Context, scan: Scan, user: str) -> None:
    try:
        rank_anew(context, scan, user)
    except WinnowError as error:
        show_error(error)
    else:
        st.toast(say("The list is being ranked anew: it is there in seconds."), icon=":material/model_training:")


def _back(context: Context, scan: Scan) -> None:
    try:
        go_back(context, scan)
    except WinnowError as error:
        show_error(error)
    else:
        st.toast(say("The former ranking is back."), icon=":material/undo:")

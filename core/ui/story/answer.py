"""The answer before all others: how good it is, how much of it is wrong; and the three acts that gain most."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.records import NextAct, Story
from core.services.evaluation.words import percent
from core.services.story.words import EFFECTS, ends, figure_name, gain, headline, share_words
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.ui.shell.pages import open_link
from core.ui.shell.reading import reading
from core.ui.story.behind import count
from core.ui.story.places import ERRORS, flagged_of
from core.words import say, say_n, say_stored

CARD_PIXELS = 260


def answer(told: Story) -> None:
    """A sentence, then a figure for each thing that one asks first."""
    st.markdown(plain(headline(told)))
    with st.container(border=True, key="story-figures"):
        first, second, third = st.columns(3, gap="medium")
        if told.score:
            with first.container(gap="xxsmall"):
                st.metric(
                    figure_name(told.score),
                    percent(told.score.score.estimate),
                    width="content",
                )
                st.caption(
                    say(
                        "probably {ends}, on {n:,} rows of {split}",
                        ends=ends(told.score.score),
                        n=told.score.rows,
                        split=plain(split_said(told.score.split)),
                    )
                )
                if told.errors:
                    count(say_n("{n:,} error", "{n:,} errors", told.errors), ERRORS)
        line = next((one for one in reversed(told.lines) if one.share_wrong), None)
        if line and line.share_wrong:
            with second.container(gap="xxsmall"):
                share = say("cannot be told") if line.untold else percent(line.share_wrong.estimate)
                st.metric(say("Wrong labels, version {n}", n=line.version.number), share, width="content")
                likely = say("probably {ends} of all labels", ends=ends(line.share_wrong))
                st.caption(share_words(line) if line.untold else likely)
                count(say("{n:,} flagged rows", n=line.flagged or 0), flagged_of(line.version.number))
        with third.container(gap="xxsmall"):
            what_cleaning_did(told)


def what_cleaning_did(told: Story) -> None:
    """Whether it paid, and how much of it there was."""
    st.metric(say("Did the cleaning pay?"), say(EFFECTS[told.effect_verdict]), width="content")
    rows = say_n("{n:,} row decided", "{n:,} rows decided", sum(one.rows for one in told.decided))
    st.caption(say_n("{rows}, {n:,} version", "{rows}, {n:,} versions", len(told.lines), rows=rows))


def next_acts(told: Story) -> None:
    """What should be done next: each with its figure and its reason; a link for whoever may do it."""
    if not told.next_acts:
        st.caption(say("Nothing that is known of."))
        return
    with st.grid(3, min_column_width=CARD_PIXELS, gap="small"):
        for place, act in enumerate(told.next_acts, 1):
            with st.container(border=True, height="stretch", gap="xsmall"):
                _act(act, place)


def _act(act: NextAct, place: int) -> None:
    st.markdown(f"**{place}. {plain(say_stored(act.title))}**")
    measured = say("Measured by {what}.", what=plain(say_stored(act.measured)))
    st.markdown(f":small[{plain(gain(act).capitalize())}]", help=measured)
    st.caption(plain(say_stored(act.why)))
    if not reading():
        st.space("stretch")
        query: dict[str, str | int | None] = dict(act.place.query)
        kind: Literal["primary", "secondary"] = "primary" if place == 1 else "secondary"
        open_link(
            act.place.page, say("Do this"), key=f"act-{place}", type=kind, icon=":material/arrow_forward:", **query
        )

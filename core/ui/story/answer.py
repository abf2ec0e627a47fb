"""The answer before all others: how good it is, how much of it is wrong; and the three acts that gain most."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.records import NextAct, Story
from core.services.evaluation.words import percent
from core.services.story.words import EFFECTS, ends, gain, headline, share_words
from core.ui.parts.problems import plain
from core.ui.shell.pages import open_link
from core.ui.shell.reading import reading
from core.ui.story.behind import ERRORS, count, flagged_of

CARD_PIXELS = 260


def answer(told: Story) -> None:
    """A sentence, then a figure for each thing that one asks first."""
    st.markdown(plain(headline(told)))
    with st.container(border=True, key="story-figures"):
        first, second, third = st.columns(3, gap="medium")
        if told.score:
            with first.container(gap="xxsmall"):
                st.metric(
                    f"{told.score.figure[:1].upper()}{told.score.figure[1:]}",
                    percent(told.score.score.estimate),
                    width="content",
                )
                st.caption(
                    f"probably {ends(told.score.score)}, on {told.score.rows:,} rows of {plain(told.score.split)}"
                )
                if told.errors:
                    count(f"{told.errors:,} {'error' if told.errors == 1 else 'errors'}", ERRORS)
        line = next((one for one in reversed(told.lines) if one.share_wrong), None)
        if line and line.share_wrong:
            with second.container(gap="xxsmall"):
                share = "cannot be told" if line.untold else percent(line.share_wrong.estimate)
                st.metric(f"Wrong labels, version {line.version.number}", share, width="content")
                st.caption(f"probably {ends(line.share_wrong)} of all labels" if not line.untold else share_words(line))
                count(f"{line.flagged or 0:,} flagged rows", flagged_of(line.version.number))
        with third.container(gap="xxsmall"):
            st.metric("Did the cleaning pay?", EFFECTS[told.effect_verdict], width="content")
            decided = sum(one.rows for one in told.decided)
            st.caption(f"{decided:,} {'row' if decided == 1 else 'rows'} decided, {len(told.lines):,} versions")


def next_acts(told: Story) -> None:
    """What should be done next: each with its figure and its reason; a link for whoever may do it."""
    if not told.next_acts:
        st.caption("Nothing that is known of.")
        return
    with st.grid(3, min_column_width=CARD_PIXELS, gap="small"):
        for place, act in enumerate(told.next_acts, 1):
            with st.container(border=True, height="stretch", gap="xsmall"):
                _act(act, place)


def _act(act: NextAct, place: int) -> None:
    st.markdown(f"**{place}. {plain(act.title)}**")
    st.markdown(f":small[{plain(gain(act).capitalize())}]", help=f"Measured by {plain(act.measured)}.")
    st.caption(plain(act.why))
    if not reading():
        st.space("stretch")
        query: dict[str, str | int | None] = dict(act.place.query)
        kind: Literal["primary", "secondary"] = "primary" if place == 1 else "secondary"
        open_link(act.place.page, "Do this", key=f"act-{place}", type=kind, icon=":material/arrow_forward:", **query)

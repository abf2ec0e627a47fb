"""Is it better than it was, and than what there was before? Versions, who decided what, the baselines."""

from __future__ import annotations

import streamlit as st

from core.charts.style import CONFIG
from core.charts.trend import trend
from core.records import Estimate, Story
from core.services.story.words import VERBS, answers, baseline_words, share_words, tallies_by_person, with_ends
from core.ui.parts.problems import plain
from core.ui.story.behind import count, decided_by

VERDICTS = {"better": ":material/trending_up:", "worse": ":material/trending_down:", "unclear": ":material/help:"}


def versions(told: Story) -> None:
    """Both trends as pictures; their numbers are one click away."""
    st.markdown(plain(answers(told)["trend"]))
    names = [f"v{line.version.number}" for line in told.lines]
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption("**Share of wrong labels**, as the newest scan of each version estimates it, with 95 % intervals")
        known = [None if line.untold else line.share_wrong for line in told.lines]
        _chart(names, known, "wrong", "No scan can tell it yet.")
    with right:
        score = f"{told.score.figure[:1].upper()}{told.score.figure[1:]}" if told.score else "Score"
        st.caption(f"**{score}** of the newest run on each version, all by the labels of version {told.newest.number}")
        _chart(names, [line.score.score if line.score else None for line in told.lines], "score", "No run yet.")
    with st.expander("Numbers", icon=":material/table:"):
        _numbers(told)


def decided(told: Story) -> None:
    """Who decided what and when; each count opens its rows."""
    if not told.decided:
        st.caption("Nobody has decided anything yet.")
        return
    with st.container(gap="xxsmall", key="story-decided"):
        for one in tallies_by_person(told.decided):
            when = (
                f"{one.first:%d %b %Y}"
                if one.first.date() == one.last.date()
                else f"{one.first:%d %b} – {one.last:%d %b %Y}"
            )
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                count(f"{one.rows:,} {VERBS[one.action]}", decided_by(one))
                st.caption(f"by {plain(one.reviewer)} on version {one.version}, {when}", width="content")


def baselines(told: Story) -> None:
    """The score beside each of them, with what may be said."""
    if told.score is None:
        st.caption("There is no model yet that could be held against anything.")
        return
    rows = [
        {
            "": "This model",
            "what it is": f"{told.score.run.title} (run {told.score.run.number})",
            told.score.figure: with_ends(told.score.score),
            "this model is": "",
        },
        *(
            {
                "": one.name,
                "what it is": one.meaning,
                told.score.figure: with_ends(one.score),
                "this model is": baseline_words(one, told.score.score),
            }
            for one in told.baselines
        ),
    ]
    for one in told.baselines:
        icon = VERDICTS[one.verdict(told.score.score)]
        st.markdown(f"{icon} {plain(_capital(baseline_words(one, told.score.score)))}.")
    with st.expander("Numbers", icon=":material/table:"):
        st.dataframe(rows, hide_index=True, key="story-baselines", alt="The score beside the baselines")


def _chart(names: list[str], values: list[Estimate | None], key: str, nothing: str) -> None:
    known = [(name, one) for name, one in zip(names, values, strict=True) if one]
    if not known:
        st.caption(nothing)
        return
    st.plotly_chart(
        trend(names, values),
        config=CONFIG,
        key=f"story-trend-{key}",
        alt="; ".join(f"{name} {with_ends(one)}" for name, one in known),
    )


def _numbers(told: Story) -> None:
    st.dataframe(
        [
            {
                "version": line.version.number,
                "made": f"{line.version.created_at:%d %b %Y}",
                "by": line.version.created_by,
                "note": line.version.note,
                "rows": line.version.row_count,
                "wrong labels": share_words(line),
                "flagged": line.flagged,
                "run": line.score.run.number if line.score else None,
                "score": with_ends(line.score.score) if line.score else "no run",
            }
            for line in told.lines
        ],
        hide_index=True,
        key="story-versions",
        alt="Versions with their shares of wrong labels and scores",
        placeholder="",
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

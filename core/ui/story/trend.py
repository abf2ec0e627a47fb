"""Is it better than it was, and than what there was before? Versions, who decided what, the baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.charts.trend import trend
from core.records import Estimate, Story, note_said
from core.services.story.words import (
    NO_MODEL_TO_HOLD,
    VERBS,
    answers,
    baseline_meaning,
    baseline_words,
    capital,
    day,
    ended,
    figure_name,
    share_words,
    tallies_by_person,
    with_ends,
)
from core.ui.chart_files import chart_with_files
from core.ui.parts.problems import plain
from core.ui.story.behind import count
from core.ui.story.places import decided_by
from core.words import say, say_stored

VERDICTS = {"better": ":material/trending_up:", "worse": ":material/trending_down:", "unclear": ":material/help:"}


def versions(told: Story) -> None:
    """Both trends as pictures; their numbers are one click away."""
    st.markdown(plain(answers(told)["trend"]))
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(
            say("**Share of wrong labels**, as the newest scan of each version estimates it, with 95 % intervals")
        )
        known = [None if line.untold else line.share_wrong for line in told.lines]
        version_chart(told, known, "wrong", say("No scan can tell it yet."))
    with right:
        about = {"score": figure_name(told.score), "n": told.newest.number}
        st.caption(say("**{score}** of the newest run on each version, all by the labels of version {n}", **about))
        version_chart(told, scores_of(told), "score", say("No run yet."))
    with st.expander(say("Numbers"), icon=":material/table:"):
        _numbers(told)


def decided(told: Story) -> None:
    """Who decided what and when; each count opens its rows."""
    if not told.decided:
        st.caption(say("Nobody has decided anything yet."))
        return
    with st.container(gap="xxsmall", key="story-decided"):
        for one in tallies_by_person(told.decided):
            days = {"first": one.first, "last": one.last}
            one_day = one.first.date() == one.last.date()
            when = day(one.first) if one_day else say("{first:%d %b} – {last:%d %b %Y}", **days)
            about = {"user": plain(one.reviewer), "n": one.version, "when": when}
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                count(say("{n:,} {action}", n=one.rows, action=say(VERBS[one.action])), decided_by(one))
                st.caption(say("by {user} on version {n}, {when}", **about), width="content")


def baselines(told: Story) -> None:
    """The score beside each of them, with what may be said."""
    if told.score is None:
        st.caption(say(NO_MODEL_TO_HOLD))
        return
    what, verdict, figure = say("what it is"), say("this model is"), say(told.score.figure)
    rows = [
        {
            "": say("This model"),
            what: say("{title} (run {n})", title=say_stored(told.score.run.title), n=told.score.run.number),
            figure: with_ends(told.score.score),
            verdict: "",
        },
        *(
            {
                "": say_stored(one.name),
                what: baseline_meaning(one),
                figure: with_ends(one.score),
                verdict: baseline_words(one, told.score.score),
            }
            for one in told.baselines
        ),
    ]
    for one in told.baselines:
        icon = VERDICTS[one.verdict(told.score.score)]
        st.markdown(f"{icon} {plain(ended(capital(baseline_words(one, told.score.score))))}")
    with st.expander(say("Numbers"), icon=":material/table:"):
        st.dataframe(rows, hide_index=True, key="story-baselines", alt=say("The score beside the baselines"))


def scores_of(told: Story) -> list[Estimate | None]:
    """Of each version the score of its newest run, if it has one."""
    return [line.score.score if line.score else None for line in told.lines]


def version_chart(
    told: Story,
    values: Sequence[Estimate | None],
    key: str,
    nothing: str,
    said: Callable[[float], str] | None = None,
) -> None:
    """The values of the versions as a picture, which are shares unless it is `said` how to write them; `nothing` where
    there is none."""
    names = [say("v{n}", n=line.version.number) for line in told.lines]
    known = [(name, one) for name, one in zip(names, values, strict=True) if one]
    if not known:
        st.caption(nothing)
        return
    chart_with_files(
        trend(names, values, said),
        key=f"story-trend-{key}",
        dataset=told.dataset.name,
        name=f"{key}-by-version",
        columns={
            "version": [line.version.number for line, one in zip(told.lines, values, strict=True) if one],
            "estimate": [one.estimate for _, one in known],
            "low": [one.low for _, one in known],
            "high": [one.high for _, one in known],
        },
        alt=say("; ").join(f"{name} {_ends_said(one, said)}" for name, one in known),
    )


def _ends_said(one: Estimate, said: Callable[[float], str] | None) -> str:
    return with_ends(one) if said is None else f"{said(one.estimate)} ({said(one.low)} – {said(one.high)})"


def _numbers(told: Story) -> None:
    st.dataframe(
        [
            {
                say("version"): line.version.number,
                say("made"): day(line.version.created_at),
                say("by"): line.version.created_by,
                say("note"): note_said(line.version),
                say("rows"): line.version.row_count,
                say("wrong labels"): share_words(line),
                say("flagged"): line.flagged,
                say("run"): line.score.run.number if line.score else None,
                say("score"): with_ends(line.score.score) if line.score else say("no run"),
            }
            for line in told.lines
        ],
        hide_index=True,
        key="story-versions",
        alt=say("Versions with their shares of wrong labels and scores"),
        placeholder="",
    )

"""The story where labels are numbers: the answer first, then each question with its answer and the way to its rows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.context import Context
from core.records import Dataset, note_said
from core.services.evaluation.number_report import MEANINGS, TITLES, between, number_report
from core.services.story.number_words import QUESTIONS, amount, headline, number_answers, worst_parts
from core.services.story.numbers import NumberStory, number_story
from core.services.story.words import day
from core.tasks import target_of
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.shell.guard import current_user
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.ui.story.answer import next_acts, what_cleaning_did
from core.ui.story.behind import count as counted
from core.ui.story.behind import rows_behind
from core.ui.story.errors import effect
from core.ui.story.places import flagged_of
from core.ui.story.share import take_along
from core.ui.story.trend import decided, scores_of, version_chart
from core.words import say, say_n, say_stored

FIGURES = ("mae", "r2")


def number_page(context: Context, dataset: Dataset) -> bool:
    """Whether the labels are numbers: then all of it is drawn, from what can be taken along to what the figures
    cannot tell."""
    if not target_of(dataset).numeric:
        return False
    story = settled(lambda: number_story(context, dataset))
    if story is not None:
        _number_page(context, story)
    return True


def _number_page(context: Context, story: NumberStory) -> None:
    told = story.told
    take_along(told.dataset, _report(context, story))
    _answer(story)
    rows_behind(context, told, "flagged")
    said = number_answers(story)
    _header("next")
    next_acts(told)
    _header("trend")
    st.markdown(plain(said["trend"]))
    if story.found is not None:
        st.caption(
            say(
                "**MAE** of the newest run on each version, all by the labels of version {n}: lower is nearer",
                n=told.newest.number,
            )
        )
        version_chart(told, scores_of(told), "mae", say("No run yet."), amount)
    with st.expander(say("Numbers"), icon=":material/table:"):
        _versions(story)
    decided(told)
    rows_behind(context, told, "decided")
    _header("baseline")
    st.markdown(plain(said["baseline"]))
    _header("worst")
    for one in worst_parts(story) or [said["worst"]]:
        st.markdown(plain(one))
    _to_evaluation(story, "range", say("All parts of the range"))
    _header("suspects")
    st.markdown(plain(said["suspects"]))
    suspects = story.found.suspects if story.found else 0
    if suspects:
        words = say_n("{n:,} label that is probably wrong", "{n:,} labels that are probably wrong", suspects)
        _to_evaluation(story, "residuals", words, "suspect = true")
    _to_evaluation(story, "residuals", say("The rows that are farthest off"))
    _header("effect")
    effect(told)
    with st.expander(say("What these figures cannot tell"), icon=":material/info:"):
        for one in told.limits:
            st.caption(plain(say_stored(one)))


def _report(context: Context, story: NumberStory) -> Callable[[], str] | None:
    """What writes the report: the evaluation of the run that is told of."""
    run, found = story.run, story.found
    if run is None or found is None:
        return None
    return lambda: number_report(context, run, found.split, "newest", current_user())


def _header(question: str) -> None:
    st.header(say(QUESTIONS[question]), anchor=False)


def _answer(story: NumberStory) -> None:
    told, found = story.told, story.found
    st.markdown(plain(headline(story)))
    with st.container(border=True, key="story-figures"):
        columns = st.columns(3, gap="medium")
        if found is not None:
            for column, name in zip(columns, FIGURES, strict=False):
                one = found.figures[name]
                with column.container(gap="xxsmall"):
                    st.metric(say(TITLES[name]), amount(one.estimate), width="content")
                    meaning, ends = say(MEANINGS[name]), between(one.low, one.high)
                    st.caption(say("{meaning}; {interval}", meaning=meaning, interval=ends))
        with columns[-1].container(gap="xxsmall"):
            what_cleaning_did(told)
            line = next((one for one in reversed(told.lines) if one.flagged is not None), None)
            if line is not None:
                counted(say("{n:,} flagged rows", n=line.flagged or 0), flagged_of(line.version.number))


def _versions(story: NumberStory) -> None:
    lines = story.told.lines
    scored = [line.score for line in lines]
    st.dataframe(
        {
            "version": [line.version.number for line in lines],
            "made": [day(line.version.created_at) for line in lines],
            "by": [line.version.created_by for line in lines],
            "note": [note_said(line.version) for line in lines],
            "rows": [line.version.row_count for line in lines],
            "flagged": [line.flagged for line in lines],
            "run": [one.run.number if one else None for one in scored],
            "mae": [
                f"{amount(one.score.estimate)} ({amount(one.score.low)} – {amount(one.score.high)})"
                if one
                else say("no run")
                for one in scored
            ],
        },
        hide_index=True,
        key="story-versions",
        column_config={
            "version": say("version"),
            "made": say("made"),
            "by": say("by"),
            "note": say("note"),
            "rows": say("rows", "column"),
            "flagged": say("flagged"),
            "run": say("run"),
            "mae": say("MAE (95 % interval)"),
        },
        alt=say("Versions with the rows that scans flagged and the error of the newest run on each"),
        placeholder="",
    )


def _to_evaluation(story: NumberStory, view: str, words: str, where: str | None = None) -> None:
    if story.run is None or story.found is None or reading():
        return
    link(
        "evaluation",
        words,
        icon=":material/arrow_forward:",
        icon_position="right",
        dataset=story.told.dataset.name,
        run=story.run.number,
        split=story.found.split,
        labels="newest",
        view=view,
        where=where,
    )

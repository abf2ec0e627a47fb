"""Ways to start: the samples, one click away, and one's own data, on Home and where data is loaded; and the first steps
of the dataset that somebody is on."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset
from core.services.load import Sample
from core.services.steps.first_steps import FirstStep, FirstSteps, StepName, shown_first_steps
from core.services.steps.overview import Standing
from core.tasks import task_named
from core.ui.parts.problems import plain
from core.ui.parts.samples import sample_button
from core.ui.shell.first_steps import SHORT, outcome, put_away_button
from core.ui.shell.pages import open_link
from core.words import later, say

EXPLAINED: dict[StepName, str] = {
    "load": later("A file, a hub dataset or a sample."),
    "scan": later("Every row is ranked by how likely its label is wrong. The first list takes seconds."),
    "review": later("The worst first, one key a row: keep the label, or take the one it looks like."),
    "version": later("Your verdicts become a new version. The labels as loaded stay as they are."),
    "compare": later(
        "Trains small models on both versions, and on as many random changes, and scores them on the same rows."
    ),
}
OWN_DATA = later("CSV, TSV, JSON, CoNLL, Parquet, Arrow, Excel, a hub dataset, or images or sounds in class folders")


def start_cards(context: Context, user: str, left: Sequence[Sample]) -> None:
    """For an empty workspace: what it is for, and three ways to begin."""
    st.markdown(say("Find the wrong labels in a dataset, fix them with the keyboard, keep every version."))
    with st.grid(4, min_column_width=250, gap="small"):
        with st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f":material/upload: **{say('Your own data')}**")
            st.caption(say(OWN_DATA))
            st.space("stretch")
            open_link("data", say("Load data"), key="start-own", type="primary", view="load")
        for sample in left:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f":material/{task_named(sample.task).modality.icon}: **{say(sample.title)}**")
                if sample.about:
                    said = later("{about} Five steps show what it finds, and what mending them brings.")
                    st.markdown(say(said, about=say(sample.about)))
                st.caption(say("Sample · {n:,} rows · {licence}", n=sample.rows, licence=sample.licence))
                st.space("stretch")
                sample_button(context, user, sample, say("Load sample"))


def steps_ahead() -> None:
    """What the first minutes with a dataset are, for who has none yet."""
    with st.container(gap="xsmall", key="steps-ahead"):
        st.markdown(f"**{say('Then, in five steps')}**")
        with st.grid(5, min_column_width=180, gap="small"):
            for number, (name, explained) in enumerate(EXPLAINED.items(), 1):
                st.markdown(f":material/counter_{number}: **{say(SHORT[name])}**  \n:small[:gray[{say(explained)}]]")


def start_row(context: Context, user: str, left: Sequence[Sample]) -> None:
    """The same in one line, above datasets that are there."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="start-row"):
        open_link("data", say("Load data"), key="start-own", type="primary", icon=":material/add:", view="load")
        for sample in left:
            sample_button(context, user, sample, say("Sample: {title}", title=say(sample.title)))


def steps_card(context: Context, user: str, found: Sequence[Standing]) -> Dataset | None:
    """The first steps of the newest of these datasets that are not put away, and what they came to. Returns the dataset
    whose next step it says."""
    shown = ((one.dataset, shown_first_steps(context, one.dataset)) for one in found)
    dataset, steps = next(((dataset, steps) for dataset, steps in shown if steps is not None), (None, None))
    if dataset is None or steps is None:
        return None
    with st.container(border=True, gap="xsmall", key="first-steps-card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(say("**{dataset}**, the first steps", dataset=plain(dataset.name)), width="content")
            st.space("stretch")
            put_away_button(context, dataset, user)
        if steps.next is None:
            outcome(steps)
        else:
            _list(steps)
            _go_on(dataset, steps.next)
    return dataset if steps.next else None


def _list(steps: FirstSteps) -> None:
    with st.grid(5, min_column_width=150, gap="xsmall"):
        for number, step in enumerate(steps.steps, 1):
            mark = ":green[:material/check_circle:]" if step.done else f":material/counter_{number}:"
            done = (
                f":small[:gray[{say('done')}]]"
                if step.done
                else f":small[:gray[{step.progress}]]"
                if step.progress
                else ""
            )
            st.markdown(f"{mark} **{step.title}** {done}" if step is steps.next else f"{mark} {step.title} {done}")


def _go_on(dataset: Dataset, step: FirstStep) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        open_link(
            step.page,
            step.title,
            key="first-steps-next",
            type="primary",
            icon=":material/arrow_forward:",
            dataset=dataset.name,
            version=step.version,
            view=step.view,
        )
        st.caption(say(EXPLAINED[step.name]), width="content")


def sample_row(context: Context, user: str, left: Sequence[Sample]) -> None:
    """The samples alone."""
    with st.container(horizontal=True):
        for sample in left:
            sample_button(context, user, sample, say("Load {title}", title=say(sample.title)))
    if not left:
        st.caption(say("All samples are in this workspace: Home lists them."))

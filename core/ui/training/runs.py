"""Train, view Runs: every run of the dataset, and which of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.errors import NotFoundError
from core.records import ENDED, Dataset, Job, Run
from core.services.runs.listing import RunAndJob, get_run, headline_scores
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.job_words import ago, mark
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain, show_error
from core.ui.training.named import name_of
from core.ui.training.run import evaluate_link
from core.words import later, say, say_n, say_stored

PAGE_RUNS = 15
PAGE_KEY = "runs-page"
WIDTHS = (3.4, 2.2, 1.2, 1.2, 2, 1.4)
NUMBERS = ("mae", "r2")
"""The scores of labels that are numbers."""
HEADS = (later("Run"), later("Status"), later("Test accuracy"), later("Test macro F1"), later("When"), "")
SETS_HEADS = (HEADS[0], HEADS[1], later("Test subset accuracy"), *HEADS[3:])
"""Where a row may have several classes or entities: it is right where all of them are."""
NUMBER_HEADS = (later("Run"), later("Status"), later("Test MAE"), later("Test R²"), later("When"), "")


def chosen_of(context: Context, dataset: Dataset, found: Sequence[RunAndJob]) -> RunAndJob:
    """The run that the URL names, else the newest."""
    named = st.query_params.get(keys.RUN)
    if named is None:
        return found[0]
    try:
        return get_run(context, dataset.dataset_id, named)
    except NotFoundError as error:
        show_error(error)
        return found[0]


def run_list(dataset: Dataset, found: Sequence[RunAndJob], chosen: Run) -> None:
    """Every run of the dataset, newest first, a page at a time; `chosen` is marked."""
    number = int(st.session_state.get(PAGE_KEY, 1))
    shown = found[(number - 1) * PAGE_RUNS : number * PAGE_RUNS]
    st.caption(say_n("{n:,} run of this dataset", "{n:,} runs of this dataset, newest first", len(found)))
    with st.container(gap=None, border=True, key="run-list"):
        with st.container(key="run-list-head"):
            for column, head in zip(st.columns(WIDTHS), _heads(dataset), strict=True):
                column.caption(say(head) if head else "")
        for run, job in shown:
            _line(dataset, run, job, run.run_id == chosen.run_id)
    if len(found) > PAGE_RUNS:
        st.pagination(-(-len(found) // PAGE_RUNS), key=PAGE_KEY)


def _heads(dataset: Dataset) -> tuple[str, ...]:
    target = task_named(dataset.task).target
    return NUMBER_HEADS if target.numeric else SETS_HEADS if target.several else HEADS


def _line(dataset: Dataset, run: Run, job: Job, is_chosen: bool) -> None:
    with st.container(key=f"run-line-{run.number}"):
        name, status, accuracy, macro_f1, when, action = st.columns(WIDTHS, vertical_alignment="center")
    name.button(
        f"**{run.number}** {plain(name_of(run))}",
        key=f"run-{run.number}",
        type="tertiary",
        icon=f":material/{'radio_button_checked' if is_chosen else 'radio_button_unchecked'}:",
        on_click=_choose,
        args=(run.number,),
    )
    status.caption(
        f"{mark(job.status)} {say_stored(job.status)}"
        if job.status in ENDED
        else f"{mark('running')} {say('under way')}"
    )
    split, scores = headline_scores(run)
    on = "" if split in (None, "test") else say(" on {split}", split=split_said(split))
    names = NUMBERS if task_named(dataset.task).target.numeric else ("accuracy", "macro_f1")
    heads = _heads(dataset)[2:4]  # a narrow page has no line of heads: there each figure has its own
    for column, score, head in zip((accuracy, macro_f1), names, heads, strict=True):
        value = scores.get(score) if split else None
        told = "–" if value is None else f"{value:.2%}{on}" if score not in NUMBERS else f"{value:.4g}{on}"
        column.caption(f":small[{say(head)}] {told}")
    when.caption(plain(f"{ago(run.created_at, datetime.now(UTC))}, {run.created_by}"))
    if split:
        with action:
            evaluate_link(dataset, run, split)


def _choose(number: int) -> None:
    st.query_params[keys.RUN] = str(number)

"""Train, view Runs: every run of the dataset, and the chosen one in full."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.errors import NotFoundError
from core.records import ENDED, Job, Run
from core.services.runs.listing import get_run, headline_scores, list_runs
from core.ui import keys
from core.ui.parts.empty import empty_state
from core.ui.parts.job_line import MARKS
from core.ui.parts.problems import plain, show_error
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link
from core.ui.shell.strip import duration
from core.ui.training.run import chosen_run, evaluate_link

PAGE_RUNS = 15
PAGE_KEY = "runs-page"
WIDTHS = (3.4, 2.2, 1.2, 1.2, 2, 1.4)
HEADS = ("Run", "Status", "Test accuracy", "Test macro F1", "When", "")


def runs_view(frame: Frame) -> None:
    """The run that the URL names, else the newest, above the list of all of them."""
    found = list_runs(frame.context, frame.dataset.dataset_id)
    if not found:
        _nothing_yet(frame)
        return
    run, job = _chosen(frame, found)
    chosen_run(frame, run, job)
    _list(frame, found, run)


def _chosen(frame: Frame, found: list[tuple[Run, Job]]) -> tuple[Run, Job]:
    named = st.query_params.get(keys.RUN)
    if named is None:
        return found[0]
    try:
        return get_run(frame.context, frame.dataset.dataset_id, named)
    except NotFoundError as error:
        show_error(error)
        return found[0]


def _nothing_yet(frame: Frame) -> None:
    name, number = frame.dataset.name, frame.version.number
    empty_state(
        "No model has been trained on this dataset yet",
        "A quick retrain takes seconds: the last layer of a bundled model, on embeddings that a scan has cached.",
        icon="model_training",
        action=lambda: link(
            "training", "Train one", icon=":material/play_arrow:", view="new", dataset=name, version=number
        ),
    )


def _list(frame: Frame, found: list[tuple[Run, Job]], chosen: Run) -> None:
    number = int(st.session_state.get(PAGE_KEY, 1))
    shown = found[(number - 1) * PAGE_RUNS : number * PAGE_RUNS]
    st.caption(f"{len(found):,} runs of this dataset, newest first" if len(found) > 1 else "1 run of this dataset")
    with st.container(gap=None, border=True, key="run-list"):
        with st.container(key="run-list-head"):
            for column, head in zip(st.columns(WIDTHS), HEADS, strict=True):
                column.caption(head)
        for run, job in shown:
            _line(frame, run, job, run.run_id == chosen.run_id)
    if len(found) > PAGE_RUNS:
        st.pagination(-(-len(found) // PAGE_RUNS), key=PAGE_KEY)


def _line(frame: Frame, run: Run, job: Job, is_chosen: bool) -> None:
    with st.container(key=f"run-line-{run.number}"):
        name, status, accuracy, macro_f1, when, action = st.columns(WIDTHS, vertical_alignment="center")
    name.button(
        f"**{run.number}** {plain(run.title)}",
        key=f"run-{run.number}",
        type="tertiary",
        icon=f":material/{'radio_button_checked' if is_chosen else 'radio_button_unchecked'}:",
        on_click=_choose,
        args=(run.number,),
    )
    mark, colour = MARKS[job.status if job.status in ENDED else "running"]
    status.caption(f":{colour}[:material/{mark}:] {job.status if job.status in ENDED else 'under way'}")
    split, scores = headline_scores(run)
    on = "" if split in (None, "test") else f" on {split}"
    for column, score in ((accuracy, "accuracy"), (macro_f1, "macro_f1")):
        column.caption(f"{scores[score]:.2%}{on}" if split else "–")
    ago = duration((datetime.now(UTC) - run.created_at).total_seconds())
    when.caption(plain(f"{ago} ago, {run.created_by}"))
    if split:
        with action:
            evaluate_link(frame, run, split)


def _choose(number: int) -> None:
    st.query_params[keys.RUN] = str(number)

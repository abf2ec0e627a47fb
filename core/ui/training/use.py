"""Train, view Use the model: ask the model of a run about one example, predict a file with it, take it elsewhere."""

from __future__ import annotations

import streamlit as st

from core.records import Run
from core.services.runs.listing import done_runs, headline_scores
from core.services.runs.models import export_model, folder_name, output_of, snippet
from core.ui import keys
from core.ui.parts.choices import pick, switch
from core.ui.parts.downloads import download_link
from core.ui.parts.empty import empty_state
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link
from core.ui.training.ask import ask_view
from core.ui.training.batch import batch_view

WAYS = {"one": ("One example", ask_view), "file": ("A whole file", batch_view)}


def use_view(frame: Frame) -> None:
    """The run that the URL names, else the newest one that is done."""
    done = {str(run.number): run for run in done_runs(frame.context, frame.dataset.dataset_id)}
    if not done:
        _nothing_yet(frame)
        return
    run = _chosen(done)
    way = switch("What to predict", keys.USE, {name: title for name, (title, _) in WAYS.items()})
    with shown_errors():
        WAYS[way][1](frame, run)
    with shown_errors():
        _take_away(frame, run)


def _chosen(done: dict[str, Run]) -> Run:
    named = st.query_params.get(keys.RUN)
    if named is not None and named not in done:
        st.caption(f":material/info: {plain(f'Run {named} has no model: it is not there, or not done.')}")
    return done[pick("Run", keys.RUN, {number: _named(run) for number, run in done.items()}, width=520, labelled=True)]


def _named(run: Run) -> str:
    """`3: Quick retrain of minilm, version 2 (97.1% on test)`."""
    split, scores = headline_scores(run)
    return f"{run.number}: {run.title}" + (f" ({scores['accuracy']:.1%} on {split})" if split else "")


def _nothing_yet(frame: Frame) -> None:
    name, number = frame.dataset.name, frame.version.number
    empty_state(
        "There is no model to use yet",
        "A quick retrain takes seconds; what it leaves can be asked here.",
        icon="model_training",
        action=lambda: link(
            "training", "Train one", icon=":material/play_arrow:", view="new", dataset=name, version=number
        ),
    )


def _take_away(frame: Frame, run: Run) -> None:
    """The model folder as a ZIP, and how to load it anywhere."""
    context, name = frame.context, folder_name(frame.context, run)
    size = sum(file.stat().st_size for file in (output_of(context, run) / "model").rglob("*"))
    with st.expander("Take the model elsewhere", icon=":material/folder_zip:"):
        download_link(
            context.workspace,
            f"Download model (ZIP, {size / 1e6:,.0f} MB)",
            f"{name}.zip",
            lambda folder: export_model(context, run, folder / f"{name}.zip"),
            "model",
            run.run_id,
        )
        st.caption("Unpacked, it loads with nothing but transformers:")
        st.code(snippet(context, run), language="python")

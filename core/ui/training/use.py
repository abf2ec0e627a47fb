"""Train, view Use the model: ask the model of a run about one example, predict a file with it, take it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.context import Context
from core.records import Dataset, Run
from core.services.runs.listing import headline_scores
from core.services.runs.models import export_model, folder_name, output_of, snippet
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.choices import pick, switch
from core.ui.parts.downloads import download_link
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

WAYS: dict[Literal["one", "file"], str] = {"one": later("One example"), "file": later("A whole file")}


def choose_model(dataset: Dataset, runs: Sequence[Run]) -> Run:
    """The run that the URL names, else the newest of these. All of them are done."""
    done = {str(run.number): run for run in runs}
    named = st.query_params.get(keys.RUN)
    if named is not None and named not in done:
        st.caption(
            f":material/info: {plain(say('Run {named} has no model: it is not there, or not done.', named=named))}"
        )
    several = task_named(dataset.task).target.several
    names = {number: _named(run, several) for number, run in done.items()}
    return done[pick(say("Run"), keys.RUN, names, width=520, labelled=True)]


def _named(run: Run, several: bool) -> str:
    """`3: Quick retrain of minilm, version 2 (97.1% on test)`."""
    split, scores = headline_scores(run)
    if split and scores.get("mae") is not None:
        score = say(" (MAE {mae:.4g} on {split})", mae=scores["mae"], split=split_said(split))
        return f"{run.number}: {say_stored(run.title)}{score}"
    score = ""
    if split:
        said = {"accuracy": scores["accuracy"], "split": split_said(split)}
        score = (
            say(" ({accuracy:.1%} subset accuracy on {split})", **said)
            if several
            else say(" ({accuracy:.1%} on {split})", **said)
        )
    return f"{run.number}: {say_stored(run.title)}{score}"


def what_to_predict() -> Literal["one", "file"]:
    """Whether one example or a whole file is predicted."""
    return switch(say("What to predict"), keys.USE, {way: say(title) for way, title in WAYS.items()})


def take_along(context: Context, run: Run) -> None:
    """The model folder as a ZIP, and how to load it anywhere."""
    name = folder_name(context, run)
    size = sum(file.stat().st_size for file in (output_of(context, run) / "model").rglob("*"))
    with st.expander(say("Take the model elsewhere"), icon=":material/folder_zip:"):
        download_link(
            context,
            say("Download model (ZIP, {size:,.0f} MB)", size=size / 1e6),
            f"{name}.zip",
            lambda folder: export_model(context, run, folder / f"{name}.zip"),
            "model",
            run.run_id,
            str(context.ledger.classes.newest_of(run.dataset_id)),
        )
        st.caption(say("Unpacked, it loads without Winnow:"))
        st.code(snippet(context, run), language="python")

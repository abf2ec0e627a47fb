"""Train, view Runs: many runs beside each other, what they were asked for and what came of it, and their curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from core.charts.history import Series, history
from core.context import Context
from core.finetune.settings import SETTINGS
from core.records import Dataset, Run
from core.services.runs.listing import headline_scores, in_epochs, metrics
from core.services.runs.naming import note_shown
from core.store.versions import list_versions
from core.tasks import task_named
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.labels import split_said
from core.ui.training.named import name_of
from core.words import later, say

MOST = 12
"""Runs whose lines can be told apart."""
CURVES = ((later("Loss on validation"), "loss", "validation", False), (later("Loss on train"), "loss", "train", False))
SCORES = ((later("Accuracy on validation"), "accuracy", "validation", True),)
SETS_SCORES = ((later("Subset accuracy on validation"), "accuracy", "validation", True),)
"""Where a row may have several classes."""


def several(context: Context, dataset: Dataset, runs: Sequence[Run]) -> None:
    """Nothing where there is one run only; else a choice of runs, which stands in the URL, and what it shows."""
    if len(runs) < 2:
        return
    by_number = {str(run.number): run for run in runs}
    asked = [number for number in (st.query_params.get(keys.COMPARED) or "").split(",") if number in by_number]
    st.session_state[keys.COMPARED] = asked
    with st.expander(say("Compare runs"), icon=":material/table_chart:", expanded=bool(asked)):
        chosen = st.multiselect(
            say("Runs to compare"),
            list(by_number),
            key=keys.COMPARED,
            max_selections=MOST,
            format_func=lambda number: f"{number}: {name_of(by_number[number])}",
            placeholder=say("Choose two or more"),
            on_change=_to_url,
        )
        if len(chosen) > 1:
            picked = [by_number[number] for number in chosen]
            _table(context, dataset, picked)
            _curves(context, dataset, picked)


def _to_url() -> None:
    chosen = st.session_state[keys.COMPARED]
    if chosen:
        st.query_params[keys.COMPARED] = ",".join(chosen)
    else:
        st.query_params.pop(keys.COMPARED, None)


def _table(context: Context, dataset: Dataset, runs: Sequence[Run]) -> None:
    """A row for each run; settings in which all agree are left out."""
    versions = {version.version_id: version.number for version in list_versions(context.store, runs[0].dataset_id)}
    differing = [setting for setting in SETTINGS if len({str(run.spec.get(setting.name)) for run in runs}) > 1]
    rows, names = [], ("accuracy", "macro_f1")
    if any(headline_scores(run)[1].get("mae") is not None for run in runs):
        names = ("mae", "r2")
    for run in runs:
        split, scores = headline_scores(run)
        rows.append(
            {
                "run": f"{run.number}: {name_of(run)}",
                "version": versions.get(run.version_id),
                **{say(setting.title): str(run.spec.get(setting.name, "")) for setting in differing},
                "split": split_said(split) if split else "–",
                **{name: scores.get(name) for name in names},
                "minutes": sum(run.summary["seconds"].values()) / 60 if run.summary else None,
                "note": note_shown(context, run),
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "run": st.column_config.Column(say("Run")),
            "version": st.column_config.Column(say("Version")),
            "split": st.column_config.Column(say("Scored on")),
            "accuracy": st.column_config.NumberColumn(
                say("Subset accuracy") if task_named(dataset.task).target.several else say("Accuracy"), format="percent"
            ),
            "macro_f1": st.column_config.NumberColumn(say("Macro F1"), format="percent"),
            "mae": st.column_config.NumberColumn(say("MAE"), format="%.4g"),
            "r2": st.column_config.NumberColumn(say("R²"), format="%.3f"),
            "note": st.column_config.Column(say("Note")),
            "minutes": st.column_config.NumberColumn(
                say("Minutes"), format="%.1f", help=say("Of work, by its stages.")
            ),
        },
        alt=say("The compared runs, their settings and scores"),
        key="compared-runs",
    )


def _curves(context: Context, dataset: Dataset, runs: Sequence[Run]) -> None:
    """A colour for each run."""
    figures = {run.run_id: metrics(context, run) for run in runs if in_epochs(run)}
    drawn = []
    scores = SETS_SCORES if task_named(dataset.task).target.several else SCORES
    for title, name, split, share in (*CURVES, *scores):
        lines = []
        for colour, run in enumerate(one for one in runs if one.run_id in figures):
            points = [
                one
                for one in figures[run.run_id]
                if (one.name, one.split) == (name, split) and math.isfinite(one.value)
            ]
            if points:
                epochs, values = [one.epoch for one in points], [one.value for one in points]
                lines.append(Series(say("run {number}", number=run.number), epochs, values, colour, colour % 3))
        if any(len(line.epochs) > 1 for line in lines):
            drawn.append((title, lines, share))
    if not drawn:
        return
    for column, (title, lines, share) in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
        with column:
            st.caption(f"**{say(title)}**")
            last = ", ".join(f"{line.name} {line.values[-1]:.4f}" for line in lines)
            chart_with_files(
                history(lines, share=share),
                key=f"compared-{title}",
                dataset=dataset.name,
                name=f"{title.lower()}-runs-{'-'.join(str(run.number) for run in runs)}",
                alt=say("{title}, last: {last}", title=say(title), last=last),
            )

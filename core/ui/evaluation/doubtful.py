"""Of the errors of a run those on labels that a scan doubts, where the URL asks for these alone."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.context import Context
from core.records import PredictionFilter
from core.services.story.worst import doubting_scan, suspect_rows
from core.ui import keys
from core.ui.evaluation.choice import AnyShown
from core.ui.parts.background import result_of
from core.words import later, say


def only_doubtful() -> bool:
    """Whether the URL asks for these alone."""
    return keys.DOUBTFUL in st.query_params


def on_doubtful(context: Context, shown: AnyShown, where: PredictionFilter) -> PredictionFilter | None:
    """The filter, narrowed to them where they are asked for; None while they are looked up."""
    if not only_doubtful():
        return where
    scan = doubting_scan(context, shown.run.dataset_id)
    truth = shown.truth.version_id
    about = (shown.run.run_id, shown.split, truth, scan and scan.scan_id, context.store.newest_act())
    found = result_of(
        context,
        ("errors on doubtful labels", *about),
        lambda: suspect_rows(context, shown.run, shown.split, truth, scan),
        waiting=later("Looking"),
    )
    return None if found is None else replace(where, rows=replace(where.rows, example_ids=found))


def lift_button() -> None:
    """Says that only these are listed; a click lists the others too."""
    if only_doubtful():
        st.button(
            say("on labels that a scan doubts"),
            icon=":material/close:",
            type="tertiary",
            key="evaluation-doubtful",
            help=say("The newest scan flags their labels, and nobody has judged them. A click lists all errors."),
            on_click=_lift,
        )


def _lift() -> None:
    st.query_params.pop(keys.DOUBTFUL, None)

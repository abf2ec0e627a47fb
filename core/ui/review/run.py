"""Review of what a run predicts: the rows of a cell of its confusion matrix, as the URL names them."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from core.records import LabelsFrom, PredictionFilter
from core.services.review.sources import RunSource
from core.services.runs.listing import get_run
from core.ui import keys
from core.ui.parts.problems import plain
from core.ui.review.stage import Mode, stage
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link


def run_queue(frame: Frame, mode: Mode) -> None:
    """Says which rows these are, and hands them out the surest first. Raises `NotFoundError` for the run."""
    asked = st.query_params
    run, _ = get_run(frame.context, frame.dataset.dataset_id, asked[keys.RUN])
    true, predicted = asked.get(keys.TRUE), asked.get(keys.PREDICTED)
    correct = None if true is not None and predicted is not None else False
    where = PredictionFilter(asked.get(keys.SPLIT, "test"), true, predicted, correct)
    name = asked.get(keys.LABELS)
    labels_from: LabelsFrom = next((one for one in get_args(LabelsFrom) if one == name), "version")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-run"):
        st.markdown(f"Rows of {plain(where.split)} that run {run.number} {_what(true, predicted)}", width="content")
        kept = (keys.RUN, keys.SPLIT, keys.LABELS, keys.TRUE, keys.PREDICTED)
        back: dict[str, Any] = {key: asked.get(key) for key in kept}
        link("evaluation", "Back to its evaluation", icon=":material/arrow_back:", dataset=frame.dataset.name, **back)
        link("review", "Review the scan's list", dataset=frame.dataset.name, version=frame.version.number)
    stage(frame, lambda: RunSource(run, where, labels_from), mode)


def _what(true: str | None, predicted: str | None) -> str:
    if true is not None and true == predicted:
        return f"rightly takes for **{plain(true)}**"
    if predicted is not None:
        of = f", being **{plain(true)}**" if true is not None else " wrongly"
        return f"takes for **{plain(predicted)}**{of}"
    return f"gets wrong, being **{plain(true)}**" if true is not None else "gets wrong"

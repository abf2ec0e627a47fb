"""Review of what a run predicts: the rows of a cell of its confusion matrix, as the URL names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import streamlit as st

from core.context import Context
from core.records import Dataset, LabelsFrom, PredictionFilter, RowFilter, Version
from core.services.lists import FILTERS, predictions_listed
from core.services.review.blind import Blind
from core.services.review.sources import RunSource
from core.services.runs.listing import get_run
from core.ui import keys
from core.ui.parts.problems import plain
from core.ui.review.blind import blind_switch
from core.ui.review.stage import Mode, stage
from core.ui.shell.pages import link

_SET = (keys.FOUND, keys.MISSED, keys.ADDED, keys.WITHOUT)


def run_queue(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    """Says which rows these are, and hands them out the surest first. Raises `NotFoundError` for the run."""
    asked = st.query_params
    run, _ = get_run(context, dataset.dataset_id, asked[keys.RUN])
    asked_for = {key: asked.get(key) for key in (keys.TRUE, keys.PREDICTED, *_SET)}
    cell = {key: None if name is None else dataset.coded(name) for key, name in asked_for.items()}
    true, predicted = cell.pop(keys.TRUE), cell.pop(keys.PREDICTED)
    correct = None if any(cell.values()) or (true is not None and predicted is not None) else False
    shown = predictions_listed(dataset, asked.to_dict())
    where = PredictionFilter(
        asked.get(keys.SPLIT, "test"),
        true,
        predicted,
        correct,
        found=cell[keys.FOUND],
        missed=cell[keys.MISSED],
        added=cell[keys.ADDED],
        without=cell[keys.WITHOUT],
        rows=RowFilter(columns=shown.rows),
        columns=shown.added,
    )
    name = asked.get(keys.LABELS)
    labels_from: LabelsFrom = next((one for one in get_args(LabelsFrom) if one == name), "version")
    above, source = st.container(), RunSource(run, where, labels_from)
    blind = blind_switch(bool(source.held_out))
    named = [None if code is None else dataset.called(code) for code in (true, predicted)]
    of = {key: None if code is None else dataset.called(code) for key, code in cell.items()}
    said = f"that run {run.number} {_of(of) or _what(*named)}"
    with above, st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-run"):
        st.markdown(f"Rows of {plain(where.split)}{', judged blind' if blind else f' {said}'}", width="content")
        link(
            "evaluation",
            "Back to its evaluation",
            icon=":material/arrow_back:",
            dataset=dataset.name,
            run=asked[keys.RUN],
            split=asked.get(keys.SPLIT),
            labels=name,
            true=true,
            predicted=predicted,
            found=cell[keys.FOUND],
            missed=cell[keys.MISSED],
            added=cell[keys.ADDED],
            without=cell[keys.WITHOUT],
            where=asked.get(FILTERS),
        )
        link("review", "Review the scan's list", dataset=dataset.name, version=version.number)
    stage(context, dataset, version, user, lambda: Blind(source) if blind else source, mode)


def _of(cell: Mapping[str, str | None]) -> str:
    """Where labels are several classes: what it does with those that the cell names."""
    said = {
        keys.FOUND: "rightly has",
        keys.MISSED: "misses",
        keys.ADDED: "wrongly adds",
        keys.WITHOUT: "rightly leaves out",
    }
    return " and ".join(f"{said[key]} **{plain(name)}**" for key, name in cell.items() if name is not None)


def _what(true: str | None, predicted: str | None) -> str:
    if true is not None and true == predicted:
        return f"rightly takes for **{plain(true)}**"
    if predicted is not None:
        of = f", being **{plain(true)}**" if true is not None else " wrongly"
        return f"takes for **{plain(predicted)}**{of}"
    return f"gets wrong, being **{plain(true)}**" if true is not None else "gets wrong"

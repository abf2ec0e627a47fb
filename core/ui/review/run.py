"""Review of what a run predicts: the rows of a cell of its confusion matrix, as the URL names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import streamlit as st

from core.context import Context
from core.records import Dataset, LabelsFrom, PredictionFilter, RowFilter, Version
from core.services.evaluation.measures import truth_version
from core.services.lists.asked import FILTERS, predictions_listed
from core.services.review.blind import Blind
from core.services.review.sources import RunSource
from core.services.runs.listing import get_run
from core.services.story.worst import doubting_scan, suspect_rows
from core.tasks import target_of
from core.ui import keys
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.ui.review.blind import blind_switch
from core.ui.review.stage import Mode, stage
from core.ui.shell.pages import link
from core.words import later, say

_SET = (keys.FOUND, keys.MISSED, keys.ADDED, keys.WITHOUT)


def run_queue(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    """Says which rows these are, and hands them out the surest first, of numbers the farthest off for what is usual
    first. Raises `NotFoundError` for the run."""
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
    doubtful = asked.get(keys.DOUBTFUL)
    if doubtful:
        truth, scan = truth_version(context, (run,), labels_from), doubting_scan(context, dataset.dataset_id)
        rows = suspect_rows(context, run, where.split, truth, scan, judged=True)
        where = replace(where, rows=replace(where.rows, example_ids=rows))
    above, source = st.container(), RunSource(run, where, labels_from)
    blind = blind_switch(bool(source.held_out))
    named = [None if code is None else dataset.called(code) for code in (true, predicted)]
    of = {key: None if code is None else dataset.called(code) for key, code in cell.items()}
    said = _of(of) or _what(*named)
    split = plain(split_said(where.split))
    if blind:
        title = say("Rows of {split}, judged blind", split=split)
    elif target_of(dataset).numeric:
        title = say(
            "Rows of {split}, those first that are farthest off for run {number}", split=split, number=run.number
        )
    else:
        title = say("Rows of {split} that run {number} {does}", split=split, number=run.number, does=said)
    with above, st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-run"):
        st.markdown(title, width="content")
        if doubtful:
            st.caption(say("on labels that a scan doubts"), width="content")
        link(
            "evaluation",
            say("Back to its evaluation"),
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
            doubtful=doubtful,
        )
        link("review", say("Review the scan's list"), dataset=dataset.name, version=version.number)
    stage(context, dataset, version, user, lambda: Blind(source) if blind else source, mode)


def _of(cell: Mapping[str, str | None]) -> str:
    """Where labels are several classes: what it does with those that the cell names."""
    said = {
        keys.FOUND: later("rightly has **{name}**"),
        keys.MISSED: later("misses **{name}**"),
        keys.ADDED: later("wrongly adds **{name}**"),
        keys.WITHOUT: later("rightly leaves out **{name}**"),
    }
    return say(" and ").join(say(said[key], name=plain(name)) for key, name in cell.items() if name is not None)


def _what(true: str | None, predicted: str | None) -> str:
    if true is not None and true == predicted:
        return say("rightly takes for **{name}**", name=plain(true))
    if predicted is not None and true is not None:
        return say("takes for **{name}**, being **{true}**", name=plain(predicted), true=plain(true))
    if predicted is not None:
        return say("takes for **{name}** wrongly", name=plain(predicted))
    return say("gets wrong, being **{true}**", true=plain(true)) if true is not None else say("gets wrong")

"""What is evaluated: run, split and whose labels are true, each in the URL, so that a copied link opens the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from core.records import Evaluation, LabelsFrom, Run, Version
from core.services.evaluation.measures import splits_of
from core.services.runs.listing import headline_scores
from core.store.versions import get_version, list_versions
from core.ui import keys
from core.ui.parts.choices import pick
from core.ui.parts.problems import plain
from core.ui.shell.frame import Frame
from core.ui.url import asked_for

LABELS: dict[LabelsFrom, str] = {
    "version": "Labels it was trained with",
    "given": "Labels as loaded",
    "newest": "Labels of the newest version",
}
_IN_LINK = (keys.DATASET, keys.RUN, keys.SPLIT, keys.LABELS, "view", keys.FIGURES, keys.SORT, keys.TRUE)
LINKED = (*_IN_LINK, keys.PREDICTED, keys.CLASS, keys.WITH, keys.RIGHT)
"""What of the URL belongs into a copied link; who reviews does not."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page is about."""

    frame: Frame
    run: Run
    split: str
    labels_from: LabelsFrom


@dataclass(frozen=True, slots=True)
class Shown(Choice):
    """The same with what came of it."""

    found: Evaluation
    truth: Version
    """The version whose labels are true."""


def choose(frame: Frame, runs: Sequence[Run]) -> Choice:
    """The pickers on one line. `runs` are done, newest first."""
    by_number = {str(run.number): run for run in runs}
    asked = st.query_params.get(keys.RUN)
    number = asked_for(keys.RUN, list(by_number))
    run = by_number[number]
    if asked is not None and asked != number:
        st.warning(f"Run {plain(asked)} is not there or not done. This is run {number}.")
    titles = {name: f"Run {name}: {run.title}" for name, run in by_number.items()}
    pick("Run", keys.RUN, titles, icon=":material/model_training:", width=370)
    return Choice(frame, run, _split(frame, run), _labels(frame, run))


def _split(frame: Frame, run: Run) -> str:
    rows = dict(splits_of(frame.context, run))
    usual, _ = headline_scores(run)
    titles = {name: f"{name}, {count:,} rows" for name, count in rows.items()}
    return pick("Split", keys.SPLIT, titles, last=usual, icon=":material/splitscreen:", width=200)


def _labels(frame: Frame, run: Run) -> LabelsFrom:
    """A choice only where there is more than one version to take them from."""
    if len(list_versions(frame.context.store, frame.dataset.dataset_id)) == 1:
        st.query_params.pop(keys.LABELS, None)
        return "version"
    return pick("True labels", keys.LABELS, LABELS, icon=":material/label:", width=250)


def with_result(choice: Choice, found: Evaluation) -> Shown:
    """The choice with what came of it."""
    truth = get_version(choice.frame.context.store, found.version_id)
    return Shown(choice.frame, choice.run, choice.split, choice.labels_from, found, truth)


def link_to_this() -> str:
    """The full URL of what the page shows."""
    query = {key: value for key in LINKED if (value := st.query_params.get(key)) is not None}
    return f"{st.context.url or ''}?{urlencode(query)}"

"""What is evaluated: run, split and whose labels are true, each in the URL, so that a copied link opens the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.context import Context
from core.records import Dataset, Evaluation, LabelsFrom, MultiLabelEvaluation, Run, Version
from core.services.evaluation.measures import splits_of
from core.services.evaluation.numbers import NumberEvaluation
from core.services.lists.asked import COLUMNS, FILTERS, ORDER
from core.services.runs.listing import headline_scores
from core.ui import keys
from core.ui.parts.choices import pick
from core.ui.parts.empty import empty_state
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import mark_of, reading
from core.ui.url import asked_for
from core.words import later, say, say_stored

LABELS: dict[LabelsFrom, str] = {
    "version": later("Labels it was trained with"),
    "given": later("Labels as loaded"),
    "newest": later("Labels of the newest version"),
}
_IN_LINK = (keys.RUN, keys.SPLIT, keys.LABELS, keys.VIEW, keys.FIGURES, keys.SORT)
SET_KEYS = (keys.FOUND, keys.MISSED, keys.ADDED, keys.WITHOUT)
CELL_KEYS = (keys.TRUE, keys.PREDICTED, *SET_KEYS)
"""What names the rows of a cell."""
LINKED = (
    *_IN_LINK,
    *CELL_KEYS,
    keys.DOUBTFUL,
    keys.CLASS,
    keys.BY,
    keys.CROSSED,
    keys.CROSSED_TOO,
    keys.GROUP,
    keys.ROW,
    keys.WITH,
    keys.RIGHT,
    FILTERS,
    ORDER,
    COLUMNS,
)
"""What of the URL belongs into a copied link; who reviews does not."""


Found = TypeVar("Found", Evaluation, MultiLabelEvaluation, NumberEvaluation)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is evaluated."""

    run: Run
    split: str
    labels_from: LabelsFrom


@dataclass(frozen=True, slots=True)
class ShownOf(Choice, Generic[Found]):
    """The same with what came of it: all that the parts of the page draw."""

    dataset: Dataset
    versions: tuple[Version, ...]
    """All of the dataset's, newest first."""
    found: Found
    """Its classes under their names."""

    @property
    def truth(self) -> Version:
        """The version whose labels are true."""
        return next(version for version in self.versions if version.version_id == self.found.version_id)


@dataclass(frozen=True, slots=True)
class Shown(ShownOf[Evaluation]):
    """Where a label is one class."""


@dataclass(frozen=True, slots=True)
class ShownSets(ShownOf[MultiLabelEvaluation]):
    """Where it is several."""


@dataclass(frozen=True, slots=True)
class ShownNumbers(ShownOf[NumberEvaluation]):
    """Where it is a number."""


AnyShown = Shown | ShownSets
ListedShown = AnyShown | ShownNumbers
"""What has a list of predicted rows."""


def choose(context: Context, runs: Sequence[Run], versions: Sequence[Version]) -> tuple[Choice, DeltaGenerator]:
    """The pickers on one line, and the place at its end for what can be taken along. `runs` are done, newest first."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-choice"):
        run = _run(runs)
        choice = Choice(run, _split(context, run), _labels(versions))
        st.space("stretch")
        return choice, st.container(horizontal=True, gap="small", width="content")


def _run(runs: Sequence[Run]) -> Run:
    by_number = {str(run.number): run for run in runs}
    asked = st.query_params.get(keys.RUN)
    number = asked_for(keys.RUN, list(by_number))
    run = by_number[number]
    if asked is not None and asked != number:
        st.warning(
            say("Run {asked} is not there or not done. This is run {number}.", asked=plain(asked), number=number)
        )
    titles = {
        name: say("Run {name}: {title}", name=name, title=say_stored(run.title)) for name, run in by_number.items()
    }
    pick(say("Run"), keys.RUN, titles, icon=":material/model_training:", width=370)
    return run


def _split(context: Context, run: Run) -> str:
    rows = dict(splits_of(context, run))
    usual, _ = headline_scores(run)
    titles = {name: say("{name}, {count:,} rows", name=split_said(name), count=count) for name, count in rows.items()}
    return pick(say("Split"), keys.SPLIT, titles, last=usual, icon=":material/splitscreen:", width=200)


def _labels(versions: Sequence[Version]) -> LabelsFrom:
    """A choice only where there is more than one version to take them from."""
    if len(versions) == 1:
        st.query_params.pop(keys.LABELS, None)
        return "version"
    return pick(
        say("True labels"),
        keys.LABELS,
        {one: say(title) for one, title in LABELS.items()},
        icon=":material/label:",
        width=250,
    )


def named_in_url(dataset: Dataset, keys_of: Sequence[str]) -> dict[str, str]:
    """The classes that the URL names under these keys, by code or by name, under their names."""
    asked = {key: st.query_params.get(key) for key in keys_of}
    return {key: dataset.called(dataset.coded(value)) for key, value in asked.items() if value is not None}


def link_to_this(dataset: Dataset) -> str:
    """The full URL of what the page shows, for those who may only read it. Classes go by their codes, which no new name
    makes void."""
    query = {key: value for key in LINKED if (value := st.query_params.get(key)) is not None}
    query |= {key: dataset.coded(query[key]) for key in CELL_KEYS if key in query}
    query[keys.SHARE] = mark_of(dataset, "evaluation")
    return f"{st.context.url or ''}?{urlencode(query)}"


def no_run_yet(dataset: Dataset) -> None:
    """Where there is nothing to evaluate: the way to a run."""
    empty_state(
        say("No run of this dataset is done yet"),
        say("How good a model is, and where it errs, will be here once one is trained."),
        icon="grid_on",
        shows="evaluation",
        action=None
        if reading()
        else lambda: link(
            "training", say("Train one"), icon=":material/model_training:", view="new", dataset=dataset.name
        ),
    )


def choose_other(context: Context, own: Run, split: str, runs: Sequence[Run]) -> Run | None:
    """The run that `own` is compared with, of those that are done, newest first; None where none has predicted the
    split, which is said."""
    others = {
        str(run.number): run for run in runs if run.run_id != own.run_id and split in dict(splits_of(context, run))
    }
    if not others:
        st.caption(
            say(
                "No other run of this dataset has predicted {split}: train a second one to compare.",
                split=plain(split_said(split)),
            )
        )
        return None
    titles = {name: say("Run {name}: {title}", name=name, title=say_stored(run.title)) for name, run in others.items()}
    return others[pick(say("Compared with"), keys.WITH, titles, width=370, labelled=True)]

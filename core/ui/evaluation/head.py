"""The answer at once: which model, held against which rows and whose labels, how good, and where it errs most."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Estimate
from core.services.evaluation.in_sight import in_sight
from core.services.evaluation.old_classes import old_classes
from core.services.evaluation.words import (
    between,
    errors,
    learnt_from,
    limits,
    percent,
    whose_labels,
    worst_class,
    worst_error,
)
from core.services.export import file_name
from core.services.story.report import report
from core.ui import keys
from core.ui.evaluation.choice import CELL_KEYS, AnyShown, Shown, ShownNumbers, link_to_this
from core.ui.parts.copy_link import LOOPBACK, copy_link, for_this_machine_only
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.ui.url import put
from core.words import in_this_language, later, say, say_stored

ABOUT_BLIND = later("On the review desk test rows can be judged blind: then no model's answer is in sight.")


def head(shown: Shown) -> None:
    """Three sentences and two figures."""
    found = shown.found
    what(shown)
    with st.container(horizontal=True, gap="large", border=True, key="evaluation-figures"):
        figure(say("Accuracy"), found.accuracy, say("of the rows are predicted right"))
        figure(say("Macro F1"), found.macro_f1, say("F1 averaged over the classes, each as one"))
        errs_most(shown, keys.TRUE)
    what_it_cannot_tell(shown)


def answers_in_sight(context: Context, shown: AnyShown | ShownNumbers) -> None:
    """That labels were changed while a model's answers were seen, where some were; and that the run has learnt classes
    that are none any more."""
    if not isinstance(shown, ShownNumbers):
        for sentence in old_classes(context, shown.run, shown.found):
            st.caption(f":material/history: {plain(sentence)}")
    for sentence in in_sight(context, shown.run, shown.found):
        st.caption(f":material/visibility: {plain(sentence)}", help=say(ABOUT_BLIND))


def take_along(context: Context, shown: AnyShown | ShownNumbers) -> None:
    """The link to exactly this view, and the report as a file."""
    address = link_to_this(shown.dataset)
    warned = f" {say(LOOPBACK)}" if for_this_machine_only(address) else ""
    copy_link(
        address,
        key="copy-link",
        label=say("Copy link for others"),
        explained=say(
            "Opens exactly this view, to be read: no other page, nothing that could be changed.{warned}", warned=warned
        ),
    )
    st.download_button(
        say("Download report"),
        in_this_language(lambda: report(context, shown.run, shown.split, shown.labels_from).encode()),
        file_name(f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}.html"),
        "text/html",
        icon=":material/download:",
        on_click="ignore",
        key="report-download",
        help=say("Two pages and an appendix in one HTML file: opens offline and prints."),
    )


def what(shown: AnyShown | ShownNumbers) -> None:
    """Which model, held against which rows and whose labels."""
    run, found = shown.run, shown.found
    learnt = learnt_from(run)
    st.markdown(
        say(
            "**{title}** of {name} (run {number}, by {created_by}, {created_at:%d %b %Y}) has learnt from "
            "{learnt}. Here it is held against **{rows:,} rows of {split}**, with {truth}.",
            title=plain(say_stored(run.title)),
            name=plain(shown.dataset.name),
            number=run.number,
            created_by=plain(run.created_by),
            created_at=run.created_at,
            learnt=learnt or say("its train rows"),
            rows=found.rows,
            split=plain(split_said(found.split)),
            truth=plain(whose_labels(run, found, shown.truth)),
        )
    )


def figure(name: str, found: Estimate, meaning: str) -> None:
    """A figure of the first look, with what its interval says."""
    with st.container(gap=None, width=270):
        st.metric(name, percent(found.estimate), width="content")
        st.caption(say("{meaning}; {interval}", meaning=meaning, interval=between(found)))


def errs_most(shown: AnyShown, key: str) -> None:
    """The errors in words, and the way to the weakest class under the URL's `key`."""
    with st.container(gap="xxsmall", width="stretch", key="evaluation-worst"):
        st.markdown(say("**Where it errs most**"))
        st.markdown(say("{errors}. {worst}", errors=plain(errors(shown.found)), worst=plain(worst_error(shown.found))))
        _weakest(shown, key)


def what_it_cannot_tell(shown: AnyShown) -> None:
    """Each limit of the figures on a line."""
    known = [shown.dataset.called(code) for code in shown.run.labels]
    for said in limits(shown.run, shown.found, known):
        st.caption(f":material/info: {plain(said)}")


def _weakest(shown: AnyShown, key: str) -> None:
    """The class to look at first; opens its rows."""
    worst = worst_class(shown.found)
    if worst is None or worst[1] == 1:
        return
    name, score = worst
    st.button(
        say("Weakest class: {name}, F1 {score}", name=plain(name), score=percent(score)),
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
        help=say("Shows its wrong rows"),
        on_click=_open_class,
        args=(name, key),
        key="weakest-class",
    )


def _open_class(name: str, key: str) -> None:
    put({**dict.fromkeys(CELL_KEYS), keys.VIEW: "report", key: name})

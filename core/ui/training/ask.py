"""One example, what the model says of it, and the training examples that are like it."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, Run
from core.services.prediction.playground import Near, Reply
from core.store.versions import get_version
from core.targets import Target
from core.targets.arrays import LIKELY
from core.tasks import task_named
from core.ui.modalities import drawing_of
from core.ui.parts.problems import plain
from core.ui.shell.pages import link

TOP = 10
CARDS_IN_A_ROW = 3


def ask(context: Context, dataset: Dataset, run: Run) -> None:
    """The question on the left, the examples that are like it on the right."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        reply = drawing_of(dataset).ask(context, run)
        if reply is not None:
            _says(run, reply, task_named(dataset.task).target)
    if reply is not None:
        with right:
            _nearest(context, dataset, run, reply)


def _says(run: Run, reply: Reply, target: Target) -> None:
    """The predicted label, then the probabilities: the highest, all of them by one click."""
    st.markdown(f"### {plain(target.words(reply.predicted))}")
    if target.several:
        st.caption(
            f"every class from {LIKELY:.0%} on is predicted; of the least sure one it is {reply.confidence:.1%} sure"
        )
    else:
        st.caption(f"predicted with a probability of {reply.confidence:.1%}")
    classes = len(reply.probabilities)
    whole = classes > TOP and st.toggle(f"All {classes:,} classes", key="use-all")
    shown = reply.probabilities if whole else reply.probabilities[:TOP]
    st.dataframe(
        {"class": [name for name, _ in shown], "probability": [100 * share for _, share in shown]},
        hide_index=True,
        height="content" if len(shown) <= TOP else 420,
        column_config={
            "probability": st.column_config.ProgressColumn(
                "probability", format="%.1f %%", min_value=0.0, max_value=100.0
            )
        },
        key=f"use-probabilities-{run.run_id}",
        alt="Probability of each class, highest first",
    )


def _nearest(context: Context, dataset: Dataset, run: Run, reply: Reply) -> None:
    st.markdown("**Training examples like it**")
    if not reply.nearest:
        st.caption("This run kept no features of its training rows, so none can be compared.")
        return
    at_once = task_named(dataset.task).modality.fine_tuning.at_once
    by = "how alike their columns are" if at_once else "what the model's last layer is given"
    st.caption(f"By {by}, with the labels that it learnt; 1 is identical.")
    version = get_version(context.store, run.version_id).number
    for start in range(0, len(reply.nearest), CARDS_IN_A_ROW):
        cards = st.columns(CARDS_IN_A_ROW)
        for card, near in zip(cards, reply.nearest[start : start + CARDS_IN_A_ROW], strict=False):
            with card:
                _card(context, dataset, version, near)


def _card(context: Context, dataset: Dataset, version: int, near: Near) -> None:
    example, target = near.example, task_named(dataset.task).target
    label = "no label" if example.label is None else target.words(example.label)
    with st.container(border=True, gap="xsmall", key=f"use-near-{example.example_id}"):
        st.markdown(f":blue-badge[{plain(label)}] :small[:gray[{near.similarity:.2f}]]")
        drawing_of(dataset).card(context, example)
        label, name = f"Row {example.example_id}", dataset.name
        icon = ":material/open_in_new:"
        link("data", label, icon=icon, view="rows", dataset=name, version=version, row=example.example_id)

"""One example, what the model says of it, and the training examples that are like it."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.issues.contract import rounded
from core.records import Dataset, Run
from core.services.prediction.playground import Reply
from core.targets import Target
from core.targets.arrays import LIKELY
from core.tasks import target_of, task_named
from core.ui.lists.row_list import with_similarity
from core.ui.lists.rows import show_row
from core.ui.lists.seen import in_newest
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.modalities import drawing_of
from core.ui.parts.problems import plain
from core.ui.spans.found import entities_found
from core.words import say, stored

TOP = 10


def ask(context: Context, dataset: Dataset, run: Run) -> None:
    """The question on the left, the examples that are like it on the right."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        reply = drawing_of(dataset).ask(context, run)
        if reply is not None:
            _says(dataset, run, reply, target_of(dataset))
    if reply is not None:
        with right:
            _nearest(context, dataset, run, reply)


def _says(dataset: Dataset, run: Run, reply: Reply, target: Target) -> None:
    """The predicted label, then the probabilities: the highest, all by one click; of a number its interval, of spans
    the text with them."""
    if target.numeric:
        _says_number(reply)
        return
    if target.located:
        entities_found(dataset, run, reply)
        return
    st.markdown(f"### {plain(target.words(reply.predicted))}")
    if target.several:
        st.caption(
            say(
                "every class from {likely:.0%} on is predicted; of the least sure one it is {confidence:.1%} sure",
                likely=LIKELY,
                confidence=reply.confidence,
            )
        )
    else:
        st.caption(say("predicted with a probability of {confidence:.1%}", confidence=reply.confidence))
    classes = len(reply.probabilities)
    whole = classes > TOP and st.toggle(say("All {classes:,} classes", classes=classes), key="use-all")
    shown = reply.probabilities if whole else reply.probabilities[:TOP]
    st.dataframe(
        {"class": [dataset.called(name) for name, _ in shown], "probability": [100 * share for _, share in shown]},
        hide_index=True,
        height="content" if len(shown) <= TOP else 420,
        column_config={
            "class": st.column_config.Column(say("class")),
            "probability": st.column_config.ProgressColumn(
                say("probability"), format="%.1f %%", min_value=0.0, max_value=100.0
            ),
        },
        key=f"use-probabilities-{run.run_id}",
        alt=say("Probability of each class, highest first"),
    )


def _says_number(reply: Reply) -> None:
    number, half = rounded(float(reply.predicted), reply.confidence)
    if not reply.confidence:
        st.markdown(f"### {plain(reply.predicted)}")
        return
    st.markdown(f"### {plain(say('{number} ± {half}', number=number, half=half))}")
    st.caption(say("nine labels of ten lie within, as far as the rows tell that it has not learnt from"))


def _nearest(context: Context, dataset: Dataset, run: Run, reply: Reply) -> None:
    st.markdown(say("**Training examples like it**"))
    if not reply.nearest:
        st.caption(say("This run kept no features of its training rows, so none can be compared."))
        return
    at_once = task_named(dataset.task).modality.fine_tuning.at_once
    by = say("how alike their columns are") if at_once else say("what the model's last layer is given")
    st.caption(say("By {by}, with the labels that it learnt; 1 is identical.", by=by))
    rows = [near.example for near in reply.nearest]
    version, own = in_newest(context, dataset, rows)
    verdicts = Verdicts(
        context,
        dataset,
        version,
        f"use-near-{run.run_id}",
        among=stored(f"like an example, run {run.number}"),
    )
    seen = [
        with_similarity(Seen(own[near.example.example_id]), near.similarity)
        for near in reply.nearest
        if near.example.example_id in own
    ]
    verdicts.tiles(seen, "grid" if drawing_of(dataset).has_grid else "cards")
    if len(seen) < len(rows):
        st.caption(
            say(
                "{n:,} more were excluded since in version {number}.",
                n=len(rows) - len(seen),
                number=version.number,
            )
        )
    shown = own.get(verdicts.opened) if verdicts.opened is not None else None
    if shown is not None:
        show_row(context, dataset, shown, version=version)

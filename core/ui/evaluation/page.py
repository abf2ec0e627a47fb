"""The Evaluate page from top to bottom: what is evaluated, how good it is, then one of the views."""

from __future__ import annotations

import streamlit as st

from core.services.evaluation.measures import evaluate
from core.services.runs.listing import done_runs
from core.ui.evaluation.choice import choose, with_result
from core.ui.evaluation.classes import classes_view
from core.ui.evaluation.compare import compare_view
from core.ui.evaluation.curves import curves_view
from core.ui.evaluation.head import head, take_along
from core.ui.evaluation.matrix import matrix_view
from core.ui.parts.choices import switch
from core.ui.parts.empty import empty_state
from core.ui.parts.pending import settled
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link

VIEW = "view"
VIEWS = {
    "matrix": ("Confusion matrix", matrix_view),
    "report": ("Classes", classes_view),
    "curves": ("Curves", curves_view),
    "compare": ("Compare with another run", compare_view),
}


def draw(frame: Frame) -> None:
    """Draws the view that the URL's `?view=` names; only that one is worked out."""
    runs = done_runs(frame.context, frame.dataset.dataset_id)
    if not runs:
        _nothing_yet(frame)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-choice"):
        choice = choose(frame, runs)
        st.space("stretch")
        tools = st.container(horizontal=True, gap="small", width="content")
    found = settled(lambda: evaluate(frame.context, choice.run, choice.split, choice.labels_from))
    if found is None:
        return
    shown = with_result(choice, found)
    head(shown)
    view = switch("View", VIEW, {name: title for name, (title, _) in VIEWS.items()})
    with tools:
        take_along(shown)
    VIEWS[view][1](shown)


def _nothing_yet(frame: Frame) -> None:
    empty_state(
        "No run of this dataset is done yet",
        "An evaluation needs a trained model and the rows that it has predicted.",
        icon="grid_on",
        action=lambda: link(
            "training", "Train one", icon=":material/model_training:", view="new", dataset=frame.dataset.name
        ),
    )

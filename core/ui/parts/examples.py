"""What a page that is empty will show: its own charts, on a few numbers that are made up and marked as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.charts.bars import bars
from core.charts.confusion import confusion
from core.charts.differences import differences
from core.charts.history import Series, history
from core.charts.intervals import intervals
from core.charts.matrix import matrix
from core.charts.style import CONFIG
from core.records import Estimate
from core.words import later, say

ExampleName = Literal["balance", "ties", "suspects", "desk", "learning", "evaluation", "effect", "answer", "jobs"]
CLASSES = ("business", "politics", "sports")


def example(name: ExampleName) -> None:
    """One figure with its title, quiet and marked."""
    title, drawn = EXAMPLES[name]
    with st.container(key=f"example-{name}", gap="xsmall", width=560):
        st.markdown(f":gray-badge[{say('Example')}] :gray[{say(title)}]")
        if callable(drawn):
            st.plotly_chart(
                drawn(), config=CONFIG, key=f"example-{name}-chart", alt=say("Example: {title}", title=say(title))
            )
        else:
            st.markdown(say(drawn))


def _balance() -> go.Figure:
    return bars(CLASSES, (512, 386, 97), 995)


def _ties() -> go.Figure:
    return intervals(
        (say("from the wire"), say("by a columnist"), say("over 800 words")),
        (Estimate(0.21, 0.18, 0.25), Estimate(0.46, 0.38, 0.54), Estimate(0.33, 0.29, 0.37)),
    )


def _suspects() -> go.Figure:
    pairs = (("business", "politics", 17), ("politics", "business", 9), ("sports", "business", 4))
    return matrix((*pairs, ("politics", "sports", 2)), CLASSES)


def _learning() -> go.Figure:
    epochs = (1.0, 2.0, 3.0, 4.0, 5.0)
    train, validation = (1.02, 0.61, 0.40, 0.29, 0.22), (0.94, 0.63, 0.49, 0.45, 0.44)
    return history([Series(say("train"), epochs, train, 0, 0), Series(say("validation"), epochs, validation, 1, 1)])


def _evaluation() -> go.Figure:
    counts = np.array([[88, 9, 3], [6, 91, 3], [1, 2, 47]])
    return confusion(CLASSES, counts, true_rows=counts.sum(1), predicted_rows=counts.sum(0))


def _effect() -> go.Figure:
    found = (Estimate(0.031, 0.008, 0.054), Estimate(0.046, 0.017, 0.075), Estimate(-0.015, -0.036, 0.006))
    return differences(
        (say("Reviewed − given"), say("Reviewed − random"), say("Random − given")), [(say("accuracy"), found)]
    )


def _answer() -> go.Figure:
    return bars(("sports", "politics", "business"), (91, 6, 3), 100)


_DESK = later(
    "> The champions will play the second half of the season without their captain.\n\n"
    ":red[:material/label: given **business**] → :green[:material/lightbulb: suggested **sports**]\n\n"
    "`S` take the suggestion · `K` keep · `X` exclude · `Z` undo"
)
_JOBS = later(
    ":green[:material/check_circle:] **Load news** :gray[done in 2 s]\n\n"
    ":material/progress_activity: **Scan of news, version 1** :gray[encoding · 62 % · 9 s left]\n\n"
    ":gray[:material/schedule:] **Quick retrain of news** :gray[waiting, 1 in the queue]"
)
EXAMPLES: Mapping[ExampleName, tuple[str, Callable[[], go.Figure] | str]] = {
    "balance": (later("rows of each class"), _balance),
    "ties": (later("share of rows labelled politics, by who wrote them and how long they are"), _ties),
    "suspects": (later("flagged rows: the label as given (down) and what it looks like (across)"), _suspects),
    "desk": (later("one row at a time, the worst first"), _DESK),
    "learning": (later("loss while a model learns: lower is better"), _learning),
    "evaluation": (later("test rows: the true class (down) and the predicted one (across)"), _evaluation),
    "effect": (later("difference in accuracy, in points, with 95 % intervals"), _effect),
    "jobs": (later("what ran, what runs, and what waits"), _JOBS),
    "answer": (later("what a model says of one text, in percent"), _answer),
}

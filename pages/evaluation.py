"""Evaluate: how good a run is on a split, where it errs, which of two is better. Others read it by a copied link."""

from __future__ import annotations

import streamlit as st

from core.records import Evaluation
from core.services.evaluation.measures import evaluate
from core.services.evaluation.named import under_names
from core.services.evaluation.numbers import evaluate_numbers
from core.services.runs.listing import done_runs
from core.ui.evaluation import multi_label
from core.ui.evaluation.choice import Shown, ShownNumbers, ShownSets, choose, no_run_yet
from core.ui.evaluation.classes import classes
from core.ui.evaluation.either import EITHER, either_view
from core.ui.evaluation.head import answers_in_sight, head, take_along
from core.ui.evaluation.matrix import matrix_and_pairs
from core.ui.evaluation.numbers import number_page
from core.ui.evaluation.rows import examples
from core.ui.parts.choices import view_switch
from core.ui.parts.labels import target_of
from core.ui.parts.next_step import next_act
from core.ui.parts.pending import settled
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page
from core.words import later, say

VIEWS = {
    "matrix": later("Confusion matrix"),
    "report": later("Classes"),
    **EITHER,
}

frame = open_page("Evaluate", versions=False, to_read="evaluation")
context, dataset = frame.context, frame.dataset
with shown_errors():
    runs = done_runs(context, dataset.dataset_id)
    if not runs:
        no_run_yet(dataset)
        next_act(context, dataset, "evaluation")
        st.stop()
    choice, tools = choose(context, runs, frame.versions)
    about = (choice.run, choice.split, choice.labels_from, dataset, frame.versions)
    if target_of(dataset).numeric:
        numbers = settled(lambda: evaluate_numbers(context, choice.run, choice.split, choice.labels_from))
        if numbers is not None:
            number_page(context, ShownNumbers(*about, numbers), runs, tools)
        next_act(context, dataset, "evaluation")
        st.stop()
    found = settled(lambda: evaluate(context, choice.run, choice.split, choice.labels_from))
    if found is None:
        st.stop()
    if isinstance(found, Evaluation):
        shown = Shown(*about, under_names(found, dataset))
        head(shown)
        answers_in_sight(context, shown)
        view = view_switch({name: say(title) for name, title in VIEWS.items()}, always_named=True)
        with tools:
            take_along(context, shown)
        if view == "matrix":
            matrix_and_pairs(shown)
            examples(context, shown)
        elif view == "report":
            classes(shown)
            examples(context, shown)
    else:
        shown = ShownSets(*about, under_names(found, dataset))
        titles = multi_label.top(context, shown)
        view = view_switch({name: say(title) for name, title in titles.items()}, always_named=True)
        with tools:
            take_along(context, shown)
        multi_label.view_of(context, shown, view)
    either_view(context, shown, runs, view)
    next_act(context, dataset, "evaluation")

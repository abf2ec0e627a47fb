"""The answer at once where labels are spans, and the tables of entities behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.context import Context
from core.evaluation.spans.report import AVERAGES
from core.records import Estimate
from core.services.evaluation.spans import SpanEvaluation, evaluate_spans
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.head import figure, what
from core.ui.parts.pending import settled
from core.words import later, say

TITLES = {
    "micro avg": later("all entities together"),
    "macro avg": later("mean over the types"),
    "weighted avg": later("mean over the types by their entities"),
}
WAYS = {
    "strict": later("boundaries and type"),
    "exact": later("boundaries alone"),
    "partial": later("any overlap, for half"),
    "type": later("any overlap and the type"),
}


def head(context: Context, shown: ShownSets) -> None:
    """Which model, and how good it finds whole entities. Ends the run of the page while that is worked out."""
    what(shown)
    found = _found(context, shown)
    averages, ends = found.report.averages, found.report.intervals
    with st.container(horizontal=True, gap="large", border=True, key="evaluation-figures"):
        for name, title, explained in (
            ("micro avg", say("Entity F1"), say("of entities with the right start, end and type")),
            ("macro avg", say("Macro F1"), say("the same averaged over the types, each as one")),
        ):
            figure(title, Estimate(averages[name].f1, *ends[name].f1), explained)
        micro, near = averages["micro avg"], ends["micro avg"]
        figure(say("Precision"), Estimate(micro.precision, *near.precision), say("of the entities found are right"))
        figure(say("Recall"), Estimate(micro.recall, *near.recall), say("of the true entities are found"))
    st.caption(
        say(
            "Intervals are by the bootstrap of rows · of the tokens {share:.1%} have the right type",
            share=found.tokens.accuracy,
        )
    )


def _found(context: Context, shown: ShownSets) -> SpanEvaluation:
    found = settled(lambda: evaluate_spans(context, shown.run, shown.split, shown.labels_from))
    if found is None:
        st.stop()
    return found


def entities(context: Context, shown: ShownSets) -> None:
    """By type, by how entities are matched, and what is taken for what."""
    found, dataset = _found(context, shown), shown.dataset
    names = [*found.report.types, *AVERAGES]
    rows = {**found.report.types, **found.report.averages}
    ends = found.report.intervals
    columns: dict[str, list[Any]] = {
        "type": [say(TITLES[name]) if name in TITLES else dataset.called(name) for name in names],
        "precision": [rows[name].precision for name in names],
        "recall": [rows[name].recall for name in names],
        "f1": [rows[name].f1 for name in names],
        "interval": [f"{ends[name].f1[0]:.3f} – {ends[name].f1[1]:.3f}" for name in names],
        "support": [rows[name].support for name in names],
    }
    _table(columns, say("Precision, recall and F1 of whole entities by type"))
    st.markdown(f"**{say('How far the others are wrong')}**")
    ways = found.matched
    columns = {
        "asked": [say(WAYS[way]) for way in ways],
        "correct": [one.correct for one in ways.values()],
        "incorrect": [one.incorrect for one in ways.values()],
        "partial": [one.partial for one in ways.values()],
        "missed": [one.missed for one in ways.values()],
        "spurious": [one.spurious for one in ways.values()],
        "f1": [one.f1 for one in ways.values()],
    }
    _table(columns, say("Entities by how they are matched, as nervaluate counts them"))
    st.markdown(f"**{say('What is taken for what')}**")
    called = [dataset.called(name) for name in found.types]
    true, predicted = [*called, say("invented")], [*called, say("missed")]
    cells = [
        (true[row], predicted[column], int(count))
        for (row, column), count in np.ndenumerate(found.confusion)
        if count and row != column
    ]
    moved = [
        (name, say("the same, begun or ended elsewhere"), count)
        for name, count in zip(called, found.boundaries, strict=True)
        if count
    ]
    worst = sorted([*cells, *moved], key=lambda cell: -cell[2])
    columns = {
        "true": [one for one, _, _ in worst],
        "predicted": [other for _, other, _ in worst],
        "entities": [count for _, _, count in worst],
    }
    _table(columns, say("True and predicted types of entities that are wrong, the most frequent first"))


def _table(columns: dict[str, list[Any]], alt: str) -> None:
    titles: dict[str, Any] = {
        "type": say("type"),
        "precision": st.column_config.NumberColumn(say("precision"), format="%.3f"),
        "recall": st.column_config.NumberColumn(say("recall"), format="%.3f"),
        "f1": st.column_config.NumberColumn(say("F1"), format="%.3f"),
        "interval": say("95 % interval of F1"),
        "support": say("entities"),
        "asked": say("asked for"),
        "correct": say("correct"),
        "incorrect": say("incorrect"),
        "partial": say("partial"),
        "missed": say("missed"),
        "spurious": say("spurious"),
        "true": say("true"),
        "predicted": say("predicted"),
        "entities": say("entities"),
    }
    st.dataframe(columns, hide_index=True, column_config=titles, alt=alt)

"""Evaluate, view Curves: ROC and precision-recall of a class and of the averages; how the run learnt."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import streamlit as st

from core.beside.answers import Pending
from core.charts.curves import Kind, Line, curves
from core.context import Context
from core.errors import WinnowError
from core.records import Curve, Dataset, Run
from core.services.evaluation import measures as evaluation
from core.services.evaluation.words import worst_class
from core.services.runs.listing import metrics
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import AnyShown
from core.ui.parts.choices import pick
from core.ui.parts.curves import curves as learning_curves
from core.ui.parts.pending import settled
from core.ui.parts.problems import show_error
from core.words import later, say

KINDS: dict[Kind, str] = {
    "roc": later("**ROC**, with the area under each curve"),
    "precision_recall": later("**Precision and recall**, with average precision"),
}
AVERAGE_NAMES = {"macro": later("macro average"), "micro": later("micro average")}
AVERAGES: tuple[Literal["macro", "micro"], ...] = ("macro", "micro")


def class_curves(context: Context, shown: AnyShown) -> None:
    """ROC and precision-recall of one class, the weakest unless another is chosen, beside the averages."""
    called = shown.dataset.called
    names = {code: called(code) for code in shown.run.labels if called(code) in shown.found.classes}
    worst = worst_class(shown.found)
    last = shown.dataset.coded(worst[0]) if worst else None
    label = pick(say("Class against the rest"), keys.CLASS, names, last=last, width=320, labelled=True)
    for place, kind in zip(st.columns(len(KINDS), gap="medium"), KINDS, strict=True):
        with place:
            _picture(context, shown, label, kind)


def how_it_learnt(context: Context, dataset: Dataset, run: Run) -> None:
    """The curves of its training."""
    figures = metrics(context, run)
    if figures:
        st.markdown(say("**How it learnt**"))
        learning_curves(figures, f"run-{run.number}", dataset=dataset.name)
    else:
        st.caption(say("This run has recorded no loss or metrics by step."))


def _picture(context: Context, shown: AnyShown, label: str, kind: Kind) -> None:
    st.markdown(say(KINDS[kind]))
    name, labels_from = shown.dataset.called(label), shown.labels_from
    asked: list[tuple[str, Callable[[], Curve | Pending]]] = [
        (name, lambda: evaluation.curves(context, shown.run, shown.split, label, kind, labels_from))
    ]
    asked += [(say(AVERAGE_NAMES[name]), _average(context, shown, name, kind)) for name in AVERAGES]
    lines: list[Line] = []
    for name, ask in asked:
        try:
            curve = settled(ask)
        except WinnowError as error:
            show_error(error)
            break
        if curve is not None and not math.isnan(curve.area):
            lines.append((name, curve.x, curve.y, curve.area))
    if lines:
        figure = curves(lines, kind)
        chart_with_files(
            figure,
            key=f"{kind}-chart",
            dataset=shown.dataset.name,
            name=f"{kind}-run-{shown.run.number}",
            alt=_told(lines, kind),
        )


def _average(
    context: Context, shown: AnyShown, name: Literal["macro", "micro"], kind: Kind
) -> Callable[[], Curve | Pending]:
    return lambda: evaluation.curves(context, shown.run, shown.split, None, kind, shown.labels_from, average=name)


def _told(lines: list[Line], kind: Kind) -> str:
    areas = ", ".join(f"{name} {area:.4f}" for name, _, _, area in lines)
    return f"{say('ROC curves, area') if kind == 'roc' else say('Precision-recall curves, average precision')}: {areas}"

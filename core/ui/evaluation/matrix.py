"""Evaluate, view Confusion matrix: which class is taken for which. A click on a cell opens its rows."""

from __future__ import annotations

import streamlit as st

from core.charts.confusion import Figures, confusion
from core.charts.grid import MAX_CLASSES
from core.evaluation.confusion import Integers, drawn_classes, hardly_told_apart, most_confused
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import Shown
from core.ui.evaluation.pairs import PAIRS, cells_of, pair_table
from core.ui.evaluation.rows import choose_cell, chosen_cell
from core.ui.parts.cells import clicked_mark
from core.ui.parts.choices import pick, switch
from core.ui.parts.told.overlaps import overlaps_told
from core.words import later, say

OVERLAPS = 3
"""Pairs of classes of which it is said that they overlap."""
FIGURES: dict[Figures, str] = {
    "counts": later("Rows"),
    "row": later("Share of the true class"),
    "column": later("Share of the predicted class"),
}
SORTS = {"confusion": later("By confusion"), "name": later("By name"), "support": later("By rows")}


def matrix_and_pairs(shown: Shown) -> None:
    """Matrix and most confused pairs side by side."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="matrix-bar"):
        figures = _figures()
        order = drawn_classes(shown.found.matrix, _sort(), MAX_CLASSES)
        occurring = len(shown.found.classes)
        if len(order) < occurring:
            st.caption(
                say("The {order} most confused of {occurring:,} classes", order=len(order), occurring=occurring),
                width="content",
            )
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content", gap="xsmall"):
            _matrix(shown, order, figures)
        with st.container(width="stretch", gap="xsmall"):
            _pairs(shown)


def _figures() -> Figures:
    return switch(say("Figures"), keys.FIGURES, {one: say(title) for one, title in FIGURES.items()})


def _sort() -> str:
    return pick(
        say("Sort"), keys.SORT, {one: say(title) for one, title in SORTS.items()}, icon=":material/sort:", width=170
    )


def _matrix(shown: Shown, order: Integers, figures: Figures) -> None:
    true, predicted = chosen_cell(shown)
    found, chosen = shown.found, (true, predicted) if true is not None and predicted is not None else None
    key = f"confusion-{shown.run.number}-{hash(chosen):x}"
    matrix = found.matrix
    names = [found.labels[place] for place in order]
    drawn = matrix[order[:, None], order]
    figure = confusion(
        names,
        drawn,
        true_rows=matrix.sum(axis=1)[order],
        predicted_rows=matrix.sum(axis=0)[order],
        figures=figures,
        selected=chosen,
    )
    chart_with_files(
        figure,
        width="content",
        key=key,
        dataset=shown.dataset.name,
        name=f"confusion-run-{shown.run.number}",
        columns=cells_of(names, drawn, ("true", "predicted", "rows")),
        on_select=lambda: _clicked(key, chosen),
        alt=say("Confusion matrix: true class by row, predicted class by column; the pairs beside it say the same"),
    )
    st.caption(
        say("Grey is right. The fuller the orange, the more rows are confused. A click on a cell shows its rows.")
    )


def _clicked(key: str, chosen: tuple[str, str] | None) -> None:
    """A click on a cell opens it, a click on the chosen one lifts that again."""
    cell = clicked_mark(st.session_state[key])
    if cell is None:
        return
    pair = (str(cell[0]), str(cell[1]))
    choose_cell(*((None, None) if pair == chosen else pair))


def _pairs(shown: Shown) -> None:
    pairs = most_confused(shown.found.matrix, shown.found.labels, PAIRS)
    st.markdown(say("**Most confused**"))
    if not pairs:
        st.caption(say("No row is confused with another class."))
        return

    pair_table(
        pairs,
        (later("rows", "column"), later("true", "class"), later("taken for"), later("of the class")),
        choose_cell,
        classes=len(shown.found.classes),
        key=f"confused-pairs-{hash((shown.run.run_id, chosen_cell(shown))):x}",
        share=say("Share of the rows of the true class"),
        alt=say("Most confused pairs of true and predicted class"),
    )
    overlaps_told(shown.dataset, hardly_told_apart(shown.found.matrix, shown.found.labels, OVERLAPS))

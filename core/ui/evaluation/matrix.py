"""Evaluate, view Confusion matrix: which class is taken for which. A click on a cell opens its rows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.confusion import Figures, confusion
from core.charts.grid import GRIDDED_CLASSES, MAX_CLASSES
from core.charts.style import CONFIG
from core.evaluation.confusion import ConfusedPair, Integers, drawn_classes, most_confused
from core.ui import keys
from core.ui.evaluation.choice import Shown
from core.ui.evaluation.rows import choose_cell, chosen_cell
from core.ui.parts.cells import clicked_cell, clicked_mark
from core.ui.parts.choices import pick, switch

FIGURES: dict[Figures, str] = {
    "counts": "Rows",
    "row": "Share of the true class",
    "column": "Share of the predicted class",
}
SORTS = {"confusion": "By confusion", "name": "By name", "support": "By rows"}
PAIRS = 100
SHOWN_PAIRS = (12, 22)
"""A longer list scrolls: beside the matrix of few classes, and of many."""


def matrix_and_pairs(shown: Shown) -> None:
    """Matrix and most confused pairs side by side."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="matrix-bar"):
        figures = _figures()
        order = drawn_classes(shown.found.matrix, _sort(), MAX_CLASSES)
        occurring = len(shown.found.classes)
        if len(order) < occurring:
            st.caption(f"The {len(order)} most confused of {occurring:,} classes", width="content")
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content", gap="xsmall"):
            _matrix(shown, order, figures)
        with st.container(width="stretch", gap="xsmall"):
            _pairs(shown)


def _figures() -> Figures:
    return switch("Figures", keys.FIGURES, FIGURES)


def _sort() -> str:
    return pick("Sort", keys.SORT, SORTS, icon=":material/sort:", width=170)


def _matrix(shown: Shown, order: Integers, figures: Figures) -> None:
    true, predicted = chosen_cell(shown)
    found, chosen = shown.found, (true, predicted) if true is not None and predicted is not None else None
    key = f"confusion-{shown.run.number}-{chosen}"
    matrix = found.matrix
    st.plotly_chart(
        confusion(
            [found.labels[place] for place in order],
            matrix[order[:, None], order],
            true_rows=matrix.sum(axis=1)[order],
            predicted_rows=matrix.sum(axis=0)[order],
            figures=figures,
            selected=chosen,
        ),
        width="content",
        key=key,
        on_select=lambda: _clicked(key, chosen),
        selection_mode="points",
        config=CONFIG,
        alt="Confusion matrix: true class by row, predicted class by column; the pairs beside it say the same",
    )
    st.caption("Grey is right. The fuller the orange, the more rows are confused. A click on a cell shows its rows.")


def _clicked(key: str, chosen: tuple[str, str] | None) -> None:
    """A click on a cell opens it, a click on the chosen one lifts that again."""
    cell = clicked_mark(st.session_state[key])
    if cell is None:
        return
    pair = (str(cell[0]), str(cell[1]))
    choose_cell(*((None, None) if pair == chosen else pair))


def _pairs(shown: Shown) -> None:
    pairs = most_confused(shown.found.matrix, shown.found.labels, PAIRS)
    st.markdown("**Most confused**")
    if not pairs:
        st.caption("No row is confused with another class.")
        return

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            choose_cell(pairs[cell[0]].true, pairs[cell[0]].predicted)

    most = SHOWN_PAIRS[len(shown.found.classes) > GRIDDED_CLASSES]
    key = f"confused-pairs-{hash((shown.run.run_id, chosen_cell(shown))):x}"
    st.dataframe(
        _pair_columns(pairs),
        hide_index=True,
        height="content" if len(pairs) <= most else 38 + 35 * most,
        column_config={
            "rows": st.column_config.NumberColumn("rows", width=64, format="%d"),
            "of the class": st.column_config.ProgressColumn(
                "of the class",
                format="percent",
                min_value=0.0,
                max_value=max(pair.share for pair in pairs),
                width=130,
                help="Share of the rows of the true class",
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt="Most confused pairs of true and predicted class",
    )


def _pair_columns(pairs: Sequence[ConfusedPair]) -> dict[str, list[str] | list[int] | list[float]]:
    return {
        "rows": [pair.rows for pair in pairs],
        "true": [pair.true for pair in pairs],
        "taken for": [pair.predicted for pair in pairs],
        "of the class": [pair.share for pair in pairs],
    }

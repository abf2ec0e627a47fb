"""Evaluate, view Parts of the range: which part is taken for which, in place of a confusion matrix. A click on a cell
opens its rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import streamlit as st

from core.charts.confusion import confusion
from core.services.evaluation.number_report import number
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.pairs import cells_of
from core.ui.parts.cells import clicked_mark
from core.ui.url import put
from core.words import say


def names(shown: ShownNumbers) -> list[str]:
    """The parts, from small to large."""
    ends = shown.found.edges
    return [f"{number(low)} – {number(high)}" for low, high in pairwise(ends)]


def chosen_cell(shown: ShownNumbers) -> tuple[int, int] | None:
    """The parts of label and prediction that the URL names."""
    asked = [st.query_params.get(key, "") for key in (keys.TRUE, keys.PREDICTED)]
    size = len(shown.found.edges) - 1
    if all(one.isdecimal() and int(one) < size for one in asked):
        return int(asked[0]), int(asked[1])
    return None


def parts_of_the_range(shown: ShownNumbers) -> None:
    """The matrix beside how far predictions are off in each part."""
    found, parts, cell = shown.found, names(shown), chosen_cell(shown)
    selected = None if cell is None else (parts[cell[0]], parts[cell[1]])
    key = f"range-{shown.run.number}-{cell}"
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content", gap="xsmall"):
            st.markdown(say("**Part of the label** (rows) × **part of the prediction** (columns)"), width="content")
            chart_with_files(
                confusion(
                    parts,
                    found.cells,
                    true_rows=np.maximum(found.cells.sum(1), 1),
                    predicted_rows=np.maximum(found.cells.sum(0), 1),
                    selected=selected,
                    numbers=True,
                ),
                width="content",
                key=key,
                dataset=shown.dataset.name,
                name=f"range-run-{shown.run.number}",
                columns=cells_of(parts, found.cells, ("labelled", "predicted", "rows")),
                on_select=lambda: _clicked(key, parts, cell),
                alt=say(
                    "Rows by the part of their label and of their prediction; the table beside it says how far off"
                ),
            )
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(say("**How far off in each part**"))
            st.dataframe(
                {
                    "part": parts,
                    "rows": [one.rows for one in found.bins],
                    "mae": [one.mae for one in found.bins],
                    "bias": [one.bias for one in found.bins],
                },
                hide_index=True,
                height="content",
                column_config={
                    "part": say("labels from – to"),
                    "rows": say("rows", "column"),
                    "mae": st.column_config.NumberColumn(say("MAE"), format="%.4g"),
                    "bias": st.column_config.NumberColumn(
                        say("predicted less labelled"),
                        format="%+.4g",
                        help=say("The mean over the rows: above 0 the model says too much here, below 0 too little."),
                    ),
                },
                alt=say("How far predictions are off in each part of the labels' range"),
            )


def _clicked(key: str, parts: list[str], chosen: tuple[int, int] | None) -> None:
    """A click on a cell opens it, a click on the chosen one lifts that again."""
    mark = clicked_mark(st.session_state[key])
    if mark is None:
        return
    cell = parts.index(str(mark[0])), parts.index(str(mark[1]))
    lifted = cell == chosen
    put({keys.TRUE: None if lifted else str(cell[0]), keys.PREDICTED: None if lifted else str(cell[1])})

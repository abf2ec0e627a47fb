"""Pairs of classes beside their matrix, the most rows first: a click on a line is one on its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.charts.grid import GRIDDED_CLASSES
from core.evaluation.confusion import ConfusedPair, Integers
from core.ui.parts.cells import clicked_cell
from core.words import say

PAIRS = 100
SHOWN_PAIRS = (12, 22)
"""A longer list scrolls: beside the matrix of few classes, and of many."""


def line_of(pair: ConfusedPair) -> tuple[int, str, str, float]:
    """Its values, by the four columns."""
    return pair.rows, pair.true, pair.predicted, pair.share


def cells_of(names: Sequence[str], counts: Integers, titles: tuple[str, str, str]) -> dict[str, list[str | int]]:
    """Every cell of a matrix (k, k) of classes as columns for a file: the line's class, the column's, the count."""
    cells = [(row, column) for row in range(len(names)) for column in range(len(names))]
    columns: list[list[str | int]] = [
        [names[row] for row, _ in cells],
        [names[column] for _, column in cells],
        [int(counts[cell]) for cell in cells],
    ]
    return dict(zip(titles, columns, strict=True))


def _title(name: str) -> str:
    return say("true", "class") if name == "true" else say(name)


def pair_table(
    pairs: Sequence[ConfusedPair],
    columns: Sequence[str],
    choose: Callable[[str, str], None],
    *,
    classes: int,
    key: str,
    share: str,
    alt: str,
) -> None:
    """At least one pair. `columns` are the titles of rows, first class, second class and share; `share` says what the
    last is of; `classes` is how many the matrix has."""

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            choose(pairs[cell[0]].true, pairs[cell[0]].predicted)

    most, (rows, first, second, last) = SHOWN_PAIRS[classes > GRIDDED_CLASSES], columns
    st.dataframe(
        {name: [line[place] for line in map(line_of, pairs)] for place, name in enumerate(columns)},
        hide_index=True,
        height="content" if len(pairs) <= most else 38 + 35 * most,
        column_config={
            first: st.column_config.Column(_title(first)),
            second: st.column_config.Column(_title(second)),
            rows: st.column_config.NumberColumn(say(rows, "column"), width=64, format="%d"),
            last: st.column_config.ProgressColumn(
                say(last),
                format="percent",
                min_value=0.0,
                max_value=1.0,
                width=130,
                help=share,
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=alt,
    )

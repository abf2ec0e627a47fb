"""A square of cells that can be clicked, classes along both sides: what the matrices have in common.

Cells are bars of length one, since the cells of a plotly heat map cannot be clicked and square markers overlap where a
narrow screen squeezes the axes.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from core.charts.style import FAINT, LEAST_TEXT, MUTED, columns_of, lay_out, shown, wrapped

MAX_CLASSES = 100
"""More classes than this do not fit as cells that a pointer can hit."""
GRIDDED_CLASSES = 40
"""Up to here empty cells are drawn too, faintly; beyond it, lines to follow."""
LABEL_CHARACTERS, LINE_CHARACTERS = 24, 28
"""Of a name on one line, and of each of its two lines where a cell is as high as both."""
TWO_LINES = 2.4 * LEAST_TEXT
"""Pixels."""

HALF = 0.47
"""Half the side of a cell, where the next one is 1 away."""
TITLE_PIXELS = 22
LEAST_WIDTH = 160
"""Plotly draws no figure narrower than 150."""


def cell_pixels(classes: int, *, least: int = 9, most: int = 34, whole: int = 420) -> int:
    """Side of a cell: large for few classes, still wide enough to click for a hundred; `whole` is what all take."""
    return max(least, min(most, whole // max(classes, 1)))


def bars(places: Sequence[tuple[int, int]], **look: Any) -> go.Bar:
    """Cells at (column, row)."""
    return go.Bar(
        x=[2 * HALF] * len(places),
        base=[x - HALF for x, _ in places],
        y=[y for _, y in places],
        width=2 * HALF,
        orientation="h",
        unselected={"marker": {"opacity": 1}},
        **look,
    )


def numbers(places: Sequence[tuple[int, int]], texts: Sequence[str], size: int = 12) -> go.Scatter:
    """What stands in the cells at (column, row), as a layer of text: the style sheet gives it the page's ink, also when
    the page turns dark under an open chart. Text inside a bar would be coloured once and for all."""
    return go.Scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="text",
        text=list(texts),
        textfont={"size": size},
        hoverinfo="skip",
    )


def empty_cells(classes: int, *, diagonal: bool = False) -> go.Bar:
    """The grid, with or without its diagonal."""
    places = [(x, y) for y in range(classes) for x in range(classes) if diagonal or x != y]
    return bars(places, marker={"color": FAINT, "cornerradius": 2}, hoverinfo="skip")


def outline(x: int, y: int) -> go.Bar:
    """A frame around the chosen cell."""
    marker = {"color": "rgba(0, 0, 0, 0)", "line": {"color": MUTED, "width": 2}, "cornerradius": 2}
    return bars([(x, y)], marker=marker, hoverinfo="skip")


def lay_out_grid(
    figure: go.Figure, labels: Sequence[str], cell: int, sides: tuple[str, str] | None = None
) -> go.Figure:
    """Names the rows and the columns, the first row on top; `sides` says what rows and columns are."""
    size, every = LEAST_TEXT, max(1, math.ceil(LEAST_TEXT / cell))  # of smaller cells not every one has its name
    two = cell >= TWO_LINES
    names = [wrapped(label, LINE_CHARACTERS) if two else shown(label, LABEL_CHARACTERS) for label in labels]
    lines = (line for name in names for line in name.split("<br>"))
    longest = max((columns_of(html.unescape(line)) for line in lines), default=0)
    title = TITLE_PIXELS if sides else 0
    flat = longest <= 2 or longest * 0.62 * size < cell - 4
    left = 12 + int(0.6 * size * longest) + title
    top = (16 + size if flat else left - title) + title
    cells = cell * len(labels)
    width = max(LEAST_WIDTH, left + 4 + cells)
    margin = {"l": left, "t": top, "r": width - left - cells, "b": 4, "pad": 0}
    lay_out(figure, height=top + 4 + cells, width=width, margin=margin, barmode="overlay")
    axis = {
        "tickvals": list(range(0, len(labels), every)),
        "ticktext": names[::every],
        "tickfont": {"size": size},
        "automargin": False,
    }
    end, lined = len(labels) - 0.5, len(labels) > GRIDDED_CLASSES
    figure.update_xaxes(**axis, range=[-0.5, end], showgrid=lined, side="top", tickangle=0 if flat else -90)
    figure.update_yaxes(**axis, range=[end, -0.5], showgrid=lined, gridcolor=FAINT)
    return _name_sides(figure, *sides, left, top) if sides else figure


def _name_sides(figure: go.Figure, rows: str, columns: str, left: int, top: int) -> go.Figure:
    """What rows and columns are, in the margin at the outer edge."""
    common = {"xref": "paper", "yref": "paper", "showarrow": False, "font": {"size": 12, "color": MUTED}}
    figure.add_annotation(
        text=columns, x=0.5, y=1, yshift=top - TITLE_PIXELS, xanchor="center", yanchor="bottom", **common
    )
    return figure.add_annotation(
        text=rows, x=0, y=0.5, xshift=TITLE_PIXELS - left, xanchor="right", yanchor="middle", textangle=-90, **common
    )

"""The given × suggested matrix: which label is taken for which.

Cells are bars of length one, since the cells of a plotly heat map cannot be clicked and square markers overlap where a
narrow screen squeezes the axes. Plain values in, a figure out; what a click means is the page's business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from core.charts.style import ACCENT, FAINT, MUTED, faded, lay_out, shown

MAX_CLASSES = 100
"""More classes than this do not fit as cells that a pointer can hit: show the most frequent pairs as a list."""
NUMBERED_CLASSES = 16
"""Up to here a cell is large enough to carry its number."""
LABEL_CHARACTERS = 20
GRIDDED_CLASSES = 40
"""Up to here empty cells are drawn too, faintly; beyond it, lines to follow."""

HALF = 0.47
"""Half the side of a cell, where the next one is 1 away."""

Pair = tuple[str, str]


def matrix(pairs: Sequence[tuple[str, str, int]], labels: Sequence[str], selected: Pair | None = None) -> go.Figure:
    """Draws how many rows each (given, suggested) pair has; a cell's `customdata` is `[given, suggested, count]`.

    `labels` orders both axes, at most `MAX_CLASSES` of them; a pair with another label raises `ValueError`. The shade
    grows with the logarithm of the count, so that one frequent confusion does not blank out the others.
    """
    position = {label: index for index, label in enumerate(labels)}
    unknown = sorted({label for given, suggested, _ in pairs for label in (given, suggested)} - position.keys())
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not among the {len(labels)} labels of the matrix.")
    if len(labels) > MAX_CLASSES:
        raise ValueError(f"{len(labels)} labels do not fit: a matrix holds {MAX_CLASSES}.")
    cell = _cell_pixels(len(labels))
    figure = go.Figure()
    if len(labels) <= GRIDDED_CLASSES:
        figure.add_trace(_empty_cells(len(labels)))
    figure.add_trace(_cells(pairs, position, numbered=len(labels) <= NUMBERED_CLASSES))
    if selected is not None and set(selected) <= position.keys():
        figure.add_trace(_outline(position[selected[1]], position[selected[0]]))
    return _lay_out(figure, labels, cell)


def _cell_pixels(classes: int) -> int:
    """Side of a cell: large for few classes, still wide enough to click for a hundred."""
    return max(9, min(34, 420 // max(classes, 1)))


def _cells(pairs: Sequence[tuple[str, str, int]], position: dict[str, int], numbered: bool) -> go.Bar:
    most = max((count for *_, count in pairs), default=1)
    shades = [0.22 + 0.78 * math.log1p(count) / math.log1p(most) for *_, count in pairs]
    return _bars(
        [(position[suggested], position[given]) for given, suggested, _ in pairs],
        customdata=[list(pair) for pair in pairs],
        marker={"color": [faded(ACCENT, shade) for shade in shades], "cornerradius": 2},
        text=[f"{count:,}" for *_, count in pairs] if numbered else None,
        textfont={"size": 11, "color": ["#ffffff" if shade > 0.6 else MUTED for shade in shades]},
        hovertext=[
            f"{count:,} rows given <b>{shown(given, 80)}</b><br>look like <b>{shown(suggested, 80)}</b>"
            for given, suggested, count in pairs
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _empty_cells(classes: int) -> go.Bar:
    """The grid; the diagonal, where a label is not in doubt, stays blank."""
    places = [(x, y) for y in range(classes) for x in range(classes) if x != y]
    return _bars(places, marker={"color": FAINT, "cornerradius": 2}, hoverinfo="skip")


def _outline(x: int, y: int) -> go.Bar:
    marker = {"color": "rgba(0, 0, 0, 0)", "line": {"color": MUTED, "width": 2}, "cornerradius": 2}
    return _bars([(x, y)], marker=marker, hoverinfo="skip")


def _bars(places: Sequence[tuple[int, int]], **look: Any) -> go.Bar:
    return go.Bar(
        x=[2 * HALF] * len(places),
        base=[x - HALF for x, _ in places],
        y=[y for _, y in places],
        width=2 * HALF,
        orientation="h",
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        unselected={"marker": {"opacity": 1}},
        **look,
    )


def _lay_out(figure: go.Figure, labels: Sequence[str], cell: int) -> go.Figure:
    size = max(8, min(12, cell - 1))
    margin = 12 + int(0.6 * size * min(LABEL_CHARACTERS, max(map(len, labels), default=0)))
    side = margin + 4 + cell * len(labels)
    lay_out(
        figure, height=side, width=side, margin={"l": margin, "t": margin, "r": 4, "b": 4, "pad": 0}, barmode="overlay"
    )
    names = [shown(label, LABEL_CHARACTERS) for label in labels]
    axis = {"tickvals": list(range(len(labels))), "ticktext": names, "tickfont": {"size": size}, "automargin": False}
    end, lined = len(labels) - 0.5, len(labels) > GRIDDED_CLASSES
    figure.update_xaxes(
        **axis,
        range=[-0.5, end],
        showgrid=lined,
        side="top",
        tickangle=0 if max(map(len, labels), default=0) <= 2 else -90,
    )
    figure.update_yaxes(**axis, range=[end, -0.5], showgrid=lined, gridcolor=FAINT)
    return figure

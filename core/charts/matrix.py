"""The given × suggested matrix: which label is taken for which.

Cells are square markers, since the cells of a plotly heat map cannot be clicked. Plain values in, a figure out; what
a click means is the page's business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, FAINT, MUTED, faded

MAX_CLASSES = 100
"""More classes than this do not fit as cells that a pointer can hit: show the most frequent pairs as a list."""
NUMBERED_CLASSES = 16
"""Up to here a cell is large enough to carry its number."""
GRIDDED_CLASSES = 40
"""Up to here empty cells are drawn too, faintly."""
LABEL_CHARACTERS = 20

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
        figure.add_trace(_empty_cells(len(labels), cell))
    figure.add_trace(_cells(pairs, position, cell, numbered=len(labels) <= NUMBERED_CLASSES))
    if selected is not None and set(selected) <= position.keys():
        figure.add_trace(_outline(position[selected[1]], position[selected[0]], cell))
    return _lay_out(figure, labels, cell)


def _cell_pixels(classes: int) -> int:
    """Side of a cell: large for few classes, still wide enough to click for a hundred."""
    return max(8, min(40, 480 // max(classes, 1)))


def _cells(pairs: Sequence[tuple[str, str, int]], position: dict[str, int], cell: int, numbered: bool) -> go.Scatter:
    most = max((count for *_, count in pairs), default=1)
    shades = [0.22 + 0.78 * math.log1p(count) / math.log1p(most) for *_, count in pairs]
    return go.Scatter(
        x=[position[suggested] for _, suggested, _ in pairs],
        y=[position[given] for given, _, _ in pairs],
        customdata=[list(pair) for pair in pairs],
        mode="markers+text" if numbered else "markers",
        text=[f"{count:,}" for *_, count in pairs] if numbered else None,
        textfont={"size": 11, "color": ["#ffffff" if shade > 0.6 else MUTED for shade in shades]},
        marker={"symbol": "square", "size": cell - 2, "color": [faded(ACCENT, shade) for shade in shades]},
        hovertemplate="%{customdata[2]:,} rows given <b>%{customdata[0]}</b><br>"
        "look like <b>%{customdata[1]}</b><extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )


def _empty_cells(classes: int, cell: int) -> go.Scatter:
    """The grid; the diagonal, where a label is not in doubt, stays blank."""
    places = [(x, y) for y in range(classes) for x in range(classes) if x != y]
    return go.Scatter(
        x=[x for x, _ in places],
        y=[y for _, y in places],
        mode="markers",
        marker={"symbol": "square", "size": cell - 2, "color": FAINT},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )


def _outline(x: int, y: int, cell: int) -> go.Scatter:
    marker = {"symbol": "square-open", "size": cell, "color": MUTED, "line": {"width": 2}}
    return go.Scatter(x=[x], y=[y], mode="markers", marker=marker, hoverinfo="skip")


def _lay_out(figure: go.Figure, labels: Sequence[str], cell: int) -> go.Figure:
    names = [label if len(label) <= LABEL_CHARACTERS else f"{label[: LABEL_CHARACTERS - 1]}…" for label in labels]
    size = max(8, min(12, cell + 1))
    margin = 24 + int(0.62 * size * max(map(len, names), default=0))
    axis = {
        "tickvals": list(range(len(labels))),
        "ticktext": names,
        "tickfont": {"size": size},
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "range": [-0.5, len(labels) - 0.5],
    }
    figure.update_layout(
        width=margin + 8 + cell * len(labels),
        height=margin + 8 + cell * len(labels),
        margin={"l": margin, "t": margin, "r": 8, "b": 8, "pad": 0},
        xaxis=axis | {"side": "top", "tickangle": -90, "title": {"text": "looks like", "standoff": 4}},
        yaxis=axis | {"range": [len(labels) - 0.5, -0.5], "title": {"text": "given", "standoff": 4}},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        clickmode="event+select",
    )
    return figure

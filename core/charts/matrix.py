"""The given × suggested matrix: which label is taken for which.

Plain values in, a figure out; what a click means is the page's business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.grid import (
    GRIDDED_CLASSES,
    MAX_CLASSES,
    bars,
    cell_pixels,
    empty_cells,
    lay_out_grid,
    numbers,
    outline,
)
from core.charts.style import ACCENT, faded, shown
from core.words import say

__all__ = ["MAX_CLASSES", "NUMBERED_CLASSES", "Pair", "matrix"]

NUMBERED_CLASSES = 16
"""Up to here a cell is large enough to carry its number."""

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
    cell = cell_pixels(len(labels))
    figure = go.Figure()
    if len(labels) <= GRIDDED_CLASSES:
        figure.add_trace(empty_cells(len(labels)))
    places = [(position[suggested], position[given]) for given, suggested, _ in pairs]
    figure.add_trace(_cells(pairs, places))
    if len(labels) <= NUMBERED_CLASSES:
        figure.add_trace(numbers(places, [f"{count:,}" for *_, count in pairs]))
    if selected is not None and set(selected) <= position.keys():
        figure.add_trace(outline(position[selected[1]], position[selected[0]]))
    return lay_out_grid(figure, labels, cell)


def _cells(pairs: Sequence[tuple[str, str, int]], places: Sequence[tuple[int, int]]) -> go.Bar:
    most = max((count for *_, count in pairs), default=1)
    shades = [0.22 + 0.78 * math.log1p(count) / math.log1p(most) for *_, count in pairs]
    return bars(
        places,
        customdata=[list(pair) for pair in pairs],
        marker={"color": [faded(ACCENT, shade) for shade in shades], "cornerradius": 2},
        hovertext=[
            say(
                "{n:,} rows given <b>{given}</b><br>look like <b>{suggested}</b>",
                n=count,
                given=shown(given, 80),
                suggested=shown(suggested, 80),
            )
            for given, suggested, count in pairs
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )

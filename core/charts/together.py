"""Which classes occur together: a square of cells that can be clicked, the same on either side of its diagonal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.grid import bars, cell_pixels, empty_cells, lay_out_grid, numbers, outline
from core.charts.style import ACCENT, MUTED, faded, shown
from core.words import say

DIGIT_PIXELS = 7
NUMBERED_PIXELS = 22
LEAST_SHADE = 0.16
ITSELF = faded(MUTED, 0.30)
"""The diagonal: how many rows have a class at all."""


def together(labels: Sequence[str], counts: NDArray[np.int64], selected: tuple[int, int] | None = None) -> go.Figure:
    """Draws `counts` (k, k), rows that have both classes, the diagonal in grey; a cell's `customdata` is [its pair's
    place in `pairs_of`], a cell of the diagonal has none. The shade grows with the logarithm of the count."""
    side = cell_pixels(len(labels), most=64, whole=560)
    places = {pair: place for place, pair in enumerate(pairs_of(counts))}
    rows, columns = map(np.ndarray.tolist, np.nonzero(counts))
    cells = list(zip(rows, columns, strict=True))
    most = max((int(counts[pair]) for pair in places), default=1)

    def colour(row: int, column: int) -> str:
        strength = math.log1p(int(counts[row, column])) / math.log1p(most)
        return ITSELF if row == column else faded(ACCENT, LEAST_SHADE + (1 - LEAST_SHADE) * strength)

    def hover(row: int, column: int) -> str:
        one, other, count = shown(labels[row], 80), shown(labels[column], 80), int(counts[row, column])
        if row == column:
            return f"<b>{one}</b><br>{say('{n:,} rows', n=count)}"
        return say(
            "<b>{one}</b> and <b>{other}</b><br>{n:,} rows · {first:.1%} of the first, {second:.1%} of the second",
            one=one,
            other=other,
            n=count,
            first=count / int(counts[row, row]),
            second=count / int(counts[column, column]),
        )

    figure = go.Figure(empty_cells(len(labels), diagonal=True))
    figure.add_trace(
        bars(
            [(column, row) for row, column in cells],
            customdata=[
                None if row == column else [places[min(row, column), max(row, column)]] for row, column in cells
            ],
            marker={"color": [colour(*cell) for cell in cells], "cornerradius": 2},
            hovertext=[hover(*cell) for cell in cells],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    texts = [f"{int(counts[cell]):,}" for cell in cells]
    room = side - 2 if side >= NUMBERED_PIXELS else 0
    fitting = [place for place, text in enumerate(texts) if len(text) * DIGIT_PIXELS <= room]
    figure.add_trace(numbers([cells[place][::-1] for place in fitting], [texts[place] for place in fitting]))
    for row, column in {selected, selected[::-1]} if selected is not None else ():
        figure.add_trace(outline(column, row))
    return lay_out_grid(figure, labels, side)


def pairs_of(counts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The pairs of classes that occur together, the smaller place first; most rows first."""
    rows, columns = (places.tolist() for places in np.nonzero(np.triu(counts, 1)))
    return sorted(zip(rows, columns, strict=True), key=lambda pair: (-int(counts[pair]), pair))

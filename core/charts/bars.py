"""Horizontal bars with their figures at the end: classes, values of a category, missing values."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, emphasis, faded, lay_out, name_rows, row_pixels, shown
from core.words import say


def bars(
    names: Sequence[str],
    counts: Sequence[int],
    total: int,
    *,
    selected: int | None = None,
    log: bool = False,
    gap_after: int | None = None,
) -> go.Figure:
    """One bar per name, top down; `customdata` is its position. Each says its count and its share of `total`.

    `gap_after` leaves a line blank after that many bars: those between are not drawn.
    """
    places = [place + (gap_after is not None and place >= gap_after) for place in range(len(names))]
    shares = [count / total if total else 0.0 for count in counts]
    opacities = emphasis(len(names), selected)
    figure = go.Figure(
        go.Bar(
            x=list(counts),
            y=places,
            orientation="h",
            customdata=[[position] for position in range(len(names))],
            marker={"color": [faded(ACCENT, opacity) for opacity in opacities], "cornerradius": 2},
            unselected={"marker": {"opacity": 1}},
            text=[f" {count:,} · {share:.1%}" for count, share in zip(counts, shares, strict=True)],
            textposition="outside",
            textfont={"size": 12},
            cliponaxis=False,
            hovertext=[shown(name, 80) for name in names],
            hovertemplate=f"<b>%{{hovertext}}</b><br>{say('%{x:,} rows')}<extra></extra>",
        )
    )
    rows = len(names) + (gap_after is not None)
    lay_out(figure, height=rows * row_pixels(names) + 16, margin={"l": 4, "r": 24, "t": 8, "b": 8, "pad": 4})
    _scale(figure, counts, log)
    name_rows(figure, names)
    return figure.update_yaxes(tickvals=places, range=[rows - 0.5, -0.5])


def _scale(figure: go.Figure, counts: Sequence[int], log: bool) -> None:
    """Room at the right for the figures; on a logarithmic axis the shortest bar still shows."""
    most = max([*counts, 1])
    hidden = {"showticklabels": False, "showgrid": False}
    if log:
        figure.update_xaxes(type="log", range=[-0.3, math.log10(most) * 1.42 + 0.4], **hidden)
    else:
        figure.update_xaxes(range=[0, most * 1.42], **hidden)

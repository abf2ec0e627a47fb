"""How many wrong labels a list of the worst rows holds, by its length. Plain values in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, FAINT, MUTED, faded, lay_out
from core.words import later, say

HEIGHT = 230
HOVER = later("%{x:,} rows: about %{y:,.0f} wrong")
BETWEEN = "%{customdata[0]:,.0f} – %{customdata[1]:,.0f}<extra></extra>"
Point = tuple[int, float, float, float]
"""Rows, and the wrong labels among them: expected, at least, at most."""


def found(points: Sequence[Point], chosen: int, mark: str = "") -> go.Figure:
    """The curve with its band from least to most, the line on which all would be wrong, and the chosen length with a
    word for it."""
    rows = [0, *(point[0] for point in points)]
    likely, low, high = ([0.0, *(point[place] for point in points)] for place in (1, 2, 3))
    figure = go.Figure()
    figure.add_trace(_line(rows, high, width=0))
    figure.add_trace(_line(rows, low, width=0, fill="tonexty", fillcolor=faded(ACCENT, 0.18)))
    top = max(high)
    figure.add_trace(
        go.Scatter(x=[0, top], y=[0, top], mode="lines", hoverinfo="skip", line={"color": MUTED, "dash": "dot"})
    )
    figure.add_trace(
        go.Scatter(
            x=rows,
            y=likely,
            customdata=list(zip(low, high, strict=True)),
            mode="lines",
            line={"color": ACCENT, "width": 2},
            hovertemplate=f"{say(HOVER)}, {BETWEEN}",
        )
    )
    lay_out(figure, height=HEIGHT, margin={"l": 4, "r": 8, "t": 8, "b": 30, "pad": 4})
    if chosen <= rows[-1]:
        about = (
            {
                "annotation_text": mark,
                "annotation_position": "top left",
                "annotation_font": {"size": 12, "color": MUTED},
            }
            if mark
            else {}
        )
        figure.add_vline(chosen, line={"color": MUTED, "width": 1}, **about)
    figure.update_xaxes(title_text=say("rows to review, worst first"), title_font_size=12, range=[0, rows[-1]])
    figure.update_yaxes(title_text=say("wrong labels"), title_font_size=12, showgrid=True, gridcolor=FAINT)
    return figure.update_yaxes(rangemode="tozero", tickfont={"size": 12})


def _line(rows: Sequence[int], values: Sequence[float], width: int, **look: object) -> go.Scatter:
    return go.Scatter(x=rows, y=values, mode="lines", hoverinfo="skip", line={"color": ACCENT, "width": width}, **look)

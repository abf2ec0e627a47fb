"""Precision or recall by reviewed rows, a line and a band for each detector. Plain values in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.history import DASHES
from core.charts.style import FAINT, PALETTE, faded, lay_out, shown
from core.words import say

HEIGHT = 340


@dataclass(frozen=True, slots=True)
class Line:
    """One detector."""

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def by_reviews(reviewed: Sequence[int], lines: Sequence[Line], measure: str) -> go.Figure:
    """Each in a colour and a dash of its own, with the band of the copies; on a log scale, as reviews go."""
    figure = go.Figure()
    for place, line in enumerate(lines):
        colour = PALETTE[place % len(PALETTE)]
        edge = {"mode": "lines", "hoverinfo": "skip", "showlegend": False, "line": {"width": 0, "color": colour}}
        figure.add_trace(go.Scatter(x=list(reviewed), y=list(line.high), **edge))
        figure.add_trace(
            go.Scatter(x=list(reviewed), y=list(line.low), fill="tonexty", fillcolor=faded(colour, 0.14), **edge)
        )
        figure.add_trace(
            go.Scatter(
                x=list(reviewed),
                y=list(line.values),
                name=shown(line.name, 40),
                mode="lines",
                line={"color": colour, "width": 2, "dash": DASHES[place % len(DASHES)]},
                meta=shown(line.name, 60),
                customdata=list(zip(line.low, line.high, strict=True)),
                hovertemplate="<b>%{meta}</b><br>%{x:,}: %{y:.2f} "
                "(%{customdata[0]:.2f} – %{customdata[1]:.2f})<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
    lay_out(figure, height=HEIGHT, showlegend=True, legend=legend, margin={"l": 4, "r": 8, "t": 30, "b": 30, "pad": 4})
    figure.update_xaxes(
        type="log",
        title_text=say("reviewed rows, worst first"),
        title_font_size=12,
        tickvals=[one for one in _round(reviewed[-1]) if reviewed[0] <= one],
        tickformat=",d",
    )
    axis = {"range": [-0.01, 1.01], "tickvals": [0, 0.25, 0.5, 0.75, 1], "gridcolor": FAINT}
    return figure.update_yaxes(**axis, showgrid=True, title_text=measure, title_font_size=12)


def _round(most: int) -> list[int]:
    """10, 20, 50, 100 …"""
    found, power = [5], 10
    while power <= most:
        found += [one for one in (power, 2 * power, 5 * power) if one <= most]
        power *= 10
    return found

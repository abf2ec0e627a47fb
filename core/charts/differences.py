"""Differences with their intervals around a line at 0: one line a name, one mark a series."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import MARKS, MUTED, PALETTE, faded, lay_out, name_rows, row_pixels, shown
from core.records import Estimate
from core.words import say


def differences(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[Estimate]]], *, shares: bool = True
) -> go.Figure:
    """A point and a whisker per name and series (title, estimates of differences), top down: those between `shares` in
    points, others in their units. Hollow marks are those whose interval has 0 in it."""
    figure = go.Figure()
    for position, (title, estimates) in enumerate(series):
        figure.add_trace(_marks(names, title, estimates, position, len(series), shares))
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    several = len(series) > 1
    rows = len(names) * (row_pixels(names) + 4) * max(1, len(series)) // (2 if several else 1)
    lay_out(
        figure,
        height=rows + (68 if several else 36),
        showlegend=several,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}, "itemclick": False},
        margin={"l": 4, "r": 8, "t": 34 if several else 8, "b": 8, "pad": 4},
    )
    name_rows(figure, names)
    return figure.update_xaxes(tickformat="~g", nticks=8)


def _marks(
    names: Sequence[str], title: str, estimates: Sequence[Estimate], position: int, several: int, shares: bool
) -> go.Scatter:
    unit = 100 if shares else 1
    colour = PALETTE[position % len(PALETTE)]
    mark = MARKS[position % len(MARKS)]
    shift = (position - (several - 1) / 2) * 0.3
    return go.Scatter(
        x=[unit * one.estimate for one in estimates],
        y=[row + shift for row in range(len(names))],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [unit * (one.high - one.estimate) for one in estimates],
            "arrayminus": [unit * (one.estimate - one.low) for one in estimates],
            "color": faded(colour, 0.6),
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        name=shown(title, 40),
        marker={
            "size": 10,
            "color": colour,
            "symbol": [mark if one.low > 0 or one.high < 0 else f"{mark}-open" for one in estimates],
            "line": {"width": 2, "color": colour},
        },
        unselected={"marker": {"opacity": 1}},
        hovertext=[
            f"<b>{shown(name, 60)}</b><br>{shown(title, 60)}<br>" + _said(one, shares)
            for name, one in zip(names, estimates, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _said(one: Estimate, shares: bool) -> str:
    if not shares:
        return say("{n:+.4g} (95 %: {low:+.4g} to {high:+.4g})", n=one.estimate, low=one.low, high=one.high)
    return say(
        "{n:+.2f} points (95 %: {low:+.2f} to {high:+.2f})",
        n=100 * one.estimate,
        low=100 * one.low,
        high=100 * one.high,
    )

"""Estimates with their intervals, one a line; and shares of several series, one line a class."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import plotly.graph_objects as go

from core.charts.history import ticks
from core.charts.style import ACCENT, MARKS, PALETTE, emphasis, faded, lay_out, name_rows, row_pixels, shown
from core.records import Estimate
from core.words import say

LEAST_HEIGHT = 100
"""Pixels in which the scale beneath a single line is whole."""


def intervals(
    names: Sequence[str], estimates: Sequence[Estimate], *, selected: int | None = None, share: bool = True
) -> go.Figure:
    """A point and a whisker per name from estimates, top down; `customdata` is its position. `share`: they are in 0–1,
    and so is the scale; else it goes from 0, which a line marks, to beyond them."""
    form = ".3f" if share else ",.4g"
    figure = go.Figure(
        go.Scatter(
            x=[one.estimate for one in estimates],
            y=list(range(len(names))),
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [one.high - one.estimate for one in estimates],
                "arrayminus": [one.estimate - one.low for one in estimates],
                "color": faded(ACCENT, 0.55),
                "thickness": 2,
                "width": 4,
            },
            mode="markers",
            customdata=[[position] for position in range(len(names))],
            marker={"size": 10, "color": [faded(ACCENT, opacity) for opacity in emphasis(len(names), selected)]},
            unselected={"marker": {"opacity": 1}},
            hovertext=[
                f"<b>{shown(name, 60)}</b><br>{one.estimate:{form}} (95 %: {one.low:{form}} – {one.high:{form}})"
                for name, one in zip(names, estimates, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    lay_out(figure, height=max(LEAST_HEIGHT, len(names) * (row_pixels(names) + 4) + 40))
    name_rows(figure, names)
    if share:
        return figure.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    ends = [0.0, *(end for one in estimates for end in (one.low, one.high, one.estimate) if isfinite(end))]
    room = 0.04 * (max(ends) - min(ends) or 1.0)
    figure.add_vline(x=0, line_width=1, line_color=ACCENT)
    return figure.update_xaxes(range=[min(ends) - room, max(ends) + room], nticks=6)


def shares(names: Sequence[str], series: Sequence[tuple[str, Sequence[float], Sequence[int]]]) -> go.Figure:
    """A mark per class and series (name, shares, counts); `customdata` is its [class position, series position]."""
    figure = go.Figure()
    for position, (title, values, counts) in enumerate(series):
        figure.add_trace(
            go.Scatter(
                x=list(values),
                y=list(range(len(names))),
                mode="markers",
                name=shown(title),
                customdata=[[row, position] for row in range(len(names))],
                marker={
                    "size": 10,
                    "color": PALETTE[position % len(PALETTE)],
                    "symbol": MARKS[position % len(MARKS)],
                    "opacity": 0.9,
                },
                unselected={"marker": {"opacity": 0.9}},
                hovertext=[
                    say(
                        "<b>{name}</b> in {split}<br>{share:.1%} · {n:,} rows",
                        name=shown(name, 60),
                        split=shown(title),
                        share=value,
                        n=count,
                    )
                    for name, value, count in zip(names, values, counts, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
    lay_out(
        figure,
        height=len(names) * row_pixels(names) + 76,
        showlegend=True,
        legend=legend,
        margin={"l": 4, "r": 8, "t": 34, "b": 8, "pad": 4},
    )
    name_rows(figure, names)
    figure.update_yaxes(showgrid=True, gridcolor="rgba(125, 133, 144, 0.12)")
    places, ticked = ticks(0.0, max((value for _, values, _ in series for value in values), default=1.0), share=True)
    return figure.update_xaxes(tickvals=places, ticktext=ticked, range=[-0.02 * places[-1], places[-1] * 1.02])


def changes(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[tuple[float, float, float] | None]]]
) -> go.Figure:
    """Differences to nothing, with their whiskers: a line per name, in it a mark per series of (change, low, high) in
    shares; None where there is none. A line marks no change."""
    figure = go.Figure()
    room = 0.6 / max(1, len(series))
    for position, (title, values) in enumerate(series):
        told = [(row, one) for row, one in enumerate(values) if one is not None]
        colour = PALETTE[position % len(PALETTE)]
        figure.add_trace(
            go.Scatter(
                x=[one[0] for _, one in told],
                y=[row + room * (position - (len(series) - 1) / 2) for row, _ in told],
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [one[2] - one[0] for _, one in told],
                    "arrayminus": [one[0] - one[1] for _, one in told],
                    "color": faded(colour, 0.6),
                    "thickness": 2,
                    "width": 3,
                },
                mode="markers",
                name=shown(title),
                marker={"size": 9, "color": colour, "symbol": MARKS[position % len(MARKS)]},
                hovertext=[
                    f"<b>{shown(names[row], 60)}</b> · {shown(title)}<br>"
                    f"{100 * one[0]:+.1f} (95 %: {100 * one[1]:+.1f} – {100 * one[2]:+.1f})"
                    for row, one in told
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
    height = len(names) * max(row_pixels(names) + 4, 16 * len(series)) + 90
    margin = {"l": 4, "r": 8, "t": 34, "b": 8, "pad": 4}
    lay_out(figure, height=height, showlegend=True, legend=legend, margin=margin)
    name_rows(figure, names)
    figure.add_vline(x=0, line_width=1, line_color=ACCENT)
    ends = [abs(end) for _, values in series for one in values if one is not None for end in one]
    most = max([0.01, *ends]) * 1.08
    return figure.update_xaxes(range=[-most, most], tickformat="+.0%" if most > 0.03 else "+.1%", nticks=7)

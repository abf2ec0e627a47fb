"""Differences with their intervals, one a line, around a zero that says: no clear difference."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, BAR_PIXELS, MUTED, WARM, faded, lay_out, name_rows, shown


def differences(
    names: Sequence[str], found: Sequence[tuple[float, float, float]], *, selected: int | None = None
) -> go.Figure:
    """A point and a whisker per name from (difference, low, high), in -1–1 and shown in points of percent, top down;
    `customdata` is its position. Filled and coloured only where the interval leaves 0 out: cool is more, warm less."""
    colours = [_colour(low, high) for _, low, high in found]
    most = max((max(abs(low), abs(high)) for _, low, high in found), default=0.01)
    figure = go.Figure()
    for place, ((_, low, high), colour) in enumerate(zip(found, colours, strict=True)):
        line = {"color": faded(colour, 0.6), "width": 2}
        ends = {"x": [100 * low, 100 * high], "y": [place, place]}
        figure.add_trace(go.Scatter(**ends, mode="lines", line=line, hoverinfo="skip"))
    figure.add_trace(
        go.Scatter(
            x=[100 * difference for difference, *_ in found],
            y=list(range(len(names))),
            mode="markers",
            customdata=[[position] for position in range(len(names))],
            marker={
                "size": [13 if place == selected else 10 for place in range(len(names))],
                "color": colours,
                "symbol": ["circle-open" if colour == MUTED else "circle" for colour in colours],
                "line": {"width": 2, "color": colours},
            },
            unselected={"marker": {"opacity": 1}},
            hovertext=[
                f"<b>{shown(name, 60)}</b><br>{100 * difference:+.1f} points "
                f"(95 %: {100 * low:+.1f} to {100 * high:+.1f})"
                + ("<br>no clear difference" if colour == MUTED else "")
                for name, (difference, low, high), colour in zip(names, found, colours, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    lay_out(figure, height=len(names) * BAR_PIXELS + 44)
    name_rows(figure, names)
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    return figure.update_xaxes(
        range=[-105 * most, 105 * most], ticksuffix="", title={"text": "points", "font": {"size": 11}}
    )


def _colour(low: float, high: float) -> str:
    if low <= 0 <= high:
        return MUTED
    return ACCENT if low > 0 else WARM

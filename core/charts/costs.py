"""The expected cost by threshold, with the best one and the usual one marked."""

from __future__ import annotations

import plotly.graph_objects as go

from core.charts.style import ACCENT, FAINT, LEAST_TEXT, MUTED, faded, lay_out
from core.records import CostCurve
from core.words import say

HEIGHT = 240


def cost_by_threshold(curve: CostCurve) -> go.Figure:
    """A line of costs per 1,000 rows; the band is where the best threshold may lie."""
    figure = go.Figure(
        go.Scatter(
            x=curve.thresholds,
            y=curve.costs,
            mode="lines",
            line={"color": ACCENT, "width": 2},
            hovertemplate=f"{say('from %{x:.1%} on: %{y:,.0f} per 1,000 rows')}<extra></extra>",
        )
    )
    at_best = float(curve.costs[int(abs(curve.thresholds - curve.best.estimate).argmin())])
    for name, x, y, symbol, colour in (
        (say("best"), curve.best.estimate, at_best, "circle", ACCENT),
        (say("usual"), curve.usual_at, curve.usual, "diamond", MUTED),
    ):
        figure.add_trace(
            go.Scatter(
                x=[x],
                y=[y],
                mode="markers+text",
                text=[f"{name}: {y:,.0f}"],
                textposition="top center" if 0.1 < x < 0.9 else "top right" if x < 0.5 else "top left",
                marker={"size": 10, "color": colour, "symbol": symbol},
                hovertemplate=f"{name}: {say('from %{x:.1%} on, %{y:,.0f} per 1,000 rows')}<extra></extra>",
            )
        )
    figure.add_vrect(x0=curve.best.low, x1=curve.best.high, fillcolor=faded(ACCENT, 0.14), line_width=0)
    lay_out(figure, height=HEIGHT, margin={"l": 4, "r": 12, "t": 24, "b": 8, "pad": 4})
    figure.update_xaxes(
        tickformat=".0%", title_text=say("threshold"), title_font_size=LEAST_TEXT, range=[-0.01, 1.02], nticks=6
    )
    figure.update_yaxes(
        showgrid=True, gridcolor=FAINT, title_text=say("cost per 1,000 rows"), title_font_size=LEAST_TEXT
    )
    return figure.update_yaxes(range=[0, float(curve.costs.max()) * 1.15 or 1], tickformat=",.0f", nticks=5)

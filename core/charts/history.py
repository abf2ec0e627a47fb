"""How a figure changed over a training run, one line per series."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import FAINT, PALETTE, lay_out

HEIGHT = 220
MAX_POINTS = 400
"""A longer series is thinned evenly; its last point stays."""
DASHES = ("solid", "dot", "dash", "longdash", "dashdot")
"""A dash for each colour, so that no series is told by colour alone."""
FEW = 30
"""Series of no more points have them marked."""

Series = tuple[str, Sequence[float], Sequence[float]]
"""Name, epochs, values."""


def history(series: Sequence[Series], *, share: bool = False) -> go.Figure:
    """Lines over epochs; with `share`, values are in 0–1 and shown in percent."""
    drawn = go.Figure()
    for place, (name, epochs, values) in enumerate(series):
        kept = _kept(len(epochs))
        colour = PALETTE[place % len(PALETTE)]
        drawn.add_trace(
            go.Scatter(
                x=[epochs[point] for point in kept],
                y=[values[point] for point in kept],
                name=name,
                mode="lines+markers" if len(kept) <= FEW else "lines",
                line={"color": colour, "width": 2, "dash": DASHES[place % len(DASHES)]},
                marker={"color": colour, "size": 6},
                hovertemplate=f"<b>{name}</b> %{{y:{'.2%' if share else '.4f'}}} at epoch %{{x:.2f}}<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 11}}
    lay_out(drawn, height=HEIGHT, showlegend=True, legend=legend, margin={"l": 4, "r": 8, "t": 30, "b": 8, "pad": 4})
    drawn.update_xaxes(showgrid=False, title={"text": "epoch", "font": {"size": 11}}, rangemode="tozero")
    return drawn.update_yaxes(
        showgrid=True, gridcolor=FAINT, nticks=6, tickfont={"size": 11}, tickformat=".2~%" if share else None
    )


def _kept(points: int) -> list[int]:
    if points <= MAX_POINTS:
        return list(range(points))
    return [round(place * (points - 1) / (MAX_POINTS - 1)) for place in range(MAX_POINTS)]

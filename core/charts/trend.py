"""A figure by version with its 95 % intervals, and the same as a tiny picture for a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from core.charts.history import ticks
from core.charts.style import ACCENT, FAINT, faded, lay_out
from core.records import Estimate

HEIGHT = 210
SPARK_WIDTH, SPARK_HEIGHT, PAD = 44, 20, 4


def trend(
    names: Sequence[str], values: Sequence[Estimate | None], said: Callable[[float], str] | None = None
) -> go.Figure:
    """A line through the versions that have a value, with whiskers; versions without one keep their place. Values are
    shares, in 0–1, unless it is `said` how to write them."""
    share, say_value = said is None, said or "{:.1%}".format
    known = [(place, one) for place, one in enumerate(values) if one is not None]
    figure = go.Figure(
        go.Scatter(
            x=[place for place, _ in known],
            y=[one.estimate for _, one in known],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.high - one.estimate for _, one in known],
                "arrayminus": [one.estimate - one.low for _, one in known],
                "color": faded(ACCENT, 0.55),
                "thickness": 2,
                "width": 5,
            },
            mode="lines+markers+text",
            text=[say_value(one.estimate) for _, one in known],
            textposition="top right",
            line={"color": ACCENT, "width": 2},
            marker={"size": 9, "color": ACCENT},
            cliponaxis=False,
            hovertext=[
                f"{names[place]}: {say_value(one.estimate)} (95 %: {say_value(one.low)} – {say_value(one.high)})"
                for place, one in known
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    lay_out(figure, height=HEIGHT, margin={"l": 4, "r": 48, "t": 12, "b": 8, "pad": 4})
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=list(names),
        range=[-0.4, max(0.6, len(names) - 0.6)],
        showgrid=False,
        tickfont={"size": 12},
    )
    ends = [(one.low, one.high) for _, one in known] or [(0.0, 1.0)]
    places, words = ticks(min(low for low, _ in ends), max(high for _, high in ends), share=share)
    return figure.update_yaxes(tickvals=places, ticktext=words, showgrid=True, gridcolor=FAINT)


def spark(values: Sequence[float]) -> str:
    """The values as a line of SVG, its last point marked; needs at least one. Its height is their range, so that it
    shows which way they go and not how far: the figures stand beside it."""
    low, high = min(values), max(values)
    span, step = (high - low) or 1.0, (SPARK_WIDTH - 2 * PAD) / max(1, len(values) - 1)
    level = 0.5 if high == low else 0.0
    points = [
        (PAD + place * step, SPARK_HEIGHT - PAD - ((value - low) / span + level) * (SPARK_HEIGHT - 2 * PAD))
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" '
        f'viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}"><polyline points="{line}" fill="none" stroke="{ACCENT}" '
        f'stroke-width="2"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ACCENT}"/></svg>'
    )

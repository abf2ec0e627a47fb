"""How a number spreads, as upright bars; a last bar that is open above takes the tail in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import plotly.graph_objects as go

from core.charts.style import ACCENT, emphasis, faded, lay_out
from core.words import say

HEIGHT = 200
_WRITTEN_OUT = 1e15
"""From here on numbers are shown as powers of ten."""
_YEAR = 365.2425 * 86_400


def histogram(
    bins: Sequence[tuple[float, float, int]], *, selected: int | None = None, log: bool = False, time: bool = False
) -> go.Figure:
    """One bar per bin (low, high, count), in order; `customdata` is its position. Open bins are as wide as the others.

    With `time`, the edges are seconds since 1970.
    """
    width = next((high - low for low, high, _ in bins if math.isfinite(high - low)), 1.0)
    starts = [high - width if math.isinf(low) else low for low, high, _ in bins]
    opacities = emphasis(len(bins), selected)
    drawn = go.Figure(
        go.Bar(
            x=[start + width / 2 for start in starts],
            y=[count for *_, count in bins],
            width=width * 0.92,
            customdata=[[position] for position in range(len(bins))],
            marker={"color": [faded(ACCENT, opacity) for opacity in opacities]},
            unselected={"marker": {"opacity": 1}},
            hovertext=[bin_name(low, high, time) for low, high, _ in bins],
            hovertemplate=f"<b>%{{hovertext}}</b><br>{say('%{y:,} rows')}<extra></extra>",
        )
    )
    lay_out(drawn, height=HEIGHT)
    drawn.update_yaxes(type="log" if log else "linear", showgrid=True, gridcolor="rgba(125, 133, 144, 0.12)", nticks=4)
    if time and starts:
        ticks = [starts[round(place * (len(starts) - 1) / 4)] for place in range(5)] if len(starts) > 4 else starts
        drawn.update_xaxes(tickvals=ticks, ticktext=[figure(tick, True) for tick in ticks])
    return drawn.update_xaxes(showgrid=False)


def bin_name(low: float, high: float, time: bool = False) -> str:
    """A bin in words: `1,000 – 1,200`, `under 10`, `5,000 and over`."""
    if math.isinf(high):
        return say("{low} and over", low=figure(low, time))
    return (
        say("under {high}", high=figure(high, time))
        if math.isinf(low)
        else f"{figure(low, time)} – {figure(high, time)}"
    )


def figure(value: float, time: bool = False) -> str:
    """A number with as many digits as matter; a time, in seconds since 1970, as its date, or its year where the
    calendar of Python, 1 to 9999, has none."""
    if time:
        try:
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)).strftime("%Y-%m-%d")
        except OverflowError:
            return say("year {n:,.0f}", n=1970 + value / _YEAR)
    if abs(value) >= _WRITTEN_OUT:
        return f"{value:.4g}"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:,.4g}"

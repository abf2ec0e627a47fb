"""How a figure changed over a training run, one line per series; of several runs, all in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.style import FAINT, PALETTE, lay_out, shown
from core.words import say

HEIGHT = 220
MAX_POINTS = 400
"""A longer series is thinned evenly; its last point stays."""
DASHES = ("solid", "dot", "dash", "longdash", "dashdot")
"""A dash for each colour, so that no series is told by colour alone."""
FEW = 30
"""Series of no more points have them marked."""
INTERVALS = 5
"""Between the ticks of the value axis, at most."""
NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Series:
    """One line."""

    name: str
    epochs: Sequence[float]
    values: Sequence[float]
    """Finite; as many as epochs."""
    colour: int
    """Place in the palette."""
    dash: int
    """Place in `DASHES`."""


def history(series: Sequence[Series], *, share: bool = False) -> go.Figure:
    """Lines over epochs; with `share`, values are in 0–1 and shown in percent."""
    drawn, at = go.Figure(), say("at epoch %{x:.2f}")
    for line in series:
        kept = _kept(len(line.epochs))
        colour = PALETTE[line.colour % len(PALETTE)]
        drawn.add_trace(
            go.Scatter(
                x=[line.epochs[point] for point in kept],
                y=[line.values[point] for point in kept],
                name=shown(line.name, NAME_CHARACTERS),
                mode="lines+markers" if len(kept) <= FEW else "lines",
                line={"color": colour, "width": 2, "dash": DASHES[line.dash % len(DASHES)]},
                marker={"color": colour, "size": 6},
                meta=shown(line.name, NAME_CHARACTERS),  # not in the template, where "%{x}" would be filled in
                hovertemplate=f"<b>%{{meta}}</b> %{{y:{'.2%' if share else '.4f'}}} {at}<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
    lay_out(drawn, height=HEIGHT, showlegend=True, legend=legend, margin={"l": 4, "r": 8, "t": 30, "b": 8, "pad": 4})
    drawn.update_xaxes(showgrid=False, title_text=say("epoch"), title_font_size=12, rangemode="tozero")
    drawn.update_yaxes(showgrid=True, gridcolor=FAINT, tickfont={"size": 12})
    values = [value for line in series for value in line.values]
    if values:
        places, names = ticks(min(values), max(values), share=share)
        drawn.update_yaxes(tickvals=places, ticktext=names)
    return drawn


def ticks(low: float, high: float, *, share: bool = False) -> tuple[list[float], list[str]]:
    """Round values from about `low` to about `high` and what stands at them: in percent with `share`, and with as many
    decimals as it takes for no two to read the same."""
    span = (high - low) or abs(high) * 0.1 or 1.0
    rough = span / INTERVALS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = [place * step for place in range(first, max(last, first + 1) + 1)]
    unit = step * 100 if share else step
    decimals = max(0, -math.floor(math.log10(unit) + 1e-9))
    return places, [f"{place:.{decimals}%}" if share else f"{place:.{decimals}f}" for place in places]


def _kept(points: int) -> list[int]:
    if points <= MAX_POINTS:
        return list(range(points))
    return [round(place * (points - 1) / (MAX_POINTS - 1)) for place in range(MAX_POINTS)]

"""Rules by how many rows they cover and how often people agreed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.charts.style import FAINT, LEAST_TEXT, MARKS, MUTED, PALETTE, lay_out, shown
from core.words import later, say

HEIGHT = 260
UNKNOWN = -0.1
"""Where a rule stands of which nobody has judged a row: beneath the shares."""
HOVER = later("%{x:.1%} of all rows")


@dataclass(frozen=True, slots=True)
class RulePoint:
    """A rule in the picture."""

    name: str
    says: str
    """The class, as people call it."""
    coverage: float
    """Share of all rows, 0–1."""
    precision: tuple[float, float, float] | None
    """Share, low and high, 0–1; None where nobody has judged a row."""


def rule_points(points: Sequence[RulePoint]) -> go.Figure:
    """A point for each rule, from left to right by coverage and upwards by precision, with its interval; a colour and a
    shape for each class, hollow and at the foot where the precision is not known. `customdata` is its position."""
    classes = list(dict.fromkeys(one.says for one in points))
    figure = go.Figure()
    for place, says in enumerate(classes):
        own = [(position, one) for position, one in enumerate(points) if one.says == says]
        figure.add_trace(_of_class(own, says, place))
    lay_out(figure, height=HEIGHT, margin={"l": 4, "r": 16, "t": 8, "b": 34, "pad": 4}, showlegend=len(classes) > 1)
    most = max((one.coverage for one in points), default=0.0)
    figure.update_layout(
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": LEAST_TEXT}}
    )
    figure.update_xaxes(
        title_text=say("coverage"),
        title_font_size=12,
        tickformat="~%",
        nticks=8,
        range=[-0.04 * most, max(most, 0.01) * 1.5],
    )
    unknown = any(one.precision is None for one in points)
    return figure.update_yaxes(
        title_text=say("precision"),
        title_font_size=12,
        range=[UNKNOWN - 0.08 if unknown else -0.06, 1.1],
        showgrid=True,
        gridcolor=FAINT,
        tickvals=[*([UNKNOWN] if unknown else []), 0, 0.25, 0.5, 0.75, 1],
        ticktext=[*([say("not judged")] if unknown else []), "0%", "25%", "50%", "75%", "100%"],
    )


def _of_class(own: Sequence[tuple[int, RulePoint]], says: str, place: int) -> go.Scatter:
    colour, mark = PALETTE[place % len(PALETTE)], MARKS[place % len(MARKS)]
    found = [(UNKNOWN, UNKNOWN, UNKNOWN) if one.precision is None else one.precision for _, one in own]
    return go.Scatter(
        x=[one.coverage for _, one in own],
        y=[share for share, _, _ in found],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - share for share, _, high in found],
            "arrayminus": [share - low for share, low, _ in found],
            "color": MUTED,
            "thickness": 1.2,
            "width": 4,
        },
        mode="markers+text",
        name=shown(says),
        text=[f" {shown(one.name)}" for _, one in own],
        textposition="middle right",
        textfont={"size": LEAST_TEXT},
        cliponaxis=False,
        customdata=[[position] for position, _ in own],
        marker={
            "size": 11,
            "color": colour,
            "symbol": [mark if one.precision else f"{mark}-open" for _, one in own],
            "line": {"width": 1.5, "color": colour},
        },
        unselected={"marker": {"opacity": 1}},
        hovertext=[_said(one) for _, one in own],
        hovertemplate=f"%{{hovertext}}<br>{say(HOVER)}<extra></extra>",
    )


def _said(one: RulePoint) -> str:
    head = f"<b>{shown(one.name, 80)}</b> → {shown(one.says, 80)}"
    if one.precision is None:
        return f"{head}<br>{say('nobody has judged a row of it')}"
    share, low, high = one.precision
    return f"{head}<br>{say('precision {share:.0%} ({low:.0%}–{high:.0%})', share=share, low=low, high=high)}"

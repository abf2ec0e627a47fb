"""ROC and precision-recall curves, several in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.history import DASHES
from core.charts.style import FAINT, MUTED, PALETTE, faded, lay_out, shown
from core.words import later, say

Kind = Literal["roc", "precision_recall"]
Line = tuple[str, NDArray[np.float64], NDArray[np.float64], float]
"""Name, x, y, area."""

AXES: dict[Kind, tuple[str, str]] = {
    "roc": (later("false positive rate"), later("true positive rate")),
    "precision_recall": (later("recall"), later("precision")),
}
HEIGHT = 380


def curves(lines: Sequence[Line], kind: Kind) -> go.Figure:
    """Draws each line in a colour and a dash of its own; the legend says its area."""
    figure = go.Figure()
    if kind == "roc":
        guessing = {"color": faded(MUTED, 0.5), "width": 1, "dash": "dot"}
        figure.add_trace(
            go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line=guessing, hoverinfo="skip", showlegend=False)
        )
    x_name, y_name = map(say, AXES[kind])
    for place, (name, x, y, area) in enumerate(lines):
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                name=f"{shown(name, 40)} {area:.4f}",
                mode="lines",
                line={"color": PALETTE[place % len(PALETTE)], "width": 2, "dash": DASHES[place % len(DASHES)]},
                meta=shown(name, 60),  # not in the template, where a name such as "%{x}" would be filled in
                hovertemplate=f"<b>%{{meta}}</b><br>{x_name} %{{x:.3f}}<br>{y_name} %{{y:.3f}}<extra></extra>",
            )
        )
    legend = {"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
    lay_out(figure, height=HEIGHT, showlegend=True, legend=legend, margin={"l": 4, "r": 8, "t": 30, "b": 8, "pad": 4})
    axis = {"range": [-0.01, 1.01], "tickvals": [0, 0.25, 0.5, 0.75, 1], "gridcolor": FAINT}
    figure.update_xaxes(**axis, title_text=x_name, title_font_size=12)
    return figure.update_yaxes(**axis, showgrid=True, title_text=y_name, title_font_size=12)

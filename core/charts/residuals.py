"""Predicted numbers against labels, and what is left over: a mark for each row, which opens it."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, MUTED, WARM, faded, lay_out
from core.words import say

HEIGHT = 380
MARK = 7
"""Pixels across."""


def against_labels(
    labels: Sequence[float], predicted: Sequence[float], rows: Sequence[int], chosen: int | None = None
) -> go.Figure:
    """Predicted number by labelled one, with the line on which both are the same. A mark's `customdata` is its row's
    id."""
    low, high = _ends([*labels, *predicted])
    figure = go.Figure(_line([low, high], [low, high]))
    figure.add_traces(_marks(labels, predicted, labels, predicted, rows, chosen))
    return _titled(figure, say("labelled"), say("predicted"))


def against_predicted(
    labels: Sequence[float], predicted: Sequence[float], rows: Sequence[int], chosen: int | None = None
) -> go.Figure:
    """Labelled less predicted by predicted number, with the line of none."""
    left = [label - one for label, one in zip(labels, predicted, strict=True)]
    low, high = _ends(predicted)
    figure = go.Figure(_line([low, high], [0, 0]))
    figure.add_traces(_marks(predicted, left, labels, predicted, rows, chosen))
    return _titled(figure, say("predicted"), say("labelled less predicted"))


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values, default=0.0), max(values, default=1.0)


def _line(x: list[float], y: list[float]) -> go.Scatter:
    return go.Scatter(x=x, y=y, mode="lines", line={"color": MUTED, "width": 1, "dash": "dash"}, hoverinfo="skip")


def _marks(
    x: Sequence[float],
    y: Sequence[float],
    labels: Sequence[float],
    predicted: Sequence[float],
    rows: Sequence[int],
    chosen: int | None,
) -> list[go.Scatter]:
    """The chosen row is larger, of another colour and shape: a trace of its own, since Plotly checks each colour of a
    list."""
    usual = {"color": faded(ACCENT, 0.85), "size": MARK, "symbol": "circle"}
    picked = {"color": WARM, "size": 2 * MARK, "symbol": "diamond"}
    marks = list(zip(x, y, labels, predicted, rows, strict=True))
    return [
        _trace([one for one in marks if (one[-1] == chosen) is own], marker)
        for own, marker in ((False, usual), (True, picked))
        if not own or chosen in rows
    ]


def _trace(marks: Sequence[tuple[float, float, float, float, int]], marker: dict[str, object]) -> go.Scatter:
    return go.Scatter(
        x=[one[0] for one in marks],
        y=[one[1] for one in marks],
        mode="markers",
        customdata=[[row] for *_, row in marks],
        marker=marker,
        unselected={"marker": {"opacity": 1}},
        hovertext=[
            say("row {row}: labelled {label:.6g}, predicted {predicted:.6g}", row=row, label=label, predicted=one)
            for _, _, label, one, row in marks
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _titled(figure: go.Figure, x: str, y: str) -> go.Figure:
    lay_out(figure, height=HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 40, "pad": 4})
    figure.update_xaxes(title_text=x, title_font_size=12, automargin=True)
    return figure.update_yaxes(title_text=y, title_font_size=12, showgrid=True)

"""The result of a query as a chart, by what its columns hold: bars, a line or points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from core.charts.style import ACCENT, FAINT, lay_out, shown
from core.records import QueryResult, ResultKind

Form = Literal["bars", "line", "points"]
MOST_BARS = 60
"""More do not stand beside each other."""


def form_of(x: ResultKind) -> Form:
    """What suits a number over values of a kind."""
    return "line" if x == "time" else "points" if x == "number" else "bars"


def drawable(result: QueryResult) -> tuple[list[int], list[int]]:
    """The places of the columns that may lie along the chart, and of those that give its height: numbers. The usual
    choice comes first: what is no number along, and the last number up."""
    numbers = [place for place, one in enumerate(result.columns) if one.kind == "number"]
    along = [place for place, one in enumerate(result.columns) if one.kind != "number"]
    up = numbers[::-1]
    return [*along, *(numbers if along or len(numbers) > 1 else [])], up


def query_chart(result: QueryResult, x: int, y: int) -> go.Figure:
    """Column `y` over column `x`, rows without a value left out; of bars the first `MOST_BARS`."""
    names, kind = result.names, result.columns[x].kind
    pairs = [(row[x], row[y]) for row in result.rows if row[x] is not None and isinstance(row[y], int | float)]
    form = form_of(kind)
    if form == "line":
        pairs.sort(key=lambda pair: pair[0])
    if form == "bars":
        pairs = pairs[:MOST_BARS]
    across, heights = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    figure = go.Figure(_trace(form, across, heights))
    lay_out(figure, height=360, margin={"l": 8, "r": 8, "t": 12, "b": 8, "pad": 4})
    figure.update_xaxes(title_text=shown(names[x]), automargin=True, showgrid=form == "points")
    return figure.update_yaxes(title_text=shown(names[y]), showgrid=True, gridcolor=FAINT)


def _trace(form: Form, across: Sequence[Any], heights: Sequence[float]) -> go.Bar | go.Scatter:
    if form == "bars":
        titles = [shown(str(value)) for value in across]
        places = list(range(len(titles)))
        return go.Bar(x=_told_apart(titles), y=heights, customdata=places, marker={"color": ACCENT, "cornerradius": 2})
    if form == "line":
        return go.Scatter(x=across, y=heights, mode="lines+markers", line={"color": ACCENT}, marker={"size": 5})
    return go.Scatter(x=across, y=heights, mode="markers", marker={"color": ACCENT, "size": 6, "opacity": 0.6})


def _told_apart(titles: Sequence[str]) -> list[str]:
    """Titles of which equal ones stay bars of their own: signs that are not seen tell them apart."""
    met: dict[str, int] = {}
    apart = []
    for title in titles:
        apart.append(title + "\u200b" * met.get(title, 0))
        met[title] = met.get(title, 0) + 1
    return apart

"""The numbers that a figure is drawn from, for those who want to draw it themselves."""

from __future__ import annotations

import html
from typing import Any

import plotly.graph_objects as go


def numbers_of(figure: go.Figure) -> dict[str, list[Any]]:
    """Columns `series`, `x` and `y` over all marks that can be pointed at; places on an axis by the names that it has
    there. What only decorates a chart, such as its empty cells, is left out. Empty where nothing is left."""
    names = {axis: _names(figure.layout[f"{axis}axis"]) for axis in ("x", "y")}
    columns: dict[str, list[Any]] = {"series": [], "x": [], "y": []}
    for trace in figure.data:
        if trace.hoverinfo == "skip" or trace.x is None or trace.y is None:
            continue
        for x, y in zip(trace.x, trace.y, strict=False):
            columns["series"].append(html.unescape(trace.name or ""))
            columns["x"].append(_said(x, names["x"]))
            columns["y"].append(_said(y, names["y"]))
    if not columns["x"]:
        return {}
    return columns if any(columns["series"]) else {name: columns[name] for name in ("x", "y")}


def _names(axis: Any) -> dict[float, str]:
    """What stands at whole places of an axis, where that is words."""
    if axis.tickvals is None or axis.ticktext is None:
        return {}
    named = dict(zip(axis.tickvals, axis.ticktext, strict=False))
    words = {place: html.unescape(str(text)).replace("<br>", " ") for place, text in named.items()}
    return words if any(not _is_number(text) for text in words.values()) else {}


def _is_number(text: str) -> bool:
    return text.rstrip("%").replace(".", "", 1).replace(",", "").replace("-", "", 1).strip().isdigit()


def _said(value: Any, names: dict[float, str]) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return names.get(round(value), value) if names and isinstance(value, int | float) else value

"""The colours and the layout that every chart shares. One accent, neutrals that hold on a light and on a dark page.

Text, grids and the colours of series come from the page's theme (`.streamlit/config.toml`), which the browser fills
in for light or dark. What a chart colours by value is drawn in one hue at an opacity, so that it fits either page.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

ACCENT = "#1f87a0"
"""The theme's teal at a lightness that stands 3:1 or better against both pages."""
WARM = "#cf6a1b"
"""The other end of a diverging scale; told from the accent with every common colour-vision deficiency."""
MUTED = "#7d8590"
"""Text and outlines: at least 3:1 against both pages."""
FAINT = "rgba(125, 133, 144, 0.12)"
"""Grids and empty places."""
PALETTE = ("#2f8fd0", "#d98e04", "#0fa37f", "#d9642b", "#c46fa5", "#8a949c")
"""Series, told apart by colour-blind eyes: Okabe & Ito's hues at one lightness for both pages."""
MARKS = ("circle", "diamond", "square", "triangle-up", "cross", "star")
"""A shape for each colour of the palette, so that no series is told by colour alone."""

STEPPED_BACK = 0.55
"""Opacity of what is not selected: less, and it no longer reads on a dark page."""

LABEL_CHARACTERS = 24
BAR_PIXELS = 22
"""Height of one horizontal bar with its gap."""
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
"""Plotly's own buttons are left out: every chart is of one purpose."""


def faded(colour: str, opacity: float) -> str:
    """`#rrggbb` at an opacity in 0–1: on either background, less is fainter."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:.2f})"


def shown(text: str, characters: int = LABEL_CHARACTERS) -> str:
    """A name from the data on one line, with nothing left that plotly reads as markup. One too long loses its middle:
    names that begin alike often differ at the end."""
    line = " ".join(text.split()) or "(empty)"
    if len(line) > characters:
        tail = characters // 3
        line = f"{line[: characters - 1 - tail]}…{line[-tail:]}"
    return html.escape(line, quote=False)


def emphasis(count: int, selected: int | None) -> list[float]:
    """Opacities of `count` marks: all full, or all but the selected one stepped back."""
    return [1.0 if selected in (None, position) else STEPPED_BACK for position in range(count)]


def lay_out(figure: go.Figure, *, height: int, **layout: Any) -> go.Figure:
    """The shared layout: flat, dense, no zoom, a click selects. `layout` is merged over it."""
    figure.update_layout(
        height=height,
        margin={"l": 4, "r": 8, "t": 8, "b": 8, "pad": 4},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        clickmode="event+select",
        bargap=0.28,
        hoverlabel={"font": {"size": 12}},
        modebar={"remove": ["select", "lasso"]},
    )
    figure.update_xaxes(fixedrange=True, zeroline=False, showgrid=True, gridcolor=FAINT, tickfont={"size": 11})
    figure.update_yaxes(fixedrange=True, zeroline=False, showgrid=False, tickfont={"size": 12}, automargin=True)
    return figure.update_layout(**layout)


def name_rows(figure: go.Figure, names: Sequence[str], heights: Sequence[float] | None = None) -> go.Figure:
    """Names the places 0, 1, … of the y axis from the top down. Two names cut to the same text stay two places."""
    return figure.update_yaxes(
        tickvals=list(range(len(names)) if heights is None else heights),
        ticktext=[shown(name) for name in names],
        range=[len(names) - 0.5, -0.5],
        ticklabelstandoff=6,
    )

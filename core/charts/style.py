"""The colours and the layout that every chart shares. One accent, neutrals that hold on a light and on a dark page.

Text, grids and the colours of series come from the page's theme (`.streamlit/config.toml`), which the browser fills
in for light or dark. What a chart colours by value is drawn in one hue at an opacity, so that it fits either page.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from core.words import say

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
LINE_CHARACTERS = 26
"""Characters of one of the two lines that a name has beside a row."""
LEAST_TEXT = 12
"""Pixels: smaller text in a chart is hard to read."""
BAR_PIXELS = 22
"""Height of one horizontal bar with its gap."""
TWO_LINES_PIXELS = 34
"""Height of a bar whose name takes two lines."""
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
"""Plotly's own buttons are left out: every chart is of one purpose."""


def faded(colour: str, opacity: float) -> str:
    """`#rrggbb` at an opacity in 0–1: on either background, less is fainter."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:.2f})"


def shown(text: str, characters: int = LABEL_CHARACTERS) -> str:
    """A name from the data on one line, with nothing left that plotly reads as markup. One too long loses its middle:
    names that begin alike often differ at the end."""
    line = " ".join(text.split()) or say("(empty)")
    if len(line) > characters:
        tail = characters // 3
        line = f"{line[: characters - 1 - tail]}…{line[-tail:]}"
    return html.escape(line, quote=False)


def columns_of(text: str) -> int:
    """How wide a text is, in characters of the usual width: Chinese, Japanese and Korean ones are two wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def wrapped(text: str, characters: int = LINE_CHARACTERS) -> str:
    """A name on one line or two, cut at a space or an underscore where there is one; only what two lines do not hold
    loses its middle."""
    line = " ".join(text.split()) or say("(empty)")
    if len(line) <= characters:
        return shown(line, characters)
    middle = max((place for place, sign in enumerate(line[:characters], 1) if sign in " _-/."), default=0)
    cut = middle if middle >= max(len(line) - characters, characters // 3) else min(characters, (len(line) + 1) // 2)
    return f"{shown(line[:cut].rstrip(), characters)}<br>{shown(line[cut:].lstrip(), characters)}"


def row_pixels(names: Sequence[str]) -> int:
    """Height of a row, by whether any of the names takes two lines."""
    return TWO_LINES_PIXELS if any(len(" ".join(name.split())) > LINE_CHARACTERS for name in names) else BAR_PIXELS


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
    figure.update_xaxes(fixedrange=True, zeroline=False, showgrid=True, gridcolor=FAINT, tickfont={"size": LEAST_TEXT})
    figure.update_yaxes(fixedrange=True, zeroline=False, showgrid=False, tickfont={"size": LEAST_TEXT}, automargin=True)
    return figure.update_layout(**layout)


def name_rows(figure: go.Figure, names: Sequence[str], heights: Sequence[float] | None = None) -> go.Figure:
    """Names the places 0, 1, … of the y axis from the top down. Two names cut to the same text stay two places."""
    return figure.update_yaxes(
        tickvals=list(range(len(names)) if heights is None else heights),
        ticktext=[wrapped(name) for name in names],
        range=[len(names) - 0.5, -0.5],
        ticklabelstandoff=6,
    )

"""The colours that every chart draws with: one accent, and neutrals that hold on a light and on a dark page."""

from __future__ import annotations

ACCENT = "#14798f"
MUTED = "#7d8590"
"""Text and outlines: 4:1 or better against both page backgrounds."""
FAINT = "rgba(125, 133, 144, 0.12)"
"""Grids and empty places."""


def faded(colour: str, opacity: float) -> str:
    """`#rrggbb` at an opacity in 0–1: on either background, less is fainter."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:.2f})"

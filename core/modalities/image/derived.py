"""Attributes that are made from what a load measures of an image: SQL expressions over the examples table."""

from __future__ import annotations

from typing import Final

from core.modalities.contract import Derived
from core.words import later

SHAPES: Final = (later("landscape"), later("portrait"), later("square"))
DERIVED: Final = (
    Derived(later("image size"), "image_size", "category", "width || '×' || height"),
    Derived(
        later("shape"),
        "shape",
        "category",
        "CASE WHEN width > 1.05 * height THEN 'landscape' WHEN height > 1.05 * width THEN 'portrait' ELSE 'square' END",
    ),
)

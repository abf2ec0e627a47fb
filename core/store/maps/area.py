"""Areas that were drawn on a map, as filters write them: `pca-minilm: 12.5,30 14,50.2 11,52`."""

from __future__ import annotations

import math
import re

from core.errors import UsageError

CORNERS = 64
"""At most: an area stands in links."""
_AREA = re.compile(r"(?P<name>[^\s:]+):\s*(?P<corners>.+)", re.DOTALL)
_CORNER = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")

Corners = tuple[tuple[float, float], ...]


def read_area(text: str) -> tuple[str, Corners]:
    """The map's name and the corners of an area. Raises `UsageError` for what is none."""
    found = _AREA.fullmatch(text.strip())
    corners = [_CORNER.fullmatch(one) for one in found["corners"].split()] if found else []
    places = tuple((float(one[1]), float(one[2])) for one in corners if one is not None)
    finite = all(math.isfinite(value) for place in places for value in place)
    if found is None or not 3 <= len(places) <= CORNERS or len(places) < len(corners) or not finite:
        raise UsageError(
            f"{text[:80]!r} is no area of a map.",
            f"Write it as “pca-minilm: 10,10 60,10 60,40”, with 3 to {CORNERS} corners.",
        )
    return found["name"], places


def write_area(name: str, corners: Corners) -> str:
    """An area as `read_area` reads it."""
    return f"{name}: {' '.join(f'{x:.10g},{y:.10g}' for x, y in corners)}"

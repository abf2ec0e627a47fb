"""What of a map is in sight: every point of a small part, else how dense it is, and a sample of the points."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.services.map.colours import NOTHING, Coloured

POINTS = 20_000
"""Points that are sent to a browser at once; of more in sight it gets their density, and `SAMPLE` of them."""
SAMPLE = 2_000
CELLS = 512
"""Of the picture of the density, at most, in each direction."""
FINEST = 65_535
"""Places are sent as whole numbers up to this, across the part in sight."""


@dataclass(frozen=True, slots=True)
class Box:
    """The part of a map that is in sight; x goes to the right and y up."""

    left: float
    bottom: float
    right: float
    top: float


def in_sight(shown: Coloured, box: Box, columns: int, rows: int, only: int | None = None) -> dict[str, Any]:
    """What a browser draws of a part of the map that is `columns` × `rows` cells large, of one group alone where `only`
    names its code. Arrays are base64 of little-endian numbers, cells row by row from the top."""
    columns, rows = (max(1, min(CELLS, one)) for one in (columns, rows))
    x, y = shown.places[:, 0], shown.places[:, 1]
    seen = (x >= box.left) & (x <= box.right) & (y >= box.bottom) & (y <= box.top)
    if only is not None:
        seen &= shown.codes == only
    found = np.flatnonzero(seen)
    told: dict[str, Any] = {"total": len(found), "all": len(shown.codes)}
    across = (x[found] - box.left) / max(box.right - box.left, 1e-9)
    down = (box.top - y[found]) / max(box.top - box.bottom, 1e-9)
    dense = len(found) > POINTS
    if dense:
        told["density"] = _density(shown.codes[found], across, down, columns, rows)
    few = slice(0, SAMPLE if dense else POINTS)
    told["points"] = {
        "x": _sent((across[few] * FINEST).astype("<u2")),
        "y": _sent((down[few] * FINEST).astype("<u2")),
        "code": _sent(shown.codes[found[few]]),
        "row": _sent(shown.example_ids[found[few]].astype("<u4")),
    }
    return told


def counts(shown: Coloured) -> NDArray[np.int64]:
    """How many points have each code."""
    return np.asarray(np.bincount(shown.codes, minlength=NOTHING + 1), np.int64)


def bounds(shown: Coloured) -> Box:
    """The part that holds all points, with a little room around it."""
    if not len(shown.places):
        return Box(0.0, 0.0, 1.0, 1.0)
    x, y = shown.places[:, 0], shown.places[:, 1]  # one after the other: ten times as quick as both at once
    left, bottom, right, top = (float(one) for one in (x.min(), y.min(), x.max(), y.max()))
    room = 0.02 * max(right - left, top - bottom, 1e-6)
    return Box(left - room, bottom - room, right + room, top + room)


def _density(
    codes: NDArray[np.uint8], across: NDArray[np.float32], down: NDArray[np.float32], columns: int, rows: int
) -> dict[str, Any]:
    """How many points each cell has, on a scale of 0–255 that grows with the logarithm, and which code most of them
    have."""
    column = np.minimum((across * columns).astype(np.int64), columns - 1)
    row = np.minimum((down * rows).astype(np.int64), rows - 1)
    cells = row * columns + column
    groups = NOTHING + 1
    each = np.bincount(cells * groups + codes, minlength=columns * rows * groups).reshape(-1, groups)
    count = each.sum(1)
    most = max(int(count.max()), 1)
    strength = np.where(count, np.rint(1 + 254 * np.log1p(count) / np.log1p(most)), 0).astype(np.uint8)
    return {
        "columns": columns,
        "rows": rows,
        "most": most,
        "strength": _sent(strength),
        "code": _sent(each.argmax(1).astype(np.uint8)),
    }


def _sent(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")

"""Line charts as inline SVG: for pages that have neither a network nor a script. All text is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

Line = tuple[str, Sequence[float], Sequence[float]]
"""Name, x, y."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#a0568c")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
WIDTH, HEIGHT = 340, 260
LEFT, TOP, RIGHT, BOTTOM = 56, 10, 8, 38
LEGEND_PIXELS = 15
TICKS = 4


def line_chart(
    lines: Sequence[Line],
    *,
    title: str,
    x_name: str,
    y_name: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> Markup:
    """A chart with a legend beneath; ranges are those of the values unless said."""
    x_range = x_range or _range([value for _, x, _ in lines for value in x])
    y_range = y_range or _range([value for _, _, y in lines for value in y])
    height = HEIGHT + LEGEND_PIXELS * len(lines)
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}">').format(
            WIDTH, height, WIDTH, title
        ),
        *_axes(x_range, y_range, x_name, y_name),
        *(_line(line, place, x_range, y_range) for place, line in enumerate(lines)),
        *(_legend(name, place) for place, (name, _, _) in enumerate(lines)),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _range(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _x(value: float, ends: tuple[float, float]) -> float:
    return LEFT + (value - ends[0]) / (ends[1] - ends[0]) * (WIDTH - LEFT - RIGHT)


def _y(value: float, ends: tuple[float, float]) -> float:
    return HEIGHT - BOTTOM - (value - ends[0]) / (ends[1] - ends[0]) * (HEIGHT - TOP - BOTTOM)


def _axes(x_range: tuple[float, float], y_range: tuple[float, float], x_name: str, y_name: str) -> list[Markup]:
    bottom = HEIGHT - BOTTOM
    parts = [
        Markup('<path d="M{} {}V{}H{}" class="axis"/>').format(LEFT, TOP, bottom, WIDTH - RIGHT),
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, x_name
        ),
        Markup('<text transform="translate(10 {}) rotate(-90)" text-anchor="middle">{}</text>').format(
            (TOP + bottom) / 2, y_name
        ),
    ]
    for tick in range(TICKS + 1):
        x, y = (ends[0] + (ends[1] - ends[0]) * tick / TICKS for ends in (x_range, y_range))
        place_x, place_y = round(_x(x, x_range), 1), round(_y(y, y_range), 1)
        parts += [
            Markup('<path d="M{} {}H{}" class="grid"/>').format(LEFT, place_y, WIDTH - RIGHT),
            Markup('<text x="{}" y="{}" text-anchor="end">{:.3g}</text>').format(LEFT - 4, place_y + 3, y),
            Markup('<text x="{}" y="{}" text-anchor="middle">{:.3g}</text>').format(place_x, bottom + 13, x),
        ]
    return parts


def _line(line: Line, place: int, x_range: tuple[float, float], y_range: tuple[float, float]) -> Markup:
    points = " ".join(
        f"{_x(x, x_range):.1f},{_y(y, y_range):.1f}"
        for x, y in zip(line[1], line[2], strict=True)
        if math.isfinite(x) and math.isfinite(y)
    )
    return Markup('<polyline points="{}" class="line" stroke="{}" stroke-dasharray="{}"/>').format(
        points, COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    )


def _legend(name: str, place: int) -> Markup:
    y = HEIGHT + LEGEND_PIXELS * place + 8
    return Markup(
        '<path d="M{} {}h24" class="line" stroke="{}" stroke-dasharray="{}"/><text x="{}" y="{}">{}</text>'
    ).format(LEFT, y, COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)], LEFT + 30, y + 4, escape(name))

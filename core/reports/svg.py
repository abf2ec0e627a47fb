"""Line charts and trends as inline SVG: for pages that have neither a network nor a script. All text is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from core.records import Estimate

Line = tuple[str, Sequence[float], Sequence[float]]
"""Name, x, y."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#a0568c")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
WIDTH, HEIGHT = 340, 200
LEFT, TOP, RIGHT, BOTTOM = 56, 10, 8, 38
LEGEND_PIXELS = 15
TICKS = 5
"""Steps between the ticks of an axis, at most."""
TREND_HEIGHT = 150
MOST_NAMES = 8


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
    for value, words in ticks(*y_range):
        place = round(_y(value, y_range), 1)
        parts.append(Markup('<path d="M{} {}H{}" class="grid"/>').format(LEFT, place, WIDTH - RIGHT))
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 4, place + 3, words))
    for value, words in ticks(*x_range):
        place = round(_x(value, x_range), 1)
        parts.append(Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(place, bottom + 13, words))
    return parts


def ticks(low: float, high: float, *, share: bool = False) -> list[tuple[float, str]]:
    """Round values within `low` and `high` and what stands at them, with as many decimals as it takes for no two to
    read the same; in percent with `share`."""
    rough = (high - low) / TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step * (100 if share else 1)) + 1e-9))
    places = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [(place * step, f"{place * step:.{decimals}{'%' if share else 'f'}}") for place in places]


def trend_chart(names: Sequence[str], values: Sequence[Estimate | None], *, title: str) -> Markup:
    """Shares in 0–1 by version with their 95 % intervals; versions without one keep their place. At least one has."""
    known = [(place, one) for place, one in enumerate(values) if one is not None]
    low, high = min(one.low for _, one in known), max(one.high for _, one in known)
    y_range = (max(0.0, low - 0.03), min(1.0, high + 0.03))
    x_range = (-0.5, len(names) - 0.5)
    height, bottom = TREND_HEIGHT, TREND_HEIGHT - 20

    def at(value: float) -> float:
        return round(bottom - (value - y_range[0]) / (y_range[1] - y_range[0]) * (bottom - TOP), 1)

    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}">').format(
            WIDTH, height, WIDTH, title
        ),
        Markup('<path d="M{} {}V{}H{}" class="axis"/>').format(LEFT, TOP, bottom, WIDTH - RIGHT),
    ]
    for value, words in ticks(*y_range, share=True):
        parts.append(Markup('<path d="M{} {}H{}" class="grid"/>').format(LEFT, at(value), WIDTH - RIGHT))
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 4, at(value) + 3, words))
    places = [round(_x(place, x_range), 1) for place in range(len(names))]
    middle = Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>')
    parts += [middle.format(places[place], bottom + 13, names[place]) for place in _some(len(names))]
    points = " ".join(f"{places[place]},{at(one.estimate)}" for place, one in known)
    parts.append(Markup('<polyline points="{}" class="line" stroke="{}"/>').format(points, COLOURS[0]))
    for place, one in known:
        x = places[place]
        parts.append(
            Markup(
                '<path d="M{} {}V{}" class="line" stroke="{}" stroke-opacity=".45"/>'
                '<circle cx="{}" cy="{}" r="3.5" fill="{}"/>'
            ).format(x, at(one.low), at(one.high), COLOURS[0], x, at(one.estimate), COLOURS[0])
        )
        if place in (known[0][0], known[-1][0]):
            parts.append(
                Markup('<text x="{}" y="{}" class="value">{:.1%}</text>').format(
                    x + 5, at(one.estimate) - 6, one.estimate
                )
            )
    return Markup("").join([*parts, Markup("</svg>")])


def _some(count: int) -> list[int]:
    """Places that are named: all of a few, else evenly spread ones with both ends."""
    if count <= MOST_NAMES:
        return list(range(count))
    return sorted({round(place * (count - 1) / (MOST_NAMES - 1)) for place in range(MOST_NAMES)})


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

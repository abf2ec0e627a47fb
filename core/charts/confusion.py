"""Confusion matrices: true class by row, predicted class by column, and how two of them differ.

What is right lies on the diagonal and is grey; what is wrong is warm, so that the eye goes there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.grid import (
    GRIDDED_CLASSES,
    MAX_CLASSES,
    bars,
    cell_pixels,
    empty_cells,
    lay_out_grid,
    numbers,
    outline,
)
from core.charts.style import ACCENT, FAINT, MUTED, WARM, faded, shown
from core.words import later, say

Figures = Literal["counts", "row", "column"]
"""What stands in a cell: rows, the share of its true class, or the share of its predicted class."""
Counts = NDArray[np.int64]

SIDES = (later("true class"), later("predicted class"))
NUMBER_SIDES = (later("labelled"), later("predicted"))
RIGHT = faded(MUTED, 0.30)
DIGIT_PIXELS = 7
NUMBERED_PIXELS = 20
"""Figures in smaller cells could not be read."""
LEAST_SHADE = 0.16
CELLS = ("without", "added", "missed", "found")
"""The cells of a class's table, row by row: neither true nor predicted, predicted alone, true alone, both."""
TABLE_PIXELS = 52
"""Side of one."""


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    rows: int
    text: str
    colour: str
    hover: str


def confusion(
    labels: Sequence[str],
    counts: Counts,
    *,
    true_rows: Counts,
    predicted_rows: Counts,
    figures: Figures = "counts",
    selected: tuple[str, str] | None = None,
    numbers: bool = False,
) -> go.Figure:
    """Draws `counts` (k, k) with `labels` along both sides; a cell's `customdata` is `[true, predicted, rows]`.

    `true_rows` and `predicted_rows` (k,) are the rows of each class in all, more than the sums of `counts` where only
    some classes are drawn. `numbers`: they are parts of a range. Shades of errors grow with the logarithm of a count,
    with the root of a share. Raises ValueError for more than `MAX_CLASSES`.
    """
    whole = {"counts": np.ones_like(counts), "row": true_rows[:, None], "column": predicted_rows[None, :]}[figures]
    values = counts / np.maximum(whole, 1)
    errors = values[~np.eye(len(counts), dtype=bool)]
    most = float(errors.max()) if errors.any() else 1.0

    def cell(row: int, column: int) -> _Cell:
        count, value = int(counts[row, column]), float(values[row, column])
        strength = math.log1p(value) / math.log1p(most) if figures == "counts" else math.sqrt(value / most)
        happens = (
            say(
                "labelled <b>{true}</b>, predicted <b>{predicted}</b>",
                true=shown(labels[row], 80),
                predicted=shown(labels[column], 80),
            )
            if numbers
            else say("<b>{true}</b> predicted right", true=shown(labels[row], 80))
            if row == column
            else say(
                "<b>{true}</b> taken for <b>{predicted}</b>",
                true=shown(labels[row], 80),
                predicted=shown(labels[column], 80),
            )
        )
        shares = (
            say("{n:,} rows", n=count)
            if numbers
            else say(
                "{n:,} rows · {of_true:.1%} of the true class · {of_predicted:.1%} of the predicted class",
                n=count,
                of_true=count / int(true_rows[row]),
                of_predicted=count / int(predicted_rows[column]),
            )
        )
        return _Cell(
            row,
            column,
            count,
            f"{count:,}" if figures == "counts" else f"{value:.0%}",
            RIGHT if row == column else _shade(WARM, strength),
            f"{happens}<br>{shares}",
        )

    sides = NUMBER_SIDES if numbers else SIDES
    return _draw(labels, [cell(*place) for place in _places(labels, counts)], selected, sides)


def together(
    labels: Sequence[str],
    counts: Counts,
    *,
    missed_rows: Counts,
    selected: tuple[str, str] | None = None,
) -> go.Figure:
    """Draws in how many rows (k, k) the class of the row is missed and that of the column wrongly added, as `confusion`
    does. `missed_rows` (k,) are the rows in which each class is missed in all."""
    most = max(1, int(counts.max(initial=0)))

    def cell(row: int, column: int) -> _Cell:
        count = int(counts[row, column])
        return _Cell(
            row,
            column,
            count,
            f"{count:,}",
            _shade(WARM, math.log1p(count) / math.log1p(most)),
            say(
                "<b>{missed}</b> missed, <b>{added}</b> wrongly added<br>{n:,} rows · {share:.1%} of those that miss "
                "the first",
                missed=shown(labels[row], 80),
                added=shown(labels[column], 80),
                n=count,
                share=count / int(missed_rows[row]),
            ),
        )

    return _draw(
        labels, [cell(*place) for place in _places(labels, counts)], selected, (later("missed"), later("wrongly added"))
    )


def class_table(name: str, counts: Counts, *, selected: str | None = None) -> go.Figure:
    """Draws the table [[TN, FP], [FN, TP]] of one class, (2, 2); a cell's `customdata` is `[name, one of CELLS, rows]`.

    An error is the fuller the larger its share of what is predicted as the class, or of what is the class.
    """
    words = {
        "without": later("{n:,} rows: what neither is nor is predicted as <b>{name}</b>"),
        "added": later("{n:,} rows: what is predicted as and is not <b>{name}</b>"),
        "missed": later("{n:,} rows: what is and is not predicted as <b>{name}</b>"),
        "found": later("{n:,} rows: what is and is predicted as <b>{name}</b>"),
    }
    cells = []
    for place, which in enumerate(CELLS):
        row, column = divmod(place, 2)
        count = int(counts[row, column])
        wrong = count / max(1, count + int(counts[1, 1])) if row != column else 0.0
        cells.append(
            _Cell(
                row,
                column,
                count,
                _short(count),
                RIGHT if row == column else _shade(WARM, math.sqrt(wrong)) if count else FAINT,
                say(words[which], n=count, name=shown(name, 80)),
            )
        )
    figure = go.Figure(
        bars(
            [(cell.column, cell.row) for cell in cells],
            customdata=[[name, which, cell.rows] for which, cell in zip(CELLS, cells, strict=True)],
            marker={"color": [cell.colour for cell in cells], "cornerradius": 2},
            hovertext=[cell.hover for cell in cells],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.add_trace(numbers([(cell.column, cell.row) for cell in cells], [cell.text for cell in cells], 12))
    if selected in CELLS:
        row, column = divmod(CELLS.index(selected), 2)
        figure.add_trace(outline(column, row))
    return lay_out_grid(figure, (say("no"), say("yes")), TABLE_PIXELS, (say("true"), say("predicted")))


def _short(count: int) -> str:
    """What fits a cell of a table: `9,999`, `123k`, `1.2M`."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1e6:.1f}M" if count >= 999_500 else f"{count / 1e3:.0f}k"


def confusion_difference(
    labels: Sequence[str], differences: Counts, *, selected: tuple[str, str] | None = None
) -> go.Figure:
    """Draws how many rows more (k, k) the second of two has in each cell, as `confusion` does.

    Cool is better (more on the diagonal, fewer off it), warm is worse.
    """
    most = max(1, int(np.abs(differences).max(initial=0)))

    def cell(row: int, column: int) -> _Cell:
        more = int(differences[row, column])
        better = (more > 0) == (row == column)
        return _Cell(
            row,
            column,
            more,
            f"{more:+,}".replace("-", "−"),
            _shade(ACCENT if better else WARM, math.log1p(abs(more)) / math.log1p(most)),
            say(
                "true <b>{true}</b>, predicted <b>{predicted}</b><br>{said}",
                true=shown(labels[row], 80),
                predicted=shown(labels[column], 80),
                said=say(_MORE[more > 0, better], n=abs(more)),
            ),
        )

    return _draw(labels, [cell(*place) for place in _places(labels, differences)], selected)


_MORE = {
    (True, True): later("{n:,} rows more: better"),
    (True, False): later("{n:,} rows more: worse"),
    (False, True): later("{n:,} rows fewer: better"),
    (False, False): later("{n:,} rows fewer: worse"),
}


def _places(labels: Sequence[str], counts: Counts) -> list[tuple[int, int]]:
    """(row, column) of what is not 0."""
    if len(labels) > MAX_CLASSES:
        raise ValueError(f"{len(labels)} classes do not fit: a matrix holds {MAX_CLASSES}.")
    rows, columns = np.nonzero(counts)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _shade(colour: str, strength: float) -> str:
    return faded(colour, LEAST_SHADE + (1 - LEAST_SHADE) * min(1.0, strength))


def _draw(
    labels: Sequence[str],
    cells: Sequence[_Cell],
    selected: tuple[str, str] | None,
    sides: tuple[str, str] = SIDES,
) -> go.Figure:
    side = cell_pixels(len(labels), most=64, whole=560)
    room = side - 2 if side >= NUMBERED_PIXELS else 0
    figure = go.Figure()
    if len(labels) <= GRIDDED_CLASSES:
        figure.add_trace(empty_cells(len(labels), diagonal=True))
    figure.add_trace(
        bars(
            [(cell.column, cell.row) for cell in cells],
            customdata=[[labels[cell.row], labels[cell.column], cell.rows] for cell in cells],
            marker={"color": [cell.colour for cell in cells], "cornerradius": 2},
            hovertext=[cell.hover for cell in cells],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    fitting = [cell for cell in cells if len(cell.text) * DIGIT_PIXELS <= room]
    places = [(cell.column, cell.row) for cell in fitting]
    figure.add_trace(numbers(places, [cell.text for cell in fitting], 12))
    position = {label: place for place, label in enumerate(labels)}
    if selected is not None and set(selected) <= position.keys():
        figure.add_trace(outline(position[selected[1]], position[selected[0]]))
    return lay_out_grid(figure, labels, side, (say(sides[0]), say(sides[1])))

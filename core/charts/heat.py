"""A heat map whose cells can be clicked: the share of each label in each group, against the share in all rows.

Cells are stacked bars of length one, since the cells of a plotly heat map do not select and markers overlap on a
narrow screen. A cell is warm above the overall share and cool below it; a group too small to judge stays grey.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.grid import numbers
from core.charts.style import ACCENT, FAINT, MUTED, WARM, faded, lay_out, name_rows, shown

ROW_PIXELS = 28
NUMBERED_LABELS = 14
"""Up to here a cell is wide enough to carry its figure."""
FULL_COLOUR = 0.3
"""The difference in share that has the full colour, unless the largest is smaller."""


def heat(
    groups: Sequence[str],
    labels: Sequence[str],
    shares: Sequence[Sequence[float]],
    overall: Sequence[float],
    judged: Sequence[bool],
    details: Sequence[Sequence[str]],
    *,
    selected: tuple[int, int] | None = None,
) -> go.Figure:
    """`shares` and `details` (the hover text, from figures only) are groups × labels, `overall` one share per label.

    A cell's `customdata` is its [group position, label position].
    """
    cells = [(row, column) for row in range(len(groups)) for column in range(len(labels))]
    away = [shares[row][column] - overall[column] for row, column in cells]
    most = max(0.02, min(FULL_COLOUR, max((abs(value) for value in away), default=0.0)))
    colours = [_colour(value / most) if judged[row] else FAINT for value, (row, _) in zip(away, cells, strict=True)]
    chosen = [cell == selected for cell in cells]
    numbered = len(labels) <= NUMBERED_LABELS
    figure = go.Figure(
        go.Bar(
            x=[0.96] * len(cells),
            base=[column - 0.48 for _, column in cells],
            y=[row for row, _ in cells],
            width=0.92,
            orientation="h",
            customdata=[list(cell) for cell in cells],
            marker={
                "color": colours,
                "cornerradius": 3,
                "line": {"color": MUTED, "width": [2 if one else 0 for one in chosen]},
            },
            unselected={"marker": {"opacity": 1}},
            hovertext=[
                f"<b>{shown(groups[row], 60)}</b> · {shown(labels[column], 60)}<br>{details[row][column]}"
                for row, column in cells
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    if numbered:
        texts = [f"{shares[row][column]:.0%}" for row, column in cells]
        figure.add_trace(numbers([(column, row) for row, column in cells], texts))
    slanted = sum(min(len(label), 18) for label in labels) > 90
    top = 12 + (90 if slanted else 18)
    right = 8 + (
        0 if slanted or not labels else 3 * min(len(labels[-1]), 18)
    )  # half the last name: else it is left out
    lay_out(figure, height=len(groups) * ROW_PIXELS + top + 8, margin={"l": 4, "r": right, "t": top, "b": 8, "pad": 4})
    name_rows(figure, groups)
    return figure.update_xaxes(
        side="top",
        tickvals=list(range(len(labels))),
        ticktext=[shown(label, 18) for label in labels],
        tickangle=-50 if slanted else None,
        automargin=True,
        range=[-0.5, len(labels) - 0.5],
        showgrid=False,
    )


def _colour(strength: float) -> str:
    """−1 … 1: cool … faint … warm."""
    capped = min(1.0, abs(strength))
    return faded(WARM if strength > 0 else ACCENT, 0.08 + 0.87 * capped)

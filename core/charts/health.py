"""What to fix first, as bars: rows of each thing, and over them the wrong labels that are expected to go."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.style import ACCENT, WARM, faded, lay_out, name_rows, row_pixels, shown
from core.words import say


def fix_bars(names: Sequence[str], rows: Sequence[int], wrong: Sequence[float | None], total: int) -> go.Figure:
    """A bar of open rows per name, top down, and on it a narrower, hatched one of expected wrong labels where they are
    known; `customdata` is its position."""
    places, most = list(range(len(names))), max([*rows, 1])
    said = [_said(count, one, total) for count, one in zip(rows, wrong, strict=True)]
    about = {
        "y": places,
        "orientation": "h",
        "customdata": [[place] for place in places],
        "unselected": {"marker": {"opacity": 1}},
        "hovertext": [f"<b>{shown(name, 80)}</b><br>{words}" for name, words in zip(names, said, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    figure = go.Figure(
        [
            go.Bar(
                x=list(rows),
                width=0.72,
                marker={"color": faded(ACCENT, 0.6), "cornerradius": 2},
                text=[f" {words}" for words in said],
                textposition="outside",
                textfont={"size": 12},
                cliponaxis=False,
                **about,
            ),
            go.Bar(
                x=[one or 0 for one in wrong],
                width=0.34,
                marker={"color": WARM, "pattern": {"shape": "/", "size": 5, "solidity": 0.35}},
                **about,
            ),
        ]
    )
    lay_out(figure, height=len(names) * row_pixels(names) + 16, margin={"l": 4, "r": 24, "t": 8, "b": 8, "pad": 4})
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[0, most * 1.6], showticklabels=False, showgrid=False)
    return name_rows(figure, names)


def _said(rows: int, wrong: float | None, total: int) -> str:
    counted = f"{rows:,} · {rows / max(1, total):.1%}"
    return counted if wrong is None else say("{counted} · ~{n:,.0f} wrong", counted=counted, n=wrong)

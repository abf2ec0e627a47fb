from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.charts.together import pairs_of, together

LABELS = ["grain", "<b>oil</b>", "wheat"]
COUNTS = np.array([[90, 0, 30], [0, 60, 2], [30, 2, 40]])


def _cells(figure: go.Figure) -> go.Bar:
    return next(trace for trace in figure.data if trace.customdata is not None)


def test_pairs_are_those_that_occur_most_rows_first() -> None:
    assert pairs_of(COUNTS) == [(0, 2), (1, 2)]
    assert pairs_of(np.zeros((0, 0), dtype=np.int64)) == []


def test_both_cells_of_a_pair_stand_for_it_and_the_diagonal_for_none() -> None:
    trace = _cells(together(LABELS, COUNTS))
    places = [(round(y), round(base + x / 2)) for y, base, x in zip(trace.y, trace.base, trace.x, strict=True)]
    said = dict(zip(places, trace.customdata, strict=True))
    assert {place: None if pair is None else pair[0] for place, pair in said.items()} == {
        (0, 0): None, (0, 2): 0, (1, 1): None, (1, 2): 1, (2, 0): 0, (2, 1): 1, (2, 2): None
    }  # fmt: skip


def test_more_rows_make_a_darker_cell_and_the_diagonal_is_grey() -> None:
    trace = _cells(together(LABELS, COUNTS))
    colours = dict(zip([tuple(pair) if pair else None for pair in trace.customdata], trace.marker.color, strict=True))
    shade = {pair: float(colour.split(",")[3].rstrip(")")) for pair, colour in colours.items()}
    assert shade[(0,)] == 1 > shade[(1,)]
    assert colours[None].split(",")[:3] != colours[0,].split(",")[:3]


def test_a_cell_says_what_share_of_either_class_has_both() -> None:
    trace = _cells(together(LABELS, COUNTS))
    assert "30 rows · 33.3% of the first, 75.0% of the second" in trace.hovertext[1]
    assert not any("<b><b>" in text for text in trace.hovertext)


def test_the_chosen_pair_is_outlined_on_both_sides() -> None:
    outlines = [trace for trace in together(LABELS, COUNTS, (0, 2)).data if trace.marker.line.width == 2]
    assert {(trace.y[0], round(trace.base[0] + trace.x[0] / 2)) for trace in outlines} == {(0, 2), (2, 0)}
    assert len(together(LABELS, COUNTS).data) == len(together(LABELS, COUNTS, (0, 2)).data) - 2


def test_figures_stand_in_cells_that_are_large_enough() -> None:
    many = np.full((40, 40), 1000)
    texts = [trace for trace in together([str(place) for place in range(40)], many).data if trace.type == "scatter"]
    assert [list(trace.text or []) for trace in texts] == [[]]
    few = next(trace for trace in together(LABELS, COUNTS).data if trace.type == "scatter")
    assert sorted(few.text) == sorted(["90", "30", "60", "2", "30", "2", "40"])

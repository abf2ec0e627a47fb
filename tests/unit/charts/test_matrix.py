from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import pytest

from core.charts.matrix import MAX_CLASSES, NUMBERED_CLASSES, matrix

PAIRS = [("business", "tech", 12), ("tech", "business", 3), ("sport", "tech", 1)]
LABELS = ["business", "sport", "tech"]


def cells(figure: go.Figure) -> go.Bar:
    """The trace that carries the pairs: the only one with something to click."""
    return next(trace for trace in figure.data if trace.customdata is not None)


def test_each_cell_carries_its_pair_and_stands_in_the_given_row_and_suggested_column() -> None:
    trace = cells(matrix(PAIRS, LABELS))
    assert [tuple(cell) for cell in trace.customdata] == PAIRS
    assert [round(start + length / 2) for start, length in zip(trace.base, trace.x, strict=True)] == [2, 0, 2]
    assert list(trace.y) == [0, 2, 1]


def test_more_rows_make_a_darker_cell() -> None:
    shades = [float(colour.split(",")[3].rstrip(")")) for colour in cells(matrix(PAIRS, LABELS)).marker.color]
    assert all(more > less for more, less in pairwise(shades))


def test_a_cell_shows_its_number_only_while_there_is_room() -> None:
    many = [f"class {index}" for index in range(NUMBERED_CLASSES + 1)]
    numbers = next(trace for trace in matrix(PAIRS, LABELS).data if trace.type == "scatter")
    assert (numbers.x[0], numbers.y[0], numbers.text[0]) == (2, 0, "12")
    assert numbers.textfont.color is None  # the page's, light or dark
    assert all(trace.type == "bar" for trace in matrix([(many[0], many[1], 5)], many).data)


def test_the_chosen_pair_is_outlined() -> None:
    outline = matrix(PAIRS, LABELS, ("tech", "business")).data[-1]
    assert (round(outline.base[0] + outline.x[0] / 2), outline.y[0]) == (0, 2)
    assert outline.marker.line.width == 2


def test_a_pair_outside_the_labels_is_not_outlined() -> None:
    assert len(matrix(PAIRS, LABELS, ("tech", "gone")).data) == len(matrix(PAIRS, LABELS).data)


@pytest.mark.parametrize("classes", [2, 10, 77, MAX_CLASSES])
def test_cells_stay_wide_enough_to_click_on_a_desktop_screen(classes: int) -> None:
    labels = [f"a rather long class name {index}" for index in range(classes)]
    layout = matrix([(labels[0], labels[1], 5)], labels).layout
    assert (layout.width - layout.margin.l - layout.margin.r) / classes >= 8
    assert layout.width <= 1100


def test_the_matrix_of_two_classes_is_as_wide_as_plotly_draws_it() -> None:
    assert matrix([("0", "1", 7), ("1", "0", 51)], ["0", "1"]).layout.width >= 150


def test_a_label_that_looks_like_markup_is_drawn_as_text() -> None:
    labels = ["<b>bold</b>", "plain"]
    figure = matrix([(labels[0], labels[1], 1)], labels)
    assert "<b>bold" not in figure.layout.yaxis.ticktext[0]
    assert "<b><b>" not in cells(figure).hovertext[0]


def test_no_pairs_still_draw_the_empty_grid() -> None:
    assert list(cells(matrix([], LABELS)).x or []) == []


def test_an_unknown_label_is_named() -> None:
    with pytest.raises(ValueError, match="'weather' is not among the 3 labels"):
        matrix([("weather", "tech", 1)], LABELS)


def test_too_many_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="101 labels do not fit"):
        matrix([], [str(index) for index in range(MAX_CLASSES + 1)])

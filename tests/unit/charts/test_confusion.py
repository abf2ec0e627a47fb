from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.confusion import Figures, confusion, confusion_difference
from core.charts.grid import MAX_CLASSES
from core.charts.style import MUTED, WARM

LABELS = ["business", "sport", "<b>tech</b>"]
COUNTS = np.array([[40, 0, 10], [1, 20, 0], [0, 2, 30]])


def whole(figures: Figures = "counts") -> go.Figure:
    return confusion(LABELS, COUNTS, figures=figures, true_rows=COUNTS.sum(axis=1), predicted_rows=COUNTS.sum(axis=0))


def drawn() -> go.Bar:
    """The trace with something to click."""
    return next(trace for trace in whole().data if trace.customdata is not None)


def numbers(figure: go.Figure) -> go.Scatter:
    """The layer of text."""
    return next(trace for trace in figure.data if trace.type == "scatter")


def places(trace: go.Bar) -> list[tuple[int, int]]:
    return [(y, round(start + 0.47)) for y, start in zip(trace.y, trace.base, strict=True)]


def test_a_cell_carries_true_predicted_and_rows_and_stands_in_the_row_of_the_true_class() -> None:
    trace = drawn()
    assert ["business", "<b>tech</b>", 10] in [list(cell) for cell in trace.customdata]
    for (row, column), cell in zip(places(trace), trace.customdata, strict=True):
        assert [LABELS[row], LABELS[column], COUNTS[row, column]] == list(cell)
    assert len(trace.y) == np.count_nonzero(COUNTS)


@pytest.mark.parametrize(("figures", "text"), [("counts", "10"), ("row", "20%"), ("column", "25%")])
def test_figures_are_counts_or_shares_of_the_true_or_of_the_predicted_class(figures: Figures, text: str) -> None:
    trace = numbers(whole(figures))
    assert dict(zip(zip(trace.y, trace.x, strict=True), trace.text, strict=True))[0, 2] == text


def test_figures_leave_their_colour_to_the_page_which_may_turn_dark_under_an_open_chart() -> None:
    assert numbers(whole()).textfont.color is None
    assert drawn().text is None


def test_what_is_right_is_grey_and_the_worst_error_is_the_fullest() -> None:
    trace = drawn()
    colours = dict(zip(places(trace), trace.marker.color, strict=True))
    grey, warm = (tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in (MUTED, WARM))
    assert all(f"{grey}"[1:-1] in colours[place, place] for place in range(3))
    errors = {place: colour for place, colour in colours.items() if place[0] != place[1]}
    assert all(f"{warm}"[1:-1] in colour for colour in errors.values())
    assert max(errors, key=lambda place: float(errors[place].rstrip(")").split(",")[3])) == (0, 2)


def test_labels_are_drawn_as_text_not_as_markup() -> None:
    assert not any("<b><b>tech" in text or "for <b><b>" in text for text in drawn().hovertext)


@pytest.mark.parametrize("classes", [2, 5, 30, 77, MAX_CLASSES])
def test_two_to_a_hundred_classes_fit_a_desktop_screen_and_can_be_clicked(classes: int) -> None:
    counts = np.full((classes, classes), 1234)
    labels = [f"a rather long class name {i}" for i in range(classes)]
    figure = confusion(labels, counts, true_rows=counts.sum(axis=1), predicted_rows=counts.sum(axis=0))
    layout = figure.layout
    assert (layout.width - layout.margin.l - layout.margin.r) / classes >= 9
    assert layout.width <= 1150
    assert bool(numbers(figure).text) == (classes <= 5 or 560 // classes > 37)


def test_more_classes_than_fit_are_refused() -> None:
    counts = np.eye(MAX_CLASSES + 1, dtype=np.int64)
    with pytest.raises(ValueError, match="a matrix holds 100"):
        confusion([str(i) for i in range(len(counts))], counts, true_rows=counts[0], predicted_rows=counts[0])


def test_a_matrix_without_errors_can_be_drawn() -> None:
    counts = np.diag([3, 4])
    figure = confusion(["a", "b"], counts, true_rows=np.array([3, 4]), predicted_rows=np.array([3, 4]), figures="row")
    assert list(numbers(figure).text) == ["100%", "100%"]


def test_more_right_rows_are_better_and_more_wrong_rows_are_worse() -> None:
    figure = confusion_difference(["a", "b"], np.array([[2, -2], [3, -3]]))
    trace = next(trace for trace in figure.data if trace.customdata is not None)
    assert list(numbers(figure).text) == ["+2", "−2", "+3", "−3"]
    assert [text.rsplit(": ")[1] for text in trace.hovertext] == ["better", "better", "worse", "worse"]


def test_the_chosen_cell_is_outlined() -> None:
    totals = {"true_rows": COUNTS.sum(axis=1), "predicted_rows": COUNTS.sum(axis=0)}
    figure = confusion(LABELS, COUNTS, selected=("sport", "business"), **totals)
    assert (figure.data[-1].y[0], round(figure.data[-1].base[0])) == (1, 0)

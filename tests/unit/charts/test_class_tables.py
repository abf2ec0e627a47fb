"""The table of one class among several, and missed against added classes."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.confusion import CELLS, class_table, together
from core.charts.grid import MAX_CLASSES
from core.charts.style import FAINT, MUTED, WARM

COUNTS = np.array([[12_345, 3], [12, 36]])


def cells(figure: go.Figure) -> go.Bar:
    """The trace with something to click."""
    return next(trace for trace in figure.data if trace.customdata is not None)


def texts(figure: go.Figure) -> dict[tuple[int, int], str]:
    trace = next(trace for trace in figure.data if trace.type == "scatter")
    return dict(zip(zip(trace.y, trace.x, strict=True), trace.text, strict=True))


def colours(figure: go.Figure) -> dict[tuple[int, int], str]:
    trace = cells(figure)
    places = [(y, round(start + 0.47)) for y, start in zip(trace.y, trace.base, strict=True)]
    return dict(zip(places, trace.marker.color, strict=True))


def rgb(colour: str) -> str:
    return ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))


def opacity(colour: str) -> float:
    return float(colour.rstrip(")").split(",")[3])


def test_each_cell_says_which_rows_it_has_true_by_row_and_predicted_by_column() -> None:
    figure = class_table("wheat", COUNTS)
    assert [list(cell) for cell in cells(figure).customdata] == [
        ["wheat", "without", 12_345],
        ["wheat", "added", 3],
        ["wheat", "missed", 12],
        ["wheat", "found", 36],
    ]
    assert texts(figure) == {(0, 0): "12k", (0, 1): "3", (1, 0): "12", (1, 1): "36"}
    assert figure.layout.yaxis.ticktext == figure.layout.xaxis.ticktext == ("no", "yes")


@pytest.mark.parametrize(("count", "text"), [(9_999, "9,999"), (10_000, "10k"), (999_499, "999k"), (1_234_567, "1.2M")])
def test_large_counts_are_shortened_and_said_whole_on_hover(count: int, text: str) -> None:
    figure = class_table("wheat", np.array([[count, 0], [0, 1]]))
    assert texts(figure)[0, 0] == text
    assert f"{count:,} rows" in cells(figure).hovertext[0]


def test_errors_are_warm_by_their_share_and_what_is_right_is_grey() -> None:
    found = colours(class_table("wheat", COUNTS))
    assert all(rgb(MUTED) in found[place, place] for place in (0, 1))
    assert rgb(WARM) in found[0, 1] and rgb(WARM) in found[1, 0]
    assert opacity(found[1, 0]) > opacity(found[0, 1])


def test_an_error_that_never_happens_stays_empty() -> None:
    found = colours(class_table("wheat", np.array([[5, 0], [0, 5]])))
    assert found[0, 1] == found[1, 0] == FAINT


@pytest.mark.parametrize(("which", "place"), zip(CELLS, [(0, 0), (0, 1), (1, 0), (1, 1)], strict=True))
def test_the_chosen_cell_is_framed(which: str, place: tuple[int, int]) -> None:
    frame = class_table("wheat", COUNTS, selected=which).data[-1]
    assert (frame.y[0], round(frame.base[0] + 0.47)) == place
    assert len(class_table("wheat", COUNTS).data) == len(class_table("wheat", COUNTS, selected=which).data) - 1


def test_a_name_from_the_data_is_never_markup() -> None:
    assert "<i>" not in "".join(cells(class_table("<i>x", COUNTS)).hovertext)


def test_pairs_stand_in_the_row_of_the_missed_and_the_column_of_the_added_class() -> None:
    counts = np.array([[0, 5, 0], [1, 0, 0], [0, 0, 0]])
    figure = together(["a", "b", "c"], counts, missed_rows=np.array([10, 4, 0]), selected=("a", "b"))
    assert sorted(list(cell) for cell in cells(figure).customdata) == [["a", "b", 5], ["b", "a", 1]]
    assert opacity(colours(figure)[0, 1]) > opacity(colours(figure)[1, 0])
    assert any("50.0% of those that miss" in text for text in cells(figure).hovertext)
    titles = {one.text for one in figure.layout.annotations} | {
        figure.layout.xaxis.title.text,
        figure.layout.yaxis.title.text,
    }
    assert {"missed", "wrongly added"} <= titles


def test_more_pairs_of_classes_than_can_be_hit_are_refused() -> None:
    many = MAX_CLASSES + 1
    with pytest.raises(ValueError, match=f"{many} classes do not fit"):
        together([str(i) for i in range(many)], np.ones((many, many), int), missed_rows=np.ones(many, int))

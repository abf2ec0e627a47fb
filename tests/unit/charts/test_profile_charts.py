"""Figures carry what a click means, and no name from the data reaches plotly as markup."""

from __future__ import annotations

import pytest

from core.charts.bars import bars
from core.charts.heat import heat
from core.charts.histogram import bin_name, figure, histogram
from core.charts.intervals import intervals, shares
from core.charts.style import ACCENT, MUTED, PALETTE, STEPPED_BACK, WARM, emphasis, shown
from core.records import Estimate


def test_each_bar_says_its_position_count_and_share() -> None:
    (trace,) = bars(["a", "b"], [30, 10], 40).data
    assert list(trace.customdata) == [[0], [1]]
    assert list(trace.text) == [" 30 · 75.0%", " 10 · 25.0%"]


def test_a_gap_leaves_a_line_blank_and_names_stay_with_their_bars() -> None:
    figure = bars(["a", "b", "c"], [3, 2, 1], 6, gap_after=2)
    assert list(figure.data[0].y) == list(figure.layout.yaxis.tickvals) == [0, 1, 3]


def test_two_names_cut_to_the_same_text_stay_two_bars() -> None:
    figure = bars(["x" * 50 + "1", "x" * 50 + "2"], [1, 1], 2)
    assert len(set(figure.data[0].y)) == 2


def test_names_are_cut_put_on_one_line_and_escaped() -> None:
    assert shown("<b>bold</b> & more", 60) == "&lt;b&gt;bold&lt;/b&gt; &amp; more"
    assert shown("a\nb") == "a b"
    assert shown("top_up_by_card_charge_in_euro") == "top_up_by_card_…_in_euro"
    assert len(shown("x" * 40)) == 24
    assert shown("") == "(empty)"
    trace, figures = heat(["<i>g</i>"], ["<a href='x'>l</a>"], [[0.5]], [0.5], [True], [["50%"]]).data
    assert "<a" not in trace.hovertext[0]
    assert figures.text == ("50%",)
    assert figures.textfont.color is None  # the page's, light or dark


def test_what_is_selected_stands_out() -> None:
    assert emphasis(3, None) == [1, 1, 1]
    assert emphasis(3, 1) == [STEPPED_BACK, 1, STEPPED_BACK]


def test_a_logarithmic_axis_shows_a_bar_of_one() -> None:
    figure = bars(["a", "b"], [100_000, 1], 100_001, log=True)
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.xaxis.range[0] < 0


def test_open_bins_are_as_wide_as_the_others() -> None:
    inf = float("inf")
    (trace,) = histogram([(-inf, 0, 1), (0, 10, 5), (10, inf, 2)]).data
    assert list(trace.x) == [-5, 5, 15]
    assert list(trace.hovertext) == ["under 0", "0 – 10", "10 and over"]


def test_a_bin_of_times_is_named_by_its_dates() -> None:
    assert bin_name(0, 86_400, time=True) == "1970-01-01 – 1970-01-02"


def test_cells_of_groups_too_small_to_judge_have_no_colour_of_their_own() -> None:
    trace, _ = heat(["a", "b"], ["x"], [[0.9], [0.9]], [0.5], [True, False], [["."], ["."]], selected=(1, 0)).data
    assert list(trace.customdata) == [[0, 0], [1, 0]]
    assert trace.marker.color[0] != trace.marker.color[1]
    assert list(trace.marker.line.width) == [0, 2]


def test_whiskers_reach_from_low_to_high() -> None:
    (trace,) = intervals(["a"], [Estimate(0.5, 0.4, 0.7)]).data
    assert trace.error_x.array[0] == pytest.approx(0.2)
    assert trace.error_x.arrayminus[0] == pytest.approx(0.1)


def test_series_are_told_apart_by_shape_and_colour() -> None:
    traces = shares(["a"], [("train", [0.5], [5]), ("test", [0.4], [4])]).data
    assert len({trace.marker.symbol for trace in traces}) == len({trace.marker.color for trace in traces}) == 2
    assert list(traces[1].customdata) == [[0, 1]]


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#ffffff", "#14191c"])
@pytest.mark.parametrize("colour", [ACCENT, WARM, MUTED])
def test_colours_stand_three_to_one_against_both_pages(colour: str, page: str) -> None:
    light, dark = sorted((_luminance(colour), _luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize("page", ["#ffffff", "#14191c"])
@pytest.mark.parametrize("colour", PALETTE)
def test_marks_of_series_are_seen_on_both_pages(colour: str, page: str) -> None:
    light, dark = sorted((_luminance(colour), _luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 2.5


def test_figures_far_from_one_and_times_far_from_now_stay_short() -> None:
    assert figure(1.5e308) == "1.5e+308"
    assert figure(9.9e14) == "990,000,000,000,000"
    assert figure(200_000 * 365.2425 * 86_400, time=True) == "year 201,970"

"""Differences around 0: what is drawn where, and which marks are hollow."""

from __future__ import annotations

import pytest

from core.charts.differences import differences
from core.records import Estimate

ROWS = [
    ("x", Estimate(0.02, 0.01, 0.04)),
    ("<b>y</b>", Estimate(-0.01, -0.02, 0.01)),
    ("z", Estimate(-0.03, -0.05, -0.01)),
]


def test_estimates_are_drawn_in_points_with_their_own_ends() -> None:
    (trace,) = differences([name for name, _ in ROWS], [("one", [ends for _, ends in ROWS])]).data
    assert list(trace.x) == pytest.approx([2, -1, -3])
    assert list(trace.error_x.array) == pytest.approx([2, 2, 2])
    assert list(trace.error_x.arrayminus) == pytest.approx([1, 1, 2])
    assert "+2.00 points (95 %: +1.00 to +4.00)" in trace.hovertext[0]


def test_only_intervals_without_0_have_filled_marks() -> None:
    (trace,) = differences([name for name, _ in ROWS], [("one", [ends for _, ends in ROWS])]).data
    assert list(trace.marker.symbol) == ["circle", "circle-open", "circle"]


def test_series_stand_beside_each_other_with_a_shape_of_their_own() -> None:
    ends = [ends for _, ends in ROWS]
    figure = differences([name for name, _ in ROWS], [("one", ends), ("two", ends)])
    first, second = figure.data
    assert all(above < below for above, below in zip(first.y, second.y, strict=True))
    assert first.marker.symbol[0] != second.marker.symbol[0]
    assert figure.layout.showlegend
    assert "<b>y</b>" not in figure.layout.yaxis.ticktext[1]

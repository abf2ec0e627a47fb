from __future__ import annotations

import numpy as np

from core.charts.curves import curves
from core.charts.differences import differences
from core.charts.style import ACCENT, MUTED, WARM


def test_each_curve_says_its_area_and_has_a_colour_and_a_dash_of_its_own() -> None:
    line = np.array([0.0, 1.0])
    figure = curves([("<i>a</i>", line, line, 0.98765), ("macro", line, line, 0.5)], "roc")
    named = [trace for trace in figure.data if trace.name]
    assert [trace.name for trace in named] == ["&lt;i&gt;a&lt;/i&gt; 0.9877", "macro 0.5000"]
    assert len({trace.line.color for trace in named}) == len({trace.line.dash for trace in named}) == 2


def test_only_roc_has_the_line_of_guessing() -> None:
    assert len(curves([], "roc").data) == 1
    assert len(curves([], "precision_recall").data) == 0


def test_a_difference_is_coloured_only_where_its_interval_leaves_0_out() -> None:
    figure = differences(["more", "unclear", "less"], [(0.1, 0.05, 0.2), (0.1, -0.1, 0.3), (-0.1, -0.2, -0.01)])
    points = figure.data[-1]
    assert list(points.marker.color) == [ACCENT, MUTED, WARM]
    assert list(points.marker.symbol) == ["circle", "circle-open", "circle"]
    assert ["no clear difference" in text for text in points.hovertext] == [False, True, False]
    assert [data[0] for data in points.customdata] == [0, 1, 2]

"""Trends by version: versions without a figure keep their place; the tiny picture goes the way that the figures go."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from core.charts.costs import cost_by_threshold
from core.charts.trend import SPARK_HEIGHT, spark, trend
from core.records import CostCurve, Estimate


def test_a_version_without_a_figure_keeps_its_place() -> None:
    figure = trend(["v1", "v2", "v3"], [Estimate(0.1, 0.05, 0.2), None, Estimate(0.05, 0.0, 0.1)])
    [line] = figure.data
    assert list(line.x) == [0, 2] and list(line.y) == [0.1, 0.05]
    assert list(figure.layout.xaxis.ticktext) == ["v1", "v2", "v3"]
    assert list(line.error_y.array) == pytest.approx([0.1, 0.05])


def test_no_two_ticks_of_a_narrow_trend_read_the_same() -> None:
    figure = trend(["v1", "v2"], [Estimate(0.004, 0.001, 0.009), Estimate(0.003, 0.001, 0.006)])
    words = list(figure.layout.yaxis.ticktext)
    assert len(words) == len(set(words)) > 2


def test_what_is_no_share_is_drawn_in_its_own_unit() -> None:
    figure = trend(["v1", "v2"], [Estimate(420.0, 380.0, 470.0), Estimate(300.0, 250.0, 360.0)], "{:,.4g}".format)
    [line] = figure.data
    assert list(line.text) == ["420", "300"] and line.hovertext[1] == "v2: 300 (95 %: 250 – 360)"
    assert [float(one) for one in figure.layout.yaxis.ticktext] == list(figure.layout.yaxis.tickvals)


@pytest.mark.parametrize(("values", "way"), [([0.1, 0.3, 0.9], -1), ([0.9, 0.1], 1), ([0.5, 0.5], 0), ([0.5], 0)])
def test_the_tiny_picture_rises_falls_or_is_level(values: list[float], way: int) -> None:
    root = ET.fromstring(spark(values))
    [line] = root.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert np.sign(heights[-1] - heights[0]) == way and len(heights) == len(values)
    assert all(0 < height < SPARK_HEIGHT for height in heights)


def test_the_best_threshold_is_marked_on_the_line_of_costs() -> None:
    at = np.arange(202) / 200
    curve = CostCurve(at, (at - 0.7) ** 2 * 1000, Estimate(0.7, 0.6, 0.8), Estimate(5, 0, 9), 40.0, 0.5, 1, 2, 10)
    line, best, usual = cost_by_threshold(curve).data
    assert len(line.x) == 202
    assert (best.x[0], best.y[0]) == (0.7, pytest.approx(0.0, abs=0.1)) and (usual.x[0], usual.y[0]) == (0.5, 40.0)

from __future__ import annotations

import numpy as np

from core.charts.curves import curves


def test_each_curve_says_its_area_and_has_a_colour_and_a_dash_of_its_own() -> None:
    line = np.array([0.0, 1.0])
    figure = curves([("<i>a</i>", line, line, 0.98765), ("macro", line, line, 0.5)], "roc")
    named = [trace for trace in figure.data if trace.name]
    assert [trace.name for trace in named] == ["&lt;i&gt;a&lt;/i&gt; 0.9877", "macro 0.5000"]
    assert len({trace.line.color for trace in named}) == len({trace.line.dash for trace in named}) == 2


def test_only_roc_has_the_line_of_guessing() -> None:
    assert len(curves([], "roc").data) == 1
    assert len(curves([], "precision_recall").data) == 0


def test_a_class_named_like_a_template_is_shown_as_it_is() -> None:
    line = curves([("%{x} | $y$", np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.5)], "roc").data[-1]
    assert line.meta == "%{x} | $y$"
    assert line.hovertemplate.startswith("<b>%{meta}</b>")

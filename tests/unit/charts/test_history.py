"""Curves of a run: ticks that can be told apart, and lines that need no colour."""

from __future__ import annotations

import pytest

from core.charts.history import Series, history, ticks


@pytest.mark.parametrize(
    ("low", "high", "share"),
    [
        (0.50201, 0.50244, False),
        (0.5, 0.5, False),
        (0.0, 2.3, False),
        (1234.5, 98765.4, False),
        (-0.3, 0.1, False),
        (1e-7, 3e-7, False),
        (0.97512, 0.97538, True),
        (0.0, 1.0, True),
        (0.9, 0.9, True),
        (0.0, 0.0, True),
    ],
)
def test_no_two_ticks_read_the_same_and_they_reach_over_all_values(low: float, high: float, share: bool) -> None:
    places, names = ticks(low, high, share=share)
    assert len(set(names)) == len(names) and 2 <= len(names) <= 8
    assert places[0] <= low + 1e-12 and places[-1] >= high - 1e-12
    for place, name in zip(places, names, strict=True):
        said = float(name.rstrip("%")) / (100 if share else 1)
        assert said == pytest.approx(place, rel=1e-6, abs=1e-12)


def test_ticks_are_round() -> None:
    assert ticks(0.0, 2.3)[1] == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]
    assert ticks(0.5, 0.95, share=True)[1] == ["50%", "60%", "70%", "80%", "90%", "100%"]
    assert ticks(0.5021, 0.5024)[1] == ["0.5021", "0.5022", "0.5023", "0.5024"]


def test_a_series_is_told_by_its_dash_and_its_name_even_one_that_looks_like_a_template() -> None:
    lines = [Series("%{x} <b>", [0, 1], [1.0, 0.5], 0, 0), Series("other", [0, 1], [0.9, 0.4], 0, 1)]
    drawn = history(lines).data
    assert [trace.line.dash for trace in drawn] == ["solid", "dot"]
    assert drawn[0].line.color == drawn[1].line.color
    assert drawn[0].name == "%{x} &lt;b&gt;" and drawn[0].hovertemplate.startswith("<b>%{meta}</b>")

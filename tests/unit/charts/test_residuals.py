"""The pictures of numbers: every row is a mark that names it, and the chosen one is of its own kind."""

from __future__ import annotations

import pytest

from core.charts.residuals import against_labels, against_predicted


@pytest.mark.parametrize("chosen", [None, 7, 99])
def test_every_row_is_a_mark_with_its_id_and_the_chosen_one_stands_out(chosen: int | None) -> None:
    labels, predicted, rows = [1.0, 5.0, 3.0], [2.0, 4.5, 3.0], [3, 7, 11]
    for draw, y in ((against_labels, predicted), (against_predicted, [-1.0, 0.5, 0.0])):
        _, *traces = draw(labels, predicted, rows, chosen).data
        marks = {row: value for trace in traces for [row], value in zip(trace.customdata, trace.y, strict=True)}
        assert marks == dict(zip(rows, y, strict=True))
        assert [trace.marker.symbol for trace in traces] == ["circle"] + ["diamond"] * (chosen == 7)
        assert chosen != 7 or traces[1].customdata == ([7],)

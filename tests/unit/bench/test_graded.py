"""Precision and recall of a flag on sets with a fault of graded strength."""

from __future__ import annotations

import numpy as np
import pytest

from bench.planted.graded import Told, graded, in_memory
from core.profile.missing import missing_values


def test_a_flag_on_what_nobody_touched_is_a_false_alarm_and_recall_goes_by_strength() -> None:
    asked: list[float] = []

    def judge(strength: float, generator: np.random.Generator) -> Told:
        asked.append(strength)
        return Told(strength >= 2, strength == 0 and asked.count(0.0) == 1)

    row = graded("a fault", "{} units", (1, 2), judge, sets=3)
    assert (asked.count(1), asked.count(2), asked.count(0.0)) == (3, 3, 6), "as many without as with"
    assert row.ours == pytest.approx(3 / 4)
    assert "recall 0.00 at 1 units, 1.00 at 2 units, of 3 sets each; of 6 sets without it 1 are flagged" in row.note


def test_rows_in_memory_are_read_as_those_of_a_version() -> None:
    rows = in_memory({"label": ["a", "b", "a"], "split": ["train", "test", "train"]})
    assert missing_values(rows.where("split = 'train'"), []).total == 2
    assert missing_values(rows, []).total == 3

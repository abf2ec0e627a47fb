"""The benchmark of every pair: it has them all, and plants what it says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bench.pairs import PAIRS
from bench.pairs_data import Label, Rows, of_digit, planted, written
from core.tasks import TASKS


def test_every_task_is_measured() -> None:
    assert {pair.task for pair in PAIRS} == set(TASKS)


def _rows(labels: list[Label], **example: object) -> Rows:
    return Rows("it", [example or {"text": "a"} for _ in labels], labels, np.zeros(len(labels), bool))


def test_so_many_labels_are_changed_and_no_other(tmp_path: Path) -> None:
    sets = _rows([of_digit(row % 10) for row in range(300)])
    tags = _rows(
        [["O", "B-PER", "I-PER", "B-LOC"] if row % 2 else ["O"] * 4 for row in range(300)], tokens=list("abcd")
    )
    one = _rows(["ab"[row % 2] for row in range(300)])
    numbers = _rows([float(row) for row in range(300)])
    for rows in (sets, tags, one, numbers):
        found, wrong = planted(rows, range(300), 0.08)
        changed = [before != after for before, after in zip(rows.labels, found, strict=True)]
        assert changed == wrong.tolist() and 10 < wrong.sum() < 40
        path = written(tmp_path / "rows", rows, found, range(300))
        assert len([json.loads(line) for line in path.read_text().splitlines()]) == 300

"""A whole proof where labels are numbers: what is planted, and that residuals find it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.jobs.about import About
from core.jobs.proof import run as proof
from core.jobs.proof.plant_numbers import NumberSoil, plant_numbers
from core.jobs.proof.spec import OF_NUMBERS, SCAN, ProofSpec
from core.queue import JobFolder, ProgressWriter
from core.typed import to_json


def _soil(rows: int = 300) -> NumberSoil:
    """Two decimals, from 10 to 99; each row is like the next three; nothing may be planted in the last third."""
    labels = np.round(np.random.default_rng(0).uniform(10, 99, rows), 2)
    nearest = (np.arange(rows)[:, None] + [1, 2, 3]) % rows
    return NumberSoil(labels, np.full(rows, 1.5), nearest, np.arange(rows) < 200)


@pytest.mark.parametrize("manner", OF_NUMBERS)
def test_as_many_numbers_as_asked_are_changed_and_keep_their_decimals(manner: str) -> None:
    soil = _soil()
    found = plant_numbers(soil, manner, 60, np.random.default_rng(0))
    changed = np.flatnonzero(found != soil.labels)
    assert len(changed) == 60 and changed.max() < 200
    assert (np.round(found, 2) == found).all()
    assert (plant_numbers(soil, manner, 60, np.random.default_rng(0)) == found).all()


def test_each_manner_errs_in_its_own_way() -> None:
    soil = _soil()
    planted = {one: plant_numbers(soil, one, 60, np.random.default_rng(1)) for one in OF_NUMBERS}
    rows = {one: np.flatnonzero(found != soil.labels) for one, found in planted.items()}
    off = np.abs(planted["shifts"] - soil.labels)[rows["shifts"]]
    assert off.min() >= 2 * 1.5 - 0.01 and off.max() <= 6 * 1.5 + 0.01
    own = soil.labels[soil.nearest[rows["rows"]]]
    assert (own == planted["rows"][rows["rows"], None]).any(1).all()
    assert np.isin(planted["uniform"], soil.labels).all()
    ratio = planted["slips"][rows["slips"]] / soil.labels[rows["slips"]]
    assert ((np.abs(ratio - 10) < 0.01) | (np.abs(ratio - 0.1) < 0.01)).mean() > 0.25
    digits = [sorted(f"{one:.2f}") for one in planted["slips"][rows["slips"]]]
    assert any(one == sorted(f"{soil.labels[row]:.2f}") for one, row in zip(digits, rows["slips"], strict=True))


def test_numbers_that_no_slip_changes_get_another_rows() -> None:
    labels = np.array([0.0, 7.0] * 30)
    soil = NumberSoil(labels, np.zeros(60), np.zeros((60, 2), np.int64), np.ones(60, bool))
    for manner in OF_NUMBERS:
        assert (plant_numbers(soil, manner, 20, np.random.default_rng(0)) != labels).sum() == 20


@pytest.mark.parametrize("scale", [1, 100])
def test_a_slip_is_an_error_and_not_a_number_that_is_only_rounded(scale: int) -> None:
    """Labels of many digits, and thirds: what is exchanged in the last of them is no error."""
    generator = np.random.default_rng(0)
    for labels in (generator.normal(size=1000), generator.integers(1, 16, 1000) / 3):
        labels = labels * scale
        spread = np.full(1000, 0.3 * scale)
        soil = NumberSoil(labels, spread, generator.integers(0, 1000, (1000, 10)), np.ones(1000, bool))
        found = plant_numbers(soil, "slips", 300, np.random.default_rng(1))
        off = np.abs(found - labels)[found != labels]
        assert len(off) == 300 and off.min() >= 0.5 * 0.3 * scale


def test_what_is_somewhat_off_stays_among_the_labels_there_are() -> None:
    ratings = np.round(np.random.default_rng(0).uniform(1, 5, 1000) * 2) / 2
    soil = NumberSoil(ratings, np.full(1000, 0.3), np.zeros((1000, 2), np.int64), np.ones(1000, bool))
    found = plant_numbers(soil, "shifts", 300, np.random.default_rng(1))
    off = np.abs(found - ratings)[found != ratings]
    assert len(off) == 300 and off.min() >= 2 * 0.3 - 0.05 - 1e-9
    assert found.min() >= 1 and found.max() <= 5


def _folder(root: Path, rows: int, wrong: np.ndarray) -> JobFolder:
    """Letters that say how much they ask for, of which those of `wrong` rows are labelled ten times as much."""
    generator = np.random.default_rng(0)
    amounts = ("penny", "little", "some", "much", "plenty")
    level = np.arange(rows) % 5
    contents = [f"letter {row} asks {' '.join([amounts[one]] * 3)} of us" for row, one in enumerate(level)]
    labels = np.round(20.0 + 10 * level + generator.normal(0, 1, rows), 1)
    labels[wrong] *= 10
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array(labels, pa.float64()),
        "split": ["train"] * rows,
        "text": contents,
        "media_id": pa.nulls(rows, pa.string()),
        "known": pa.array([False] * rows),
        "before": pa.nulls(rows, pa.float64()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    verdicts = {"example_id": np.arange(60), "wrong": np.isin(np.arange(60), wrong)}
    pq.write_table(pa.table(verdicts), folder.input / "verdicts.parquet")
    about = About("d", "v", "text-regression", (), root / "arrays", root)
    folder.write_spec(to_json(ProofSpec("s", ("lexical",), 5, 0, 2, about=about)))
    return folder


def test_a_whole_proof_finds_numbers_that_are_off(tmp_path: Path) -> None:
    wrong = np.random.default_rng(3).choice(240, 12, replace=False)
    folder = _folder(tmp_path, 240, wrong)
    found = proof.main(folder, ProgressWriter(folder))
    assert {(one.manner, one.detector) for one in found.found} == {
        (manner, name) for manner in OF_NUMBERS for name in (SCAN, "residual", "outre", "neighbours")
    }
    found_by = {(one.manner, one.detector): one.average_precision for one in found.found}
    assert found_by["shifts", SCAN] > 0.4 and found_by["uniform", SCAN] > 0.25  # by chance .08
    assert found_by["shifts", "neighbours"] > 0.95  # rows that are alike have nearly the same number here
    assert 8 <= found.own_errors <= 25 and found.left_out >= 12
    assert found.wrong == int((wrong < 60).sum())

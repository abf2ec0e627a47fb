"""Comparisons where labels are numbers: what is changed at random, the figures, and a whole run in this process."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn.metrics

from core.evaluation.effect_numbers import compare_number_arms
from core.evaluation.effect_words import amounts, conclude, in_points
from core.finetune.settings import resolve
from core.jobs.cleaning_effect import run as cleaning
from core.jobs.cleaning_effect.draws import changed, draw
from core.progress import unheard
from core.queue import JobFolder, ProgressWriter
from core.records import ARMS, Arm, CleaningEffect, Estimate, TrainSpec
from core.typed import to_json

ROWS, SEEDS = 300, 3


def test_random_changes_are_as_large_as_those_of_review_and_leave_out_as_many() -> None:
    given = np.arange(100.0)
    reviewed = given.copy()
    reviewed[:10] += np.arange(1, 11)
    reviewed[20:25] = np.nan
    found = changed(given, reviewed, 0, np.random.default_rng(0))
    by = (found - given)[np.isfinite(found)]
    assert sorted(by[by != 0].tolist()) == list(range(1, 11))
    assert np.isnan(found).sum() == 5
    assert (found - given)[:10].tolist() != list(range(1, 11))
    drawn = draw(given, reviewed, 0, 1)
    assert np.bincount(drawn.rows("reviewed"), minlength=100)[20:25].sum() == 0 < drawn.times[20:25].sum()


def predictions(off: dict[Arm, float]) -> tuple[np.ndarray, dict[Arm, np.ndarray]]:
    chance = np.random.default_rng(0)
    true, noise = 1000 + 5 * chance.standard_normal(ROWS), chance.standard_normal((SEEDS, ROWS))
    return true, {arm: true + off[arm] * noise for arm in ARMS}


def test_figures_are_scikit_learns_and_a_true_difference_leaves_out_0() -> None:
    true, said = predictions({"given": 2.0, "reviewed": 1.0, "random": 2.5})
    gain = compare_number_arms(true, said, unheard)[0]
    for name, score in (
        ("mae", sklearn.metrics.mean_absolute_error),
        ("rmse", sklearn.metrics.root_mean_squared_error),
        ("r2", sklearn.metrics.r2_score),
    ):
        first, second = (np.mean([score(true, one) for one in said[arm]]) for arm in ("given", "reviewed"))
        one = gain.of(name)
        assert (one.first, one.second) == pytest.approx((first, second), rel=1e-9)
        assert one.difference.low <= one.difference.estimate <= one.difference.high
        assert (one.difference.high < 0) is (name != "r2") and (one.difference.low > 0) is (name == "r2")


def test_models_that_say_the_same_do_not_differ() -> None:
    true, said = predictions({"given": 1.0, "reviewed": 1.0, "random": 1.0})
    for comparison in compare_number_arms(true, said, unheard):
        assert all(one.difference.low <= 0 <= one.difference.high for one in comparison.differences)


def test_amounts_have_as_many_digits_as_their_interval_is_worth() -> None:
    assert amounts(Estimate(-12.345, -14.2, -10.1)) == ("−12.3", "−14.2", "−10.1")
    assert amounts(Estimate(0.0012, -0.0004, 0.0031)) == ("+0.0012", "−0.0004", "+0.0031")
    assert amounts(Estimate(-1234.0, -1900.0, -600.0))[0] == "−1,234"


def _folder(root: Path) -> JobFolder:
    """Rows of a table whose column tells their number; almost half of all labels are other rows' and were reviewed
    right, a row of each split is excluded."""
    chance = np.random.default_rng(0)
    size = chance.uniform(0, 10, ROWS)
    true = np.round(3 * size + 0.3 * chance.standard_normal(ROWS), 2)
    given = np.where(chance.random(ROWS) < 0.45, chance.permutation(true), true)
    reviewed: list[float | None] = true.tolist()
    reviewed[0] = reviewed[-1] = None
    cells = [json.dumps({"size": float(one), "colour": "red"}) for one in size]
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(ROWS),
        "content_hash": [hashlib.sha256(one.encode()).hexdigest() for one in cells],
        "label": pa.array(given, pa.float64()),
        "reviewed": pa.array(reviewed, pa.float64()),
        "split": ["train"] * (2 * ROWS // 3) + ["test"] * (ROWS // 3),
        "text": cells,
        "media_id": pa.nulls(ROWS, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": "tabular-regression", "labels": [], "arrays": str(root / "arrays"), "media": str(root)}
    about |= {"dataset_id": "d", "version_id": "v", "seeds": SEEDS}
    folder.write_spec(asdict(resolve(TrainSpec(strategy="head"), "tabular-regression", ROWS)) | about)
    return folder


def test_a_run_says_that_cleaning_helped_where_it_did(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    found = cleaning.main(folder, ProgressWriter(folder, raises_stopped=True))
    assert (found.train.excluded, found.test.excluded) == (1, 1)
    assert [(one.labels_from, one.rows) for one in found.scorings] == [("given", 100), ("reviewed", 99)]
    effect = CleaningEffect(
        *("1", "d", "v", datetime(2026, 1, 1, tzinfo=UTC), "ada", to_json(folder.spec_as(cleaning.CleaningEffectSpec))),
        *(found.train, found.test, found.scorings, found.notes, found.seconds, found.device),
    )
    gain = effect.on("reviewed").of("given", "reviewed").of("mae")
    assert gain.second < gain.first and gain.difference.high < 0
    said = conclude(effect)
    assert said.verdict == "helped"
    assert f"MAE is {in_points(gain)} against the labels as given" in said.sentence
    assert "points" not in said.sentence
    assert found.notes == ("Ridge regressions on the columns learnt here, not the trees that Train fits.",)

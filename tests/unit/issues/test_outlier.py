"""Outliers: rows planted far from all others, scores that read as probabilities, and what a sample makes of many."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from core.duplicates import neighbourhood
from core.duplicates.neighbourhood import Neighbourhood
from core.issues import ISSUE_TYPES
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.outlier.find import BY_CHANCE, beyond_chance, find, ordinary
from core.issues.signals import Signals

OUTLIER = ISSUE_TYPES["outlier"]


def found(embeddings: np.ndarray) -> Found:
    known = {"example_ids": np.arange(len(embeddings)) + 1000, "embeddings": embeddings}
    known["neighbours"] = Neighbourhood(embeddings)
    return find(Signals({name: lambda value=value: value for name, value in known.items()}))


def planted(rows: int = 1500, few: int = 20, width: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows around ten directions, and a few that point anywhere."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((10, width))
    embeddings = centres[generator.integers(10, size=rows)] + 0.5 * generator.standard_normal((rows, width))
    unlike = np.zeros(rows, bool)
    unlike[generator.choice(rows, few, replace=False)] = True
    embeddings[unlike] = 2 * generator.standard_normal((few, width))
    return embeddings.astype(np.float32), unlike


def test_planted_outliers_are_flagged_and_little_else() -> None:
    embeddings, unlike = planted()
    one = found(embeddings)
    assert roc_auc_score(unlike, -one.score) > 0.99
    assert one.is_issue[unlike].mean() > 0.9
    assert (~unlike[one.is_issue]).mean() < 0.25
    assert one.suggestion is None
    assert one.score[one.is_issue].max() < one.score[~one.is_issue].min()


def test_a_dataset_without_outliers_has_next_to_none_flagged() -> None:
    flagged = [found(planted(600, 0, seed=seed)[0]).is_issue.sum() for seed in range(5)]
    assert np.mean(flagged) <= 600 * 0.005


def test_the_score_is_the_tail_of_a_normal_distribution_with_the_same_median_and_spread() -> None:
    distance = np.random.default_rng(0).normal(0.4, 0.05, 20_000)
    score = ordinary(distance)
    assert (score[distance <= np.median(distance)] == 1).all()
    far = np.abs(distance - 0.55).argmin()
    assert score[far] == pytest.approx(2 * norm.sf(3), rel=0.1)
    assert ((score >= 0) & (score <= 1)).all()


def test_as_many_are_flagged_as_keep_ordinary_rows_among_them_few() -> None:
    generator = np.random.default_rng(0)
    shares = []
    for _ in range(50):
        score = np.r_[generator.random(900), generator.random(100) * 1e-5]
        flagged = beyond_chance(score)
        shares.append(flagged[:900].sum() / flagged.sum())
        assert flagged[900:].all()
    assert np.mean(shares) < BY_CHANCE
    assert not beyond_chance(np.full(50, 0.5)).any()
    assert not beyond_chance(np.empty(0)).any()


def test_of_many_rows_each_is_held_against_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings, unlike = planted(3000, 30)
    exact = found(embeddings)
    monkeypatch.setattr(neighbourhood, "OPERATIONS", 0)
    monkeypatch.setattr(neighbourhood, "SAMPLE", 500)
    sampled = found(embeddings)
    assert (exact.summary["sampled"], sampled.summary["sampled"], sampled.summary["compared"]) == (False, True, 500)
    assert roc_auc_score(unlike, -sampled.score) > 0.99
    assert sampled.is_issue[unlike].mean() > 0.9
    why = [json.loads(text) for text in as_json(sampled.evidence).to_pylist()]
    assert ["neighbours" in one for one in why] == sampled.is_issue.tolist()


def test_a_row_without_content_is_not_judged() -> None:
    embeddings, _ = planted(200, 0)
    embeddings[7] = 0
    one = found(embeddings)
    assert not one.judged[7] and not one.is_issue[7]
    assert one.judged.sum() == 199


def test_one_row_alone_is_like_nothing_and_no_outlier() -> None:
    one = found(np.ones((1, 4), np.float32))
    assert (one.is_issue.tolist(), one.score.tolist(), one.judged.tolist()) == ([False], [1.0], [False])


def test_equal_rows_have_no_outlier() -> None:
    assert not found(np.ones((50, 4), np.float32)).is_issue.any()


def test_the_reason_says_how_far_and_how_far_is_usual() -> None:
    embeddings, unlike = planted()
    one = found(embeddings)
    row = int(np.flatnonzero(unlike)[0])
    proof = OUTLIER.read(json.loads(as_json(one.evidence)[row].as_py()))
    said = OUTLIER.say(proof, Seen("x", None, []))
    assert f"{proof.distance:.2f}, {proof.distance / proof.usual:.1f} times what is usual" in said
    assert len(proof.neighbours) == 5 and min(proof.neighbours) >= 1000
    assert OUTLIER.say(OUTLIER.read({}), Seen("x", None, [])) == "There is nothing in it to compare."
    assert OUTLIER.sure(dict(one.summary) | {"flagged": 20}) == (
        "Farther off than a normal spread explains; about one in 100 may be chance"
    )
    assert OUTLIER.sure(dict(one.summary) | {"flagged": 0}).startswith("No row is farther")

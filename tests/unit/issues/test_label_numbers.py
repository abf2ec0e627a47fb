"""Wrong labels among numbers: ranked better than by cleanlab's score, flagged by how probably they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from cleanlab.regression.rank import get_label_quality_scores
from sklearn.datasets import load_diabetes
from sklearn.metrics import average_precision_score

from core.duplicates.neighbourhood import Neighbourhood
from core.errors import UsageError
from core.heads.ridge import out_of_sample_numbers
from core.issues.contract import Seen, rounded
from core.issues.label import TYPE, LabelEvidence, numbers
from core.issues.label.find import find
from core.issues.signals import Signals
from core.targets.number.residuals import Mixture, Spread


def signals(labels: np.ndarray, predicted: np.ndarray, features: np.ndarray, **more: object) -> Signals:
    told = np.isfinite(labels)
    spread = Spread.fitted(predicted[told], labels[told])
    return Signals.of(
        labels,
        predicted[:, None].astype(np.float32),
        told,
        classes=(),
        example_ids=np.arange(len(labels)),
        predicted=predicted,
        spread=spread.of(predicted),
        half=spread.half(predicted),
        neighbours=Neighbourhood(features, lambda done, total: None),
        **more,
    )


@pytest.fixture(scope="module")
def planted() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Eight of a hundred labels are another row's, ten times too much, or one to three deviations off."""
    data = load_diabetes()
    values, chance = data.target.astype(np.float64), np.random.default_rng(1)
    wrong = chance.choice(len(values), 35, replace=False)
    labels = values.copy()
    labels[wrong[::3]] = values[chance.permutation(wrong[::3])[::-1]]
    labels[wrong[1::3]] *= 10
    labels[wrong[2::3]] += chance.choice([-1, 1], len(wrong[2::3])) * chance.uniform(1, 3) * values.std()
    features = data.data.astype(np.float32)
    predicted = out_of_sample_numbers(features, labels, np.arange(len(labels)), folds=5, seed=0).predicted
    return labels, predicted, features, labels != values


def test_wrong_numbers_come_first(planted: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    labels, predicted, features, wrong = planted
    found = find(signals(labels, predicted, features))
    own = average_precision_score(wrong, -found.score)
    theirs = average_precision_score(wrong, -get_label_quality_scores(labels, predicted))
    assert own >= theirs - 0.01
    assert own > 0.6
    assert wrong[found.is_issue].mean() > 0.8
    assert found.is_issue.sum() >= 10


def test_nothing_is_flagged_where_all_is_noise_alone() -> None:
    chance = np.random.default_rng(0)
    features = chance.normal(size=(400, 5)).astype(np.float32)
    labels = features @ np.arange(5) + chance.normal(size=400)
    predicted = features @ np.arange(5.0)
    assert find(signals(labels, predicted, features)).is_issue.sum() <= 2


def test_a_score_of_cleanlabs_is_cleanlabs(planted: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    labels, predicted, features, _ = planted
    for method in ("outre", "residual"):
        found = numbers.find(signals(labels, predicted, features), method)
        assert found.score == pytest.approx(get_label_quality_scores(labels, predicted, method=method))
    with pytest.raises(UsageError, match="cannot be flagged by 'both'"):
        numbers.find(signals(labels, predicted, features), "both")


def test_a_label_that_people_have_confirmed_is_settled(
    planted: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    labels, predicted, features, _ = planted
    first = find(signals(labels, predicted, features))
    known = first.score == first.score.min()
    again = find(signals(labels, predicted, features, known=known, before=labels))
    assert again.settled is not None
    assert again.is_issue[known].all()
    assert again.settled[known].all()


def test_rows_without_a_number_are_not_listed(planted: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    labels, predicted, features, _ = planted
    some = labels.copy()
    some[3] = np.nan
    found = find(signals(some, predicted, features))
    assert found.about is not None
    assert not found.about[3]
    assert found.about.sum() == len(labels) - 1


def test_suggestions_have_the_digits_of_the_labels() -> None:
    chance = np.random.default_rng(0)
    features = chance.normal(size=(60, 3)).astype(np.float32)
    labels = np.round(features.sum(1).astype(np.float64), 1)
    found = numbers.suggested(signals(labels, features.sum(1) + 0.04, features))
    assert found == pytest.approx(np.round(found, 1))


def test_the_reason_names_both_numbers() -> None:
    evidence = LabelEvidence(predicted=3.14, half=0.8, right=0.02)
    said = TYPE.say(evidence, Seen("9.5", "3.1", ()))
    assert said.startswith("Labelled 9.5, predicted 3.14 ± 0.80.")
    assert rounded(1234.5678, 250.0) == ("1,235", "250")
    assert rounded(0.01234, 0.0021) == ("0.0123", "0.0021")


def test_the_farther_off_the_less_probably_right() -> None:
    scaled = np.abs(np.random.default_rng(0).normal(size=1000))
    scaled[:50] = np.linspace(4, 40, 50)
    found = Mixture.fitted(scaled)
    assert 0.03 < found.share < 0.15
    right = found.right(np.linspace(0, 50, 500))
    assert (np.diff(right) <= 1e-12).all()
    assert right[0] > 0.95
    assert right[-1] < 1e-6


def test_labels_that_are_all_as_near_as_noise_has_them_are_ranked_too() -> None:
    scaled = np.abs(np.random.default_rng(1).uniform(-1.5, 1.5, size=400))
    right = Mixture.fitted(scaled).right(scaled)
    assert (np.diff(right[np.argsort(scaled)]) < 0).all()
    assert right.min() > 0.5


def test_an_interval_holds_nine_labels_of_ten() -> None:
    chance = np.random.default_rng(0)
    predicted = chance.uniform(0, 10, 4000)
    labels = predicted + chance.normal(size=4000) * (0.5 + predicted / 5)
    spread = Spread.fitted(predicted[:2000], labels[:2000])
    within = np.abs(labels - predicted)[2000:] <= spread.half(predicted[2000:])
    assert within.mean() == pytest.approx(0.9, abs=0.03)
    assert spread.of(np.array([9.0]))[0] > 1.5 * spread.of(np.array([1.0]))[0]

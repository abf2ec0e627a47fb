from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from core.issues.label.confident import calibrated_joint, class_thresholds, confident_classes, row_facts
from core.issues.label.noise import NoiseModel, expected_rates, fit_noise
from core.issues.signals import Signals


def _overused_class(rows: int = 6_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two true classes, 0 and 1; 15 % of class 0 are labelled 1, nothing the other way. The probabilities are those
    of a perfect model of the noisy labels."""
    generator = np.random.default_rng(0)
    clean = 1 / (1 + np.exp(-2.0 * generator.standard_normal(rows)))
    true = (generator.random(rows) < clean).astype(np.int64)
    given = np.where((true == 0) & (generator.random(rows) < 0.15), 1, true)
    noisy = clean + 0.15 * (1 - clean)
    return given, np.stack([1 - noisy, noisy], 1), given != true


def _fitted(given: np.ndarray, probabilities: np.ndarray) -> NoiseModel:
    signals = Signals.of(given, probabilities, np.ones(len(given), bool))
    own = row_facts(given, probabilities).own
    thresholds = class_thresholds(given, own, probabilities.shape[1])
    joint = calibrated_joint(signals, confident_classes(probabilities, thresholds))
    return fit_noise(given, probabilities, expected_rates(joint))


def test_rates_tell_which_class_is_given_wrongly() -> None:
    given, probabilities, _ = _overused_class()
    rates = _fitted(given, probabilities).rates
    assert rates[1] > 3 * rates[0]


def test_a_class_given_wrongly_more_often_is_trusted_less() -> None:
    given, probabilities, wrong = _overused_class()
    posterior = _fitted(given, probabilities).posterior(given, probabilities)
    own = probabilities[np.arange(len(given)), given]
    assert average_precision_score(wrong, -posterior) > average_precision_score(wrong, -own) + 0.1


def test_probabilities_of_who_never_saw_the_wrong_labels_rank_as_they_are() -> None:
    """A sure model of the true classes, which is itself wrong on one row of twenty-five, between two of ten classes."""
    generator = np.random.default_rng(0)
    true = generator.integers(10, size=6_000)
    logits = 9 * np.eye(10)[true] + 3 * generator.standard_normal((6_000, 10))
    confused = (true < 2) & (generator.random(6_000) < 0.2)
    logits[confused] += 8 * np.eye(10)[1 - true[confused]]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    wrong = generator.random(6_000) < 0.03
    given = np.where(wrong, (true + generator.integers(1, 10, 6_000)) % 10, true)
    model = _fitted(given, probabilities)
    own = probabilities[np.arange(len(given)), given]
    assert not model.of_given
    assert average_precision_score(wrong, -model.posterior(given, probabilities)) > (
        average_precision_score(wrong, -own) - 0.01
    )


@pytest.mark.parametrize("name", ["cifar10", "mnist", "20news"])
@pytest.mark.parametrize("share", [0.02, 0.1])
def test_published_probabilities_rank_planted_errors_no_worse_than_self_confidence(
    shared_data: Path, name: str, share: float
) -> None:
    true = np.load(shared_data / "label_errors" / f"{name}_labels.npy").astype(np.int64)
    probabilities = np.load(shared_data / "label_errors" / f"{name}_pyx.npy")
    generator, classes = np.random.default_rng(1), probabilities.shape[1]
    wrong = generator.random(len(true)) < share
    given = np.where(wrong, (true + generator.integers(1, classes, len(true))) % classes, true)
    own = probabilities[np.arange(len(given)), given]
    found = _fitted(given, probabilities).posterior(given, probabilities)
    assert average_precision_score(wrong, -found) > average_precision_score(wrong, -own) - 0.015


def test_the_posterior_is_bayes_rule() -> None:
    model = NoiseModel(np.array([0.0, 0.2]), 1.0, True)
    posterior = model.posterior(np.array([1, 0]), np.array([[0.4, 0.6], [0.4, 0.6]]))
    assert np.allclose(posterior, [0.5 / (0.5 + 0.2 * 0.5), 1.0], atol=1e-3)


def test_the_posterior_is_a_probability_even_of_impossible_labels() -> None:
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    posterior = fit_noise(labels, probabilities, np.array([0.1, 0.1])).posterior(labels, probabilities)
    assert ((posterior >= 0) & (posterior <= 1)).all()
    assert posterior[:2].min() > posterior[2:].max()


def test_a_sample_of_the_rows_finds_about_the_same_rates(monkeypatch) -> None:
    given, probabilities, _ = _overused_class()
    full = _fitted(given, probabilities).rates
    monkeypatch.setattr("core.issues.label.noise.SAMPLE_CELLS", 6_000)
    assert np.allclose(_fitted(given, probabilities).rates, full, atol=0.1)


def test_looking_at_the_most_probable_classes_one_by_one_is_enough(monkeypatch) -> None:
    """Forty classes, a flat model and four labels of ten wrong: most of the mass lies outside the first eight."""
    generator = np.random.default_rng(0)
    true = generator.integers(40, size=1_500)
    logits = 2.5 * np.eye(40)[true] + generator.standard_normal((1_500, 40))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    given = np.where(generator.random(1_500) < 0.4, generator.integers(40, size=1_500), true)
    few = _fitted(given, probabilities).posterior(given, probabilities)
    monkeypatch.setattr("core.issues.label.noise.TOP", 39)
    every = _fitted(given, probabilities).posterior(given, probabilities)
    assert np.corrcoef(few, every)[0, 1] > 0.98
    assert abs(few.mean() - every.mean()) < 0.05

"""The share of wrong labels against a truth that is known: planted on real data, and by people who err on hard rows."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.label.find import find_label_issues
from core.issues.label.share import SeenErrors
from core.issues.signals import Signals
from core.records import Estimate

CONFUSABLE = np.array([6, 8, 1, 8, 9, 3, 0, 9, 1, 4])
"""The digit that each is mistaken for."""


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    images = images / np.linalg.norm(images, axis=1, keepdims=True)
    return images.astype(np.float32), labels.astype(np.int64)


def _covered(digits: tuple[np.ndarray, np.ndarray], rows: int, share: float, confusable: bool, seed: int) -> bool:
    images, labels = digits
    generator = np.random.default_rng([seed, rows])
    chosen = np.sort(generator.choice(len(labels), rows, replace=False))
    true = labels[chosen]
    wrong = np.zeros(rows, bool)
    wrong[generator.choice(rows, round(share * rows), replace=False)] = True
    other = CONFUSABLE[true] if confusable else (true + generator.integers(1, 10, rows)) % 10
    given = np.where(wrong, other, true)
    judged = out_of_sample_probabilities(images[chosen], given, np.arange(rows), 10, folds=5, seed=0)
    found = find_label_issues(Signals.of(given, judged.probabilities, judged.judged)).share_wrong
    return found.low <= wrong.mean() <= found.high


def test_the_interval_covers_what_was_planted_on_eighteen_of_twenty_sets(digits: tuple[np.ndarray, np.ndarray]) -> None:
    sets = [(300, share, confusable) for share in (0.02, 0.05, 0.1, 0.2, 0.3) for confusable in (False, True)]
    sets += [(100, share, confusable) for share in (0.02, 0.05, 0.1, 0.2, 0.3) for confusable in (False, True)]
    assert sum(_covered(digits, *one, seed) for seed, one in enumerate(sets)) >= 18


def _people(strength: float, seed: int) -> tuple[Signals, np.ndarray]:
    """Three classes, a calibrated model of accuracy `strength` or so, and people who err on rows that are hard."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(1_000, 3)) * strength
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    true = (probabilities.cumsum(1) < generator.random((1_000, 1))).sum(1)
    slips = generator.random(1_000) < 0.02 + 0.25 * (1 - probabilities.max(1)) / 0.66
    wrong = slips & (true >= 0)
    given = np.where(wrong, (true + generator.integers(1, 3, 1_000)) % 3, true)
    return Signals.of(given, probabilities, np.ones(1_000, bool)), wrong


def test_errors_of_people_on_hard_rows_are_covered() -> None:
    covered = []
    for seed in range(20):
        signals, wrong = _people(3.0 + seed % 3, seed)
        found = find_label_issues(signals).share_wrong
        covered.append(found.low <= wrong.mean() <= found.high)
    assert sum(covered) >= 18


def test_the_interval_is_no_wider_where_the_model_is_good() -> None:
    """Four thousand rows, errors at random, a model that is right on nearly all: within two points of a hundred."""
    generator = np.random.default_rng(0)
    true = generator.integers(5, size=4_000)
    logits = 6.0 * np.eye(5)[true] + generator.standard_normal((4_000, 5))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    given = np.where(generator.random(4_000) < 0.05, (true + 1) % 5, true)
    found = find_label_issues(Signals.of(given, probabilities, np.ones(4_000, bool))).share_wrong
    assert found.high - found.low < 0.03


def test_half_of_what_is_wrong_on_easy_rows_may_be_more_than_one_in_three() -> None:
    seen = SeenErrors(np.arange(10) < 5, np.full(10, 0.5), Estimate(0.5, 0.4, 0.6))
    assert seen.highest_rate == 0.6
    assert seen.share.estimate == pytest.approx(0.5)


def test_of_disagreement_as_much_is_the_labels_fault_as_the_rate_allows() -> None:
    seen = SeenErrors(np.array([True, True, False]), np.array([0.1, 0.5, 0.5]), Estimate(0.1, 0.05, 0.2))
    assert seen.fault_of_labels(0.25).tolist() == [1.0, 0.5, 0.0]

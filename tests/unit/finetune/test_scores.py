"""The validation figures equal scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, log_loss

from core.evaluation.metrics import log_losses, of_truth
from core.finetune.scores import is_better, scores

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=60)


@given(PAIRS)
def test_accuracy_and_macro_f1_equal_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = (np.array(column) for column in zip(*pairs, strict=True))
    found = scores(labels, predicted, np.zeros(len(labels)))
    assert found["accuracy"] == pytest.approx(accuracy_score(labels, predicted), abs=1e-12)
    assert found["macro_f1"] == pytest.approx(f1_score(labels, predicted, average="macro"), abs=1e-12)


def test_the_loss_equals_scikit_learns() -> None:
    random = np.random.default_rng(0)
    probabilities, labels = random.dirichlet(np.ones(4), 50), random.integers(0, 4, 50)
    expected = log_loss(labels, probabilities, labels=range(4))
    losses = log_losses(of_truth(probabilities, labels))
    assert scores(labels, labels, losses)["loss"] == pytest.approx(expected, abs=1e-12)


def test_a_lower_loss_and_a_higher_anything_else_is_better() -> None:
    assert is_better("loss", 0.4, 0.5) and is_better("accuracy", 0.6, 0.5) and is_better("loss", 9.0, None)
    assert not is_better("loss", 0.5, 0.5) and not is_better("macro_f1", 0.5, 0.5)
    assert not is_better("loss", math.nan, None)

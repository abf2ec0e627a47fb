"""Weights with which rare classes count more, by what a label is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.targets.multi_label import heavy as multi_label
from core.targets.one_class import heavy as one_class


def test_of_one_class_all_that_occur_count_the_same() -> None:
    labels = np.array([0, 0, 0, 2])
    found = one_class.balanced(labels, 4)
    assert found[0] * 3 == pytest.approx(found[2]) and one_class.weights(labels, found).sum() == pytest.approx(4)
    assert found[1] == found[3] == 0


def test_of_several_having_a_class_counts_as_much_as_lacking_it() -> None:
    labels = (np.arange(40)[:, None] % [2, 4, 10] == 0).astype(np.int8)
    found = multi_label.balanced(labels, 3)
    assert found == pytest.approx([1, 3, 9])
    weights = multi_label.weights(labels, found)
    assert (weights * labels).sum(0) == pytest.approx((weights * (1 - labels)).sum(0))


def test_weights_of_several_have_bounds_and_classes_that_tell_nothing_apart_have_none() -> None:
    labels = np.zeros((1_000, 4), np.int8)
    labels[0, 0], labels[1:, 1], labels[:, 2] = 1, 1, 1
    assert multi_label.balanced(labels, 4) == pytest.approx([32, 1 / 32, 1, 1])


def test_the_weighted_loss_is_pytorchs_with_pos_weight() -> None:
    labels = (np.random.default_rng(0).random((20, 3)) < 0.2).astype(np.int8)
    logits, ratio = torch.randn(20, 3), multi_label.balanced(labels, 3)
    ours = multi_label.losses(logits, torch.from_numpy(labels)) * torch.from_numpy(multi_label.weights(labels, ratio))
    usual = torch.nn.BCEWithLogitsLoss(pos_weight=torch.from_numpy(ratio))(logits, torch.from_numpy(labels).float())
    assert float(ours.mean()) == pytest.approx(float(usual), rel=1e-5)

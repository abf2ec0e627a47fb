"""The head of a quick retrain: what it says of rows that it has not seen is as sure as it is right."""

from __future__ import annotations

import numpy as np

from core.evaluation.metrics import log_loss, of_truth
from core.heads.calibration import temperature
from core.heads.link import SOFTMAX
from core.heads.solve import solve
from core.modalities.payloads import DIGEST


def test_the_probabilities_of_unseen_rows_need_no_temperature_any_more() -> None:
    draw = np.random.default_rng(0)
    labels = np.arange(2400) % 3
    embeddings = draw.normal(size=(2400, 24)).astype(np.float32) + 1.5 * np.eye(24, dtype=np.float32)[labels]
    seen, unseen = np.arange(1200), np.arange(1200, 2400)
    digests = np.array([f"{row:016d}" for row in seen], DIGEST)
    solved = solve(embeddings[seen], labels[seen], digests, 3, seed=0)
    logits = np.log(solved.probabilities(embeddings[unseen]))
    assert 0.8 < temperature(logits, labels[unseen]) < 1.25
    assert log_loss(of_truth(SOFTMAX.probabilities(logits, 1.0), labels[unseen])) < np.log(3) * 0.7


def test_the_same_rows_and_seed_give_the_same_head() -> None:
    draw = np.random.default_rng(1)
    embeddings = draw.normal(size=(60, 8)).astype(np.float32)
    labels = (embeddings[:, 0] > 0).astype(np.int64)
    digests = np.array([f"{row:016d}" for row in range(60)], DIGEST)
    first, again = (solve(embeddings, labels, digests, 2, seed=3) for _ in range(2))
    assert np.array_equal(first.weight.numpy(), again.weight.numpy()) and first.l2 == again.l2

"""Heads for labels of several classes: as good as a logistic regression per class, and the same one."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss as usual_log_loss

from core.heads.calibration import temperature
from core.heads.combine import pool, pool_exponents
from core.heads.head import Curvature, fit
from core.heads.link import SIGMOID, link_of, log_loss
from core.heads.objective import Features, Objective
from core.heads.out_of_sample import out_of_sample_probabilities
from core.heads.solve import solve
from core.targets.multi_label.facts import MULTI_LABEL


def tagged(rows: int, classes: int = 4, width: int = 8, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings that are the sum of their classes' directions, and the classes (n, k) int8."""
    generator = np.random.default_rng(0)
    labels = (generator.random((rows, classes)) < np.linspace(0.1, 0.4, classes)).astype(np.int8)
    directions = generator.standard_normal((classes, width))
    embeddings = labels @ directions + noise * generator.standard_normal((rows, width))
    return embeddings.astype(np.float32), labels


def test_the_heads_are_scikit_learns_logistic_regressions_with_the_same_penalty() -> None:
    embeddings, labels = tagged(600)
    features, l2 = Features.of(torch.from_numpy(embeddings)), 3e-3
    weights = torch.full((600, 1), 1 / 600)
    objective = Objective(features, torch.from_numpy(labels), weights, 4, l2, SIGMOID)
    head = fit(objective, Curvature.of(features, SIGMOID), tolerance=1e-7)[0]
    ours = SIGMOID.predict(features.rows(slice(None)) @ head).numpy()
    seen = features.rows(slice(None))[:, :-1].numpy()
    for one in range(4):
        usual = LogisticRegression(C=1 / (600 * l2), tol=1e-8, max_iter=1000).fit(seen, labels[:, one])
        assert np.abs(ours[:, one] - usual.predict_proba(seen)[:, 1]).max() < 2e-3


def test_weights_of_classes_are_those_of_scikit_learns_logistic_regressions() -> None:
    embeddings, labels = tagged(600)
    features, l2, times = Features.of(torch.from_numpy(embeddings)), 3e-3, np.array([9, 1, 4, 0.5], np.float32)
    _, link = SIGMOID.weighted(labels, torch.from_numpy(times))
    objective = Objective(features, torch.from_numpy(labels), torch.full((600, 1), 1 / 600), 4, l2, link)
    head = fit(objective, Curvature.of(features, link), tolerance=1e-7)[0]
    ours = SIGMOID.predict(features.rows(slice(None)) @ head).numpy()
    seen = features.rows(slice(None))[:, :-1].numpy()
    for one in range(4):
        weights = {0: 1.0, 1: float(times[one])}
        usual = LogisticRegression(C=1 / (600 * l2), tol=1e-8, max_iter=1000, class_weight=weights)
        usual.fit(seen, labels[:, one])
        assert np.abs(ours[:, one] - usual.predict_proba(seen)[:, 1]).max() < 2e-3


def test_heads_fitted_together_are_those_fitted_alone() -> None:
    embeddings, labels = tagged(300)
    features, weights = Features.of(torch.from_numpy(embeddings)), torch.rand(300, 2)
    weights /= weights.sum(0)
    given = torch.from_numpy(labels)

    def fitted(columns: slice) -> torch.Tensor:
        objective = Objective(features, given, weights[:, columns], 4, 1e-3, SIGMOID)
        return fit(objective, Curvature.of(features, SIGMOID), tolerance=1e-8)

    assert torch.allclose(fitted(slice(None)), torch.cat([fitted(slice(0, 1)), fitted(slice(1, 2))]), atol=2e-2)


def test_heads_on_sets_of_their_own_are_as_if_each_were_fitted_alone() -> None:
    generator = np.random.default_rng(5)
    features = Features.of(torch.from_numpy(generator.standard_normal((60, 6)).astype(np.float32)))
    own = (generator.random((60, 2, 3)) < 0.4).astype(np.int8)
    weights = torch.full((60, 2), 1 / 60)

    def fitted(given: np.ndarray, columns: slice) -> torch.Tensor:
        objective = Objective(features, torch.from_numpy(given), weights[:, columns], 3, 1e-2, SIGMOID)
        return fit(objective, Curvature.of(features, SIGMOID), tolerance=1e-8)

    together = fitted(own, slice(0, 2))
    for place in range(2):
        alone = fitted(np.ascontiguousarray(own[:, place]), slice(place, place + 1))
        assert together[place].numpy() == pytest.approx(alone[0].numpy(), abs=2e-3)
    assert float((together[0] - together[1]).abs().max()) > 0.1


def test_the_gradient_is_that_of_the_loss() -> None:
    embeddings, labels = tagged(50)
    features = Features.of(torch.from_numpy(embeddings))
    objective = Objective(features, torch.from_numpy(labels), torch.full((50, 1), 0.02), 4, 1e-2, SIGMOID)
    head = (0.5 * torch.randn(1, 9, 4)).requires_grad_()
    logits = features.rows(slice(None)) @ head[0]
    usual = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(labels).float())
    loss = 4 * usual + 0.5 * (objective.penalty * head * head).sum()
    loss.backward()
    found, gradient = objective(head.detach())
    assert float(found[0]) == pytest.approx(float(loss.detach()), rel=1e-5)
    assert torch.allclose(gradient, head.grad, atol=1e-5)


def test_out_of_sample_probabilities_are_calibrated_and_know_the_classes() -> None:
    embeddings, labels = tagged(1_500, 5)
    found = out_of_sample_probabilities(embeddings, labels, np.arange(1_500), 5, folds=5, seed=0)
    assert found.probabilities.shape == (1_500, 5)
    assert found.probabilities.dtype == np.float32
    usual = np.mean([usual_log_loss(labels[:, one], found.probabilities[:, one]) for one in range(5)])
    assert found.log_loss == pytest.approx(usual, abs=1e-4)
    assert found.judged.all()
    assert np.abs(found.probabilities.mean(0) - labels.mean(0)).max() < 0.03
    assert ((found.probabilities >= 0.5) == labels).mean() > 0.88


def test_several_encoders_are_pooled_for_the_better() -> None:
    embeddings, labels = tagged(1_000, 4, 8)
    rows = np.arange(1_000)
    parts = [
        out_of_sample_probabilities(embeddings[:, half], labels, rows, 4, folds=5, seed=0).probabilities
        for half in (slice(0, 4), slice(4, 8))
    ]
    exponents = pool_exponents(parts, labels)
    pooled = pool(parts, exponents, link=link_of(labels))
    assert log_loss(pooled, labels) < min(log_loss(part, labels) for part in parts) - 0.01
    nudged = [log_loss(pool(parts, exponents + step, link=SIGMOID), labels) for step in np.eye(2) * 0.05]
    assert min(nudged) >= log_loss(pooled, labels) - 1e-6, "no other weights are better"


def test_the_temperature_undoes_what_was_done_to_the_logits() -> None:
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((20_000, 3)).astype(np.float32) * 2
    labels = (generator.random(logits.shape) < SIGMOID.probabilities(logits, 1.0)).astype(np.int8)
    assert temperature(logits * 3, labels) == pytest.approx(3, abs=0.15)


def test_a_row_with_a_class_of_no_other_fold_is_not_judged() -> None:
    embeddings, labels = tagged(200, 3)
    labels[:, 2] = 0
    labels[7, 2] = 1
    found = out_of_sample_probabilities(embeddings, labels, np.arange(200), 3, folds=5, seed=0)
    assert np.flatnonzero(~found.judged).tolist() == [7]


def test_strata_are_the_rarest_classes_as_the_target_has_them() -> None:
    _, labels = tagged(100, 5)
    ours = SIGMOID.strata(labels)
    theirs = MULTI_LABEL.strata([str(one) for one in MULTI_LABEL.decode(labels, list("abcde"))])
    assert len({*zip(ours.tolist(), theirs.tolist(), strict=True)}) == len(set(ours.tolist())) == len(set(theirs))
    assert set(ours[(labels == 0).all(1)].tolist()) == {0}


def test_a_solved_head_says_each_class_for_itself() -> None:
    embeddings, labels = tagged(800)
    digests = np.array([str(row).encode() for row in range(800)])
    solved = solve(embeddings[:600], labels[:600], digests[:600], 4, seed=0)
    unseen = solved.probabilities(embeddings[600:])
    assert unseen.sum(1).std() > 0.1
    assert log_loss(unseen, labels[600:]) < 0.85 * log_loss(np.tile(labels[:600].mean(0), (200, 1)), labels[600:])
    favoured = np.array([10, 1, 1, 1], np.float32)
    weighted = solve(embeddings[:600], labels[:600], digests[:600], 4, seed=0, class_weights=favoured)
    moved = weighted.probabilities(embeddings[600:]).mean(0) - unseen.mean(0)
    assert moved[0] > 0.02 > 10 * np.abs(moved[1:]).max()


def test_it_takes_about_as_long_as_one_class_does() -> None:
    """The same work per pass; the bound is loose, since machines are shared."""
    embeddings, labels = tagged(4_000, 20, 128, 3.0)
    rows, seconds = np.arange(4_000), dict.fromkeys(("one", "several"), np.inf)
    for _ in range(3):
        for name, given in (("one", labels.argmax(1)), ("several", labels)):
            begun = time.monotonic()
            out_of_sample_probabilities(embeddings, given, rows, 20, folds=5, seed=0)
            seconds[name] = min(seconds[name], time.monotonic() - begun)
    assert seconds["several"] < 4 * seconds["one"]

from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from core.heads.head import Curvature, fit
from core.heads.objective import Features, Objective


def _problem(rows: int = 400, width: int = 6, classes: int = 4, l2: float = 0.01) -> Objective:
    generator = np.random.default_rng(0)
    embeddings = generator.standard_normal((rows, width)).astype(np.float32)
    labels = (embeddings[:, :classes] + generator.standard_normal((rows, classes))).argmax(1)
    weights = torch.ones(rows, 3)
    weights[: rows // 4, 1] = 0
    weights[rows // 2 :, 2] = 0
    features = Features.of(torch.from_numpy(embeddings))
    return Objective(features, torch.from_numpy(labels), weights / weights.sum(0), classes, l2)


def _fit(objective: Objective, start: torch.Tensor | None = None, **settings: Any) -> torch.Tensor:
    return fit(objective, Curvature.of(objective.features), start, tolerance=1e-6, **settings)


def test_all_heads_reach_the_optimum_that_scikit_learn_finds_one_by_one() -> None:
    objective = _problem()
    heads = _fit(objective)
    rows = objective.features.rows(slice(None)).numpy()[:, :-1]
    for problem in range(3):
        used = (objective.weights[:, problem] > 0).numpy()
        reference = LogisticRegression(C=1 / (0.01 * used.sum()), tol=1e-8, max_iter=1000)
        reference.fit(rows[used], objective.labels.numpy()[used])
        ours = torch.softmax(objective.features.rows(slice(None)) @ heads[problem], 1).numpy()
        assert np.abs(ours - reference.predict_proba(rows)).max() < 0.01


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    objective = _problem(rows=50)
    start = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0)) * 0.1
    moved = start.clone()
    moved[1, 2, 3] += 1e-2
    slope = (objective(moved)[0] - objective(start)[0])[1] / 1e-2
    assert abs(float(slope - (objective(start)[1] + objective(moved)[1])[1, 2, 3] / 2)) < 1e-3


def test_chunks_of_rows_change_nothing(monkeypatch) -> None:
    objective = _problem()
    start = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0))
    whole = objective(start)
    monkeypatch.setattr("core.heads.objective.CPU_CELLS", 64 * 12)
    loss, gradient = objective(start)
    assert torch.allclose(loss, whole[0], atol=1e-6)
    assert torch.allclose(gradient, whole[1], atol=1e-6)


def test_a_warm_start_at_the_optimum_stays_there() -> None:
    objective, steps = _problem(), []
    heads = _fit(objective)
    again = _fit(objective, heads, on_step=lambda: steps.append(1))
    assert len(steps) <= 1
    assert torch.allclose(heads, again, atol=0.05)


def test_separable_classes_do_not_run_away() -> None:
    embeddings = torch.tensor([[-1.0], [-0.9], [0.9], [1.0]])
    weights = torch.full((4, 1), 0.25)
    objective = Objective(Features.of(embeddings), torch.tensor([0, 0, 1, 1]), weights, 2, 1e-5)
    assert torch.isfinite(_fit(objective)).all()


def test_heads_with_labels_of_their_own_are_those_that_are_fitted_alone() -> None:
    objective = _problem()
    other = torch.roll(objective.labels, 7)
    labels = torch.stack([objective.labels, other, objective.labels], 1)
    together = _fit(Objective(objective.features, labels, objective.weights, objective.classes, objective.l2))
    for problem in range(3):
        weights = objective.weights[:, [problem]]
        alone = _fit(Objective(objective.features, labels[:, problem], weights, objective.classes, objective.l2))
        assert (together[problem] - alone[0]).abs().max() < 0.01

import itertools

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from core.evaluation.metrics import log_loss, of_truth
from core.heads.out_of_sample import out_of_sample_probabilities


def _blobs(rows: int, classes: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    labels = generator.integers(classes, size=rows)
    centres = generator.standard_normal((classes, 8))
    return (centres[labels] + spread * generator.standard_normal((rows, 8))).astype(np.float32), labels


def test_probabilities_are_as_good_as_those_of_scikit_learn() -> None:
    embeddings, labels = _blobs(1_500, 5)
    ours = out_of_sample_probabilities(embeddings, labels, np.arange(1_500), 5, folds=5, seed=0)
    usual = cross_val_predict(LogisticRegression(max_iter=1000), embeddings, labels, method="predict_proba")
    assert ours.log_loss <= log_loss(of_truth(usual.astype(np.float32), labels)) + 0.005
    assert np.allclose(ours.probabilities.sum(1), 1, atol=1e-5)


def test_labels_without_any_signal_get_no_confidence() -> None:
    """In-sample heads would be sure of their labels; out of sample there is nothing to be sure of."""
    generator = np.random.default_rng(0)
    embeddings, labels = generator.standard_normal((300, 200)).astype(np.float32), generator.integers(2, size=300)
    result = out_of_sample_probabilities(embeddings, labels, np.arange(300), 2, folds=5, seed=0)
    own = result.probabilities[np.arange(300), labels]
    assert abs(own.mean() - 0.5) < 0.05


def test_a_near_duplicate_cannot_vouch_for_its_copy() -> None:
    """Each text twice with the same random label: split apart, the copies would give the label away."""
    generator = np.random.default_rng(0)
    embeddings = np.repeat(generator.standard_normal((150, 300)), 2, axis=0).astype(np.float32)
    labels = np.repeat(generator.integers(2, size=150), 2)
    apart = out_of_sample_probabilities(embeddings, labels, np.arange(300), 2, folds=5, seed=0)
    together = out_of_sample_probabilities(embeddings, labels, np.arange(300) // 2, 2, folds=5, seed=0)
    assert apart.probabilities[np.arange(300), labels].mean() > 0.8
    assert together.probabilities[np.arange(300), labels].mean() < 0.6


def test_a_class_with_a_single_example_is_not_judged() -> None:
    embeddings, labels = _blobs(200, 2)
    labels[7] = 2
    result = out_of_sample_probabilities(embeddings, labels, np.arange(200), 3, folds=5, seed=0)
    assert np.flatnonzero(~result.judged).tolist() == [7]


def test_a_pass_too_long_is_learnt_from_a_sample_of_every_class(monkeypatch) -> None:
    for name in ("CPU_PASS", "GPU_PASS"):
        monkeypatch.setattr(f"core.heads.heads.{name}", 4.0 * 9 * 4 * 5 * 600)
    embeddings, labels = _blobs(6_000, 4, spread=0.2)
    result = out_of_sample_probabilities(embeddings, labels, np.arange(6_000), 4, folds=5, seed=0)
    assert 550 < result.trained_rows < 700
    assert result.probabilities.shape == (6_000, 4)
    assert (result.probabilities.argmax(1) == labels).mean() > 0.9


def test_progress_ends_at_its_total() -> None:
    seen: list[tuple[float, float]] = []
    embeddings, labels = _blobs(120, 2)
    out_of_sample_probabilities(
        embeddings, labels, np.arange(120), 2, folds=3, seed=0, tick=lambda done, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1]
    assert all(earlier[0] <= later[0] for earlier, later in itertools.pairwise(seen))

import numpy as np

from core.evaluation.metrics import log_loss, of_truth
from core.heads.calibration import temperature
from core.heads.combine import pool, pool_exponents
from core.heads.link import SOFTMAX


def _views(noises: tuple[float, ...]) -> tuple[list[np.ndarray], np.ndarray]:
    generator = np.random.default_rng(0)
    labels = generator.integers(4, size=3_000)
    truth = 3.0 * np.eye(4)[labels]
    return [
        SOFTMAX.probabilities((truth + noise * generator.standard_normal(truth.shape)).astype(np.float32), 2)
        for noise in noises
    ], labels


def test_the_pool_is_better_than_each_of_its_members() -> None:
    views, labels = _views((2.0, 2.5))
    pooled = pool(views, pool_exponents(views, labels))
    assert log_loss(of_truth(pooled, labels)) < min(log_loss(of_truth(view, labels)) for view in views) - 0.05
    assert np.allclose(pooled.sum(1), 1, atol=1e-5)


def test_an_encoder_that_knows_nothing_gets_no_weight() -> None:
    views, labels = _views((1.0,))
    noise = SOFTMAX.probabilities(np.random.default_rng(1).standard_normal((3_000, 4)).astype(np.float32), 1)
    exponents = pool_exponents([views[0], noise], labels)
    assert exponents[1] < 0.05 * exponents[0]


def test_the_better_encoder_weighs_more() -> None:
    views, labels = _views((1.5, 3.0))
    better, worse = pool_exponents(views, labels)
    assert better > worse > 0


def test_a_temperature_undoes_a_known_scaling() -> None:
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((20_000, 3)).astype(np.float32) * 2
    labels = np.array(
        [generator.choice(3, p=row / row.sum()) for row in SOFTMAX.probabilities(logits.copy(), 1).astype(float)]
    )
    assert abs(temperature(logits * 3, labels) - 3) < 0.15

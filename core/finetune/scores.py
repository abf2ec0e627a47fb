"""What the validation split says of a model: the three figures that can choose the best epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import StopMetric

SMALLEST = 1e-12
"""A probability below this counts as this, so that no loss is infinite."""


def scores(labels: NDArray[np.int64], predicted: NDArray[np.int64], losses: NDArray[np.floating]) -> dict[str, float]:
    """`loss` (mean), `accuracy`, `macro_f1` of n examples; macro F1 as scikit-learn has it: over the classes that occur
    as true or as predicted. `losses` (n,) are the negative logarithms of the true class's probability."""
    return {
        "loss": float(losses.mean()),
        "accuracy": float((labels == predicted).mean()),
        "macro_f1": macro_f1(labels, predicted),
    }


def macro_f1(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    """Mean of 2·hits / (true + predicted) over the classes that occur."""
    classes = int(max(labels.max(), predicted.max())) + 1
    hits = np.bincount(labels[labels == predicted], minlength=classes)
    occurrences = np.bincount(labels, minlength=classes) + np.bincount(predicted, minlength=classes)
    present = occurrences > 0
    return float((2 * hits[present] / occurrences[present]).mean())


def losses(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) nats from probabilities (n, k)."""
    own = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.maximum(own, SMALLEST)))


def is_better(metric: StopMetric, value: float, than: float | None) -> bool:
    """Whether an epoch's figure beats the best so far (None: there is none). Not-a-number beats nothing."""
    if than is None:
        return value == value
    return value < than if metric == "loss" else value > than

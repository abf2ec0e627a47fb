"""What the validation split says of a model: the three figures that can choose the best epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import sums_of
from core.evaluation.metrics import accuracy, macro_f1
from core.records import StopMetric


def scores(labels: NDArray[np.int64], predicted: NDArray[np.int64], losses: NDArray[np.floating]) -> dict[str, float]:
    """`loss` (mean), `accuracy`, `macro_f1` of n examples, of which `losses` (n,) are the `log_losses`."""
    found = sums_of(labels, predicted, int(max(labels.max(), predicted.max())) + 1)
    return {"loss": float(losses.mean()), "accuracy": accuracy(found), "macro_f1": macro_f1(found)}


def is_better(metric: StopMetric, value: float, than: float | None) -> bool:
    """Whether an epoch's figure beats the best so far (None: there is none). Not-a-number beats nothing."""
    if than is None:
        return value == value
    return value < than if metric == "loss" else value > than

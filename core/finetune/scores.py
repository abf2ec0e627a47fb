"""What the validation split says of a model: the three figures that can choose the best epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confusion import Sums, sums_of
from core.evaluation.metrics import macro_f1
from core.records import StopMetric
from core.targets import Labels
from core.targets.arrays import class_pairs, same


def scores(labels: Labels, predicted: Labels, losses: NDArray[np.floating]) -> dict[str, float]:
    """`loss` (mean), `accuracy`, `macro_f1` of n examples, of which `losses` (n,) are the `row_losses`. A label is
    right as a whole; of several classes each has an F1 of its own."""
    found = _sums(labels, predicted)
    return {
        "loss": float(losses.mean()),
        "accuracy": float(same(labels, predicted).mean()),
        "macro_f1": macro_f1(found),
    }


def is_better(metric: StopMetric, value: float, than: float | None) -> bool:
    """Whether an epoch's figure beats the best so far (None: there is none). Not-a-number beats nothing."""
    if than is None:
        return value == value
    return value < than if metric == "loss" else value > than


def _sums(labels: Labels, predicted: Labels) -> Sums:
    if labels.ndim == 1:
        classes = int(max(labels.max(), predicted.max())) + 1
        return sums_of(class_pairs(labels)[1], class_pairs(predicted)[1], classes)
    has, says = labels > 0, predicted > 0
    return Sums((has & says).sum(0), has.sum(0), says.sum(0))

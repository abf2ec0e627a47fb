"""What the validation split says of a model: the three figures that can choose the best epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation import multi_label, numbers
from core.evaluation.confusion import sums_of
from core.evaluation.metrics import accuracy, macro_f1
from core.records import StopMetric
from core.targets import Labels
from core.targets.arrays import numeric


def scores(labels: Labels, predicted: Labels, losses: NDArray[np.floating]) -> dict[str, float]:
    """`loss` (mean), `accuracy`, `macro_f1` of n examples, of which `losses` (n,) are the `row_losses`.

    Labels are class numbers (n,) or, where an example has several classes, indicators (n, k) of 0 and 1. Then accuracy
    is subset accuracy, and macro F1 is over all k, as an evaluation has them. Of numbers `mae`, `rmse` and `r2`.
    """
    loss = {"loss": float(losses.mean())}
    if numeric(labels):
        return loss | numbers.scores(labels.astype(np.float64), predicted.astype(np.float64))
    if labels.ndim == 2:
        found = multi_label.pairs_of(labels, predicted)
        return loss | {
            "accuracy": multi_label.subset_accuracy(found),
            "macro_f1": multi_label.macro_f1(found.sums()),
        }
    classes = int(max(labels.max(), predicted.max())) + 1
    by_class = sums_of(labels.astype(np.int64), predicted.astype(np.int64), classes)
    return loss | {"accuracy": accuracy(by_class), "macro_f1": macro_f1(by_class)}


def is_better(metric: StopMetric, value: float, than: float | None) -> bool:
    """Whether an epoch's figure beats the best so far (None: there is none). Not-a-number beats nothing."""
    if than is None:
        return value == value
    return value < than if metric in ("loss", "mae", "rmse") else value > than

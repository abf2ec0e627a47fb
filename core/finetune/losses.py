"""What each row costs a model whose probabilities are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation.metrics import log_losses
from core.targets import Labels
from core.targets.arrays import numeric, of_truth


def row_losses(probabilities: NDArray[np.floating], labels: Labels) -> NDArray[np.float64]:
    """(n,) log loss of each row in nats, of several classes their mean; of numbers, given as (n, 1), the squared
    error."""
    if numeric(labels):
        return np.asarray((probabilities[:, 0] - labels) ** 2, np.float64)
    found = log_losses(of_truth(probabilities, labels))
    return found if found.ndim == 1 else np.asarray(found.mean(1))

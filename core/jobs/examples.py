"""A job's rows as the training loop takes them: each example ready for the model, as its modality keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.finetune.classifiers.classifier import Classifier
from core.finetune.examples import Examples
from core.jobs.rows import Rows
from core.progress import Report


class JobExamples:
    """The examples of a run. Making it makes ready what no run has made ready before."""

    def __init__(
        self,
        classifier: Classifier,
        rows: Rows,
        arrays: Path,
        stage: Callable[[str], Report],
        where: torch.device,
    ) -> None:
        """`where` is the device that the model will run on: what is small lies there as a whole."""
        self._rows = rows
        self._inputs = classifier.preparation.inputs(rows.payloads, arrays, where, stage)

    def of(self, rows: NDArray[np.int64]) -> Examples:
        """The examples at some positions, ascending."""
        return Examples(self._rows.labels[rows], self._inputs.take(rows))

    def words(self, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The token ids that occur in batches of these rows, sorted; None of what has no tokens."""
        return self._inputs.words(rows)

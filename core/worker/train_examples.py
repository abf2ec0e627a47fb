"""A job's rows as the training loop takes them: texts as cached token ids, images opened when they are due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.models.files import fingerprint, model_folder
from core.models.lite import LARGE_SIDE, common_side, side_for
from core.records import TrainSpec
from core.training.classifier import Classifier, bundled_text_model
from core.training.examples import Examples
from core.training.tokens import Tokens, tokenised
from core.worker.rows import Rows
from core.worker.train_report import JobReport

STAGE = "tokens"
MEASURED = 256
"""Images whose size says what size the dataset's images have."""


class JobExamples:
    """The examples of a run. Making it cuts all texts into tokens that no run of the model has cut before."""

    def __init__(self, classifier: Classifier, rows: Rows, arrays: Path, spec: TrainSpec, report: JobReport) -> None:
        self._classifier, self._rows = classifier, rows
        self._tokens: Tokens | None = None
        if classifier.kind == "text":
            self._tokens = tokenised(
                arrays / "tokens" / f"{_fingerprint(spec.model)}-{spec.max_tokens}",
                rows.payloads.digests,
                rows.payloads.take,
                classifier.encode,
                lambda done, total: report.tick(STAGE, done, total),
            )

    def of(self, rows: NDArray[np.int64]) -> Examples:
        """The examples at some positions, ascending."""
        lengths = np.ones(len(rows), np.int64) if self._tokens is None else self._tokens.lengths[rows]
        return Examples(self._rows.labels[rows], lengths, lambda positions: self._load(rows[positions]))

    def words(self, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The token ids that occur in these rows, sorted; None for images."""
        return None if self._tokens is None else self._tokens.occurring(rows)

    def _load(self, rows: NDArray[np.int64]) -> list[Any]:
        if self._tokens is not None:
            return self._tokens.of(rows)
        payloads = self._rows.payloads
        return self._classifier.encode([payloads.path(media_id) for media_id in payloads.take(rows)])


def side_of(rows: Rows) -> int:
    """The input size that suits most of the images, by a sample of them; of no meaning for texts."""
    if rows.payloads.kind == "text":
        return LARGE_SIDE
    sample = np.linspace(0, len(rows) - 1, min(MEASURED, len(rows))).astype(np.int64)
    sides = []
    for media_id in rows.payloads.take(sample):
        with Image.open(rows.payloads.path(media_id)) as image:  # its header only
            sides.append(side_for(image.size))
    return common_side(sides)


def _fingerprint(model: str) -> str:
    return fingerprint(bundled_text_model() if model == "minilm" else model_folder(model))

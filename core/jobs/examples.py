"""A job's rows as the training loop takes them: texts as cached token ids, images as cached pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.finetune.classifiers.classifier import Classifier, bundled_text_model
from core.finetune.examples import Examples
from core.finetune.inputs import Given, Inputs, LoadedInputs, TokenInputs
from core.jobs.report import JobReport
from core.jobs.rows import Rows
from core.modalities.image.image_encoder import fitting_sides, stored_pixels
from core.modalities.image.lite import LARGE_SIDE, common_side
from core.modalities.image.pixels import StoredPixels
from core.modalities.image.preparation import Images
from core.modalities.model_files import fingerprint, model_folder
from core.modalities.text.token_store import Tokens, tokenised
from core.records import TrainSpec

TOKENS, PIXELS = "tokens", "pixels"
"""Stages of a run."""
MEASURED = 256
"""Images whose size says what size the dataset's images have."""


class JobExamples:
    """The examples of a run. Making it cuts into tokens, or pixels, what no run has cut before."""

    def __init__(
        self,
        classifier: Classifier,
        rows: Rows,
        arrays: Path,
        spec: TrainSpec,
        report: JobReport,
        where: torch.device,
    ) -> None:
        """`where` is the device that the model will run on: tokens lie there where they fit."""
        self._classifier, self._rows = classifier, rows
        self._tokens: Tokens | None = None
        self._pixels: StoredPixels | None = None
        if classifier.kind == "text":
            self._tokens = tokenised(
                arrays / "tokens" / f"{_fingerprint(spec.model)}-{spec.max_tokens}",
                rows.payloads.digests,
                rows.payloads.take,
                classifier.encode,
                lambda done, total: report.tick(TOKENS, done, total),
            )
            padding = int(classifier.tokenizer.pad_token_id)
            self._inputs: Inputs = TokenInputs.of(self._tokens, padding, where)
            return
        if isinstance(classifier.preparation, Images) and classifier.preparation.halves is not None:
            self._pixels = stored_pixels(rows.payloads, arrays, classifier.preparation.halves.cut)
            with self._pixels as pixels:
                pixels.fill(np.arange(len(rows)), lambda done, total: report.tick(PIXELS, done, total))
        self._inputs = LoadedInputs(np.arange(len(rows)), self._images, classifier.ready)

    def of(self, rows: NDArray[np.int64]) -> Examples:
        """The examples at some positions, ascending."""
        return Examples(self._rows.labels[rows], self._inputs.take(rows))

    def words(self, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The token ids that occur in batches of these rows, sorted; None for images.

        The padding token is one, whether or not a text has it: the model need not name it as its own.
        """
        if self._tokens is None:
            return None
        return np.union1d(self._tokens.occurring(rows), [int(self._classifier.tokenizer.pad_token_id)])

    def _images(self, rows: NDArray[np.int64]) -> Given:
        if self._pixels is not None:
            return self._classifier.collate(list(self._pixels.of(rows).transpose(0, 3, 1, 2)))
        payloads = self._rows.payloads
        encoded = self._classifier.encode([payloads.path(media_id) for media_id in payloads.take(rows)])
        return self._classifier.collate(encoded)


def side_of(rows: Rows) -> int:
    """The input size that suits most of the images, by a sample of them; of no meaning for texts."""
    if rows.payloads.kind == "text":
        return LARGE_SIDE
    sample = np.linspace(0, len(rows) - 1, min(MEASURED, len(rows))).astype(np.int64)
    return common_side(fitting_sides(rows.payloads, sample).tolist())


def _fingerprint(model: str) -> str:
    return fingerprint(bundled_text_model() if model == "minilm" else model_folder(model))

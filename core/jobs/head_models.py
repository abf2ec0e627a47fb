"""What a quick retrain solves its head on, and how the result becomes a model folder: one way for each kind of model.

A sentence encoder of the BERT family and the bundled EfficientNet use what scans have cached, and are written without
importing transformers, which takes longer than all the rest. Any other model is loaded, and what its last layer is
given is cached under a key of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from core.arrays.disk_backed import row_chunks
from core.finetune.classifiers import carrying, log_mel, mean_pooling, speech
from core.finetune.classifiers.classifier import Classifier, load_classifier, write_extra
from core.finetune.predictor import Predictor
from core.finetune.settings import BUNDLED, bundled_for_others
from core.heads.ridge import Line
from core.heads.solve import Solved
from core.modalities.audio.facts import AUDIO
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.encoders import make_encoder
from core.modalities.heavy import heavy_modality
from core.modalities.image.lite import common_side
from core.modalities.model_files import fingerprint, model_folder
from core.modalities.payloads import Payloads
from core.progress import Report
from core.records import TrainSpec
from core.targets import Target
from core.tasks import Task

SOUNDS = {"speech": speech.write, "log-mel": log_mel.write}
"""Bundled models for sounds whose last layer is given what the encoder of the same name keeps."""
WINDOW = 1024
"""Examples of a loaded model between two looks at the clock."""

Matrix = NDArray[np.float32]
Layer = Solved | Line
"""A last layer: `weight` (k, d) and `bias` (k,)."""


class HeadModel(Protocol):
    """A model whose last layer is to be solved for."""

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> Matrix:
        """What the head is solved on, (n, d): cached per content."""

    def given(self, embeddings: Matrix) -> Matrix:
        """What the saved model's last layer is given, (m, w), for some of these embeddings."""

    def write(self, folder: Path, labels: Sequence[str], solved: Layer, extra: Mapping[str, Any]) -> None:
        """Saves the model with the head, so that transformers' Auto classes load it."""


def head_model(settings: TrainSpec, labels: Sequence[str], task: Task) -> HeadModel:
    """The model that the settings name, for these classes. Raises ModelError where it cannot be loaded or is for
    another modality."""
    name, max_tokens, seed = settings.model, settings.max_tokens, settings.seed
    if not bundled_for_others(name, task.modality):
        if name == "efficientnet":
            return Carried(task.target)
        if name in SOUNDS:
            return OnEmbedding(name, task.target)
        if folder := heavy_modality(task.modality).pooling_model(name):
            return Averaged(name, folder, max_tokens, task.target)
    return Loaded(name, load_classifier(name, task.name, labels, max_tokens=max_tokens, seed=seed), seed)


@dataclass(frozen=True, slots=True)
class Averaged:
    """A BERT sentence encoder: the mean over its tokens, by way of the averaging layer."""

    name: str
    folder: Path
    max_tokens: int
    target: Target

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> Matrix:
        from core.modalities.text.encoder import TextModel

        embeddings = TextModel(self.name, self.folder, self.max_tokens).embed(payloads, arrays, tick)
        for rows in row_chunks(*embeddings.shape):
            embeddings[rows] = mean_pooling.inputs(embeddings[rows])
        return embeddings

    def given(self, embeddings: Matrix) -> Matrix:
        return embeddings

    def write(self, folder: Path, labels: Sequence[str], solved: Layer, extra: Mapping[str, Any]) -> None:
        weight, bias = solved.weight, solved.bias
        mean_pooling.write(folder, self.folder, labels, weight, bias, self.max_tokens, self.target)
        write_extra(folder, extra)


@dataclass(slots=True)
class Carried:
    """The bundled EfficientNet: the means of three of its layers, all images at the size that suits most."""

    target: Target
    side: int = 0

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> Matrix:
        from core.modalities.image.efficientnet_encoder import EfficientNetLite0
        from core.modalities.image.image_encoder import fitting_sides

        sides = fitting_sides(payloads, np.arange(len(payloads)))
        self.side = common_side(sides.tolist())
        pooled = EfficientNetLite0().pooled(payloads, arrays, tick)
        other = np.flatnonzero(sides != self.side)
        if len(other):
            pooled[other] = EfficientNetLite0(self.side).pooled(payloads.subset(other), arrays, tick)
        return pooled

    def given(self, embeddings: Matrix) -> Matrix:
        return carrying.inputs(torch.from_numpy(embeddings)).numpy()

    def write(self, folder: Path, labels: Sequence[str], solved: Layer, extra: Mapping[str, Any]) -> None:
        carrying.write(folder, labels, solved.weight, solved.bias, self.side, self.target)
        write_extra(folder, extra)


@dataclass(frozen=True, slots=True)
class OnEmbedding:
    """Sounds: what the bundled encoder of the model's name keeps."""

    name: str
    target: Target

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> Matrix:
        return make_encoder(self.name, AUDIO.name).embed(payloads, arrays, tick)

    def given(self, embeddings: Matrix) -> Matrix:
        return embeddings

    def write(self, folder: Path, labels: Sequence[str], solved: Layer, extra: Mapping[str, Any]) -> None:
        SOUNDS[self.name](folder, labels, solved.weight, solved.bias, self.target)
        write_extra(folder, extra)


class Loaded(RowEncoder):
    """Any classifier of transformers: what its last linear layer is given, in evaluation mode."""

    def __init__(self, name: str, classifier: Classifier, seed: int) -> None:
        """Raises ModelError where the last layer cannot be solved for."""
        classifier.check_solvable()
        self.name, self.kind = name, classifier.task.modality.name
        self._predictor = Predictor(classifier)
        self._key = "-".join(
            [
                "classifier",
                name if name in BUNDLED else fingerprint(model_folder(name)),
                classifier.preparation.cache_key(classifier.model.config),
                *([f"seed{seed}"] if classifier.random else []),
            ]
        )

    @property
    def key(self) -> str:
        return self._key

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        for start in range(0, len(rows), WINDOW):
            window = rows[start : start + WINDOW]
            yield window, self._predictor.predict(payloads.items(window))[1]

    def given(self, embeddings: Matrix) -> Matrix:
        return embeddings

    def write(self, folder: Path, labels: Sequence[str], solved: Layer, extra: Mapping[str, Any]) -> None:
        classifier = self._predictor.classifier
        classifier.set_head(solved.weight, solved.bias)
        classifier.save(folder, extra)

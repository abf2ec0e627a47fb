"""A model folder put to use: probabilities and features of texts or images, in the order asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.batches import token_batches
from core.arrays.device import device, moved
from core.errors import ModelError
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.forward import run
from core.finetune.place import Place
from core.modalities.contract import FineTuning
from core.modalities.model_files import config, json_object, model_folder
from core.progress import Report, further, unheard
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS
from core.tasks import TASKS, Task

Matrix = NDArray[np.float32]


@dataclass
class Predictor:
    """A classifier on the device where it runs, in evaluation mode."""

    classifier: Classifier

    def __post_init__(self) -> None:
        self.classifier.on(device()).eval()

    @staticmethod
    def open(folder: Path) -> Predictor:
        """The model that a fine-tune saved, or any other classifier's folder with its class names in the config.

        Raises ModelError where it cannot be loaded.
        """
        about = config(model_folder(str(folder)))
        names = about.get("id2label")
        if not names:
            raise ModelError(f"{folder} names no classes.", "Give the folder of a model that was fine-tuned.")
        labels = [names[index] for index in sorted(names, key=int)]
        return Predictor(
            load_classifier(str(folder), _task(folder, about).name, labels, max_tokens=max_tokens_of(folder))
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names by index: the columns of the probabilities."""
        return self.classifier.labels

    @property
    def columns(self) -> tuple[str, ...]:
        """None: an example is one cell, or a file."""
        return ()

    @property
    def target(self) -> Target:
        """What it says of an example."""
        return self.classifier.task.target

    def predict(self, payloads: Sequence[Any], tick: Report = unheard) -> tuple[Matrix, Matrix]:
        """Probabilities (n, k), as its target has them, and features (n, d), what the last linear layer was given, both
        float32 in the order of `payloads`: texts, or images as paths or opened.

        `tick` is called between batches.
        """
        count, window = len(payloads), self.classifier.preparation.window
        probabilities = np.empty((count, len(self.labels)), np.float32)
        features = np.empty((count, self.classifier.head().in_features), np.float32)
        for start in range(0, count, window):
            encoded = self.classifier.encode(payloads[start : start + window])
            rows = slice(start, start + len(encoded))
            probabilities[rows], features[rows] = self.predict_encoded(encoded, further(tick, start, count))
        return probabilities, features

    def predict_encoded(self, encoded: Sequence[Any], tick: Report = unheard) -> tuple[Matrix, Matrix]:
        """`predict` of what `Classifier.encode` has made of examples, which all have to fit into memory."""
        probabilities = np.empty((len(encoded), len(self.labels)), np.float32)
        features = np.empty((len(encoded), self.classifier.head().in_features), np.float32)
        done, place = 0, Place(device())
        for batch in self._batches(encoded):
            collated = self.classifier.collate([encoded[index] for index in batch])
            inputs = self.classifier.ready(moved(collated, place.device))
            found = run(self.classifier, inputs, place.autocast())
            probabilities[batch], features[batch] = (one.cpu().numpy() for one in found)
            done += len(batch)
            tick(done, len(encoded))
        return probabilities, features

    def _batches(self, encoded: Sequence[Any]) -> list[NDArray[np.int64]]:
        preparation = self.classifier.preparation
        return token_batches([preparation.cost(one) for one in encoded], preparation.most(device()))


def _task(folder: Path, about: Mapping[str, Any]) -> Task:
    """By the files beside the model, and by what its config says of its problem; one class where it says nothing.
    Raises ModelError where nothing in the folder says what its examples are."""
    for task in reversed(TASKS.values()):
        problem = about.get("problem_type") or ONE_CLASS.problem_type
        if _marked(folder, task.modality.fine_tuning) and problem == task.target.problem_type:
            return task
    raise ModelError(
        f"Nothing in {folder} makes examples ready for its model.", "Save its tokenizer or processor there."
    )


def _marked(folder: Path, tuning: FineTuning) -> bool:
    """Whether the folder has a file by which a modality's models are known."""
    files = [folder / mark for mark in tuning.marks if (folder / mark).is_file()]
    return any(not tuning.marked_by or tuning.marked_by in json_object(file) for file in files)


def max_tokens_of(folder: Path) -> int:
    """Where training cut the texts."""
    path = folder / "tokenizer_config.json"
    if not path.is_file():
        return 1 << 30
    return int(json.loads(path.read_text(encoding="utf-8")).get("model_max_length", 1 << 30))

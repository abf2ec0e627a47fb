"""A token classifier's folder put to use: the spans of texts, each with a probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.device import device
from core.finetune.classifiers.classifier import Classifier
from core.finetune.place import Place
from core.finetune.predictor import Matrix, max_tokens_of
from core.finetune.tokens.decoding import tags_of
from core.finetune.tokens.tagger import Scores, Tagged, load_tagger, tag
from core.finetune.tokens.windows import Windows
from core.modalities.model_files import config, model_folder
from core.progress import Report, further, unheard
from core.targets.spans.form import Span
from core.targets.spans.reading import words_in_cell
from core.tasks import TASKS

AT_ONCE = 512
"""Texts whose words are in memory at a time."""
_ARCHITECTURE = "ForTokenClassification"


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a model says of n texts."""

    spans: list[list[Span]]
    scores: Scores
    """Of each span, how probable its type is of the word that is least of it."""
    sure: NDArray[np.float32]
    """(n,) how probable the least sure of a text's words is, those outside of all spans included; 1 without words."""
    probabilities: Matrix
    """(n, k) of each type: of the word that is most of it."""
    features: Matrix
    """(n, d) the mean of what the last layer was given of the words."""


@dataclass
class TagPredictor:
    """A token classifier on the device where it runs. An example is a text, or a JSON list of its tokens."""

    classifier: Classifier
    labels: tuple[str, ...]
    """The types: the columns of the probabilities."""

    @staticmethod
    def claims(folder: Path) -> bool:
        """Whether the model in a folder gives tags to tokens. Raises ModelError where it has no config."""
        return any(
            str(one).endswith(_ARCHITECTURE) for one in config(model_folder(str(folder))).get("architectures", ())
        )

    @staticmethod
    def open(folder: Path) -> TagPredictor:
        """The model that a fine-tune saved. Raises ModelError where it cannot be loaded."""
        names = config(model_folder(str(folder)))["id2label"]
        types = tuple(names[str(place)][2:] for place in range(1, len(names), 2))
        assert [names[str(place)] for place in range(len(names))] == list(tags_of(types))
        task = next(task for task in TASKS.values() if task.target.located)
        classifier = load_tagger(str(folder), task.name, types, max_tokens=max_tokens_of(folder), seed=0)
        classifier.on(device()).eval()
        return TagPredictor(classifier, types)

    @property
    def columns(self) -> tuple[str, ...]:
        """None: an example is one cell."""
        return ()

    def predict(self, payloads: Sequence[str], tick: Report = unheard) -> tuple[Matrix, Matrix]:
        """Probabilities (n, k) and features (n, d) as `Read` has them."""
        found = self.read(payloads, tick)
        return found.probabilities, found.features

    def read(self, payloads: Sequence[str], tick: Report = unheard) -> Read:
        """What it says of examples, in their order; spans are in characters of what `words_in_cell` makes of each."""
        count, width = len(payloads), self.classifier.head().in_features
        probabilities = np.zeros((count, len(self.labels)), np.float32)
        features, sure = np.zeros((count, width), np.float32), np.ones(count, np.float32)
        spans: list[list[Span]] = []
        scores: Scores = []
        for start in range(0, count, AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            texts, bounds = _words(payloads[rows])
            said = self._tagged(texts, bounds, further(tick, start, count))
            probabilities[rows], features[rows] = said.of_rows(bounds)
            own, sure[rows] = said.spans(bounds, self.labels)
            spans += own
            scores += said.scores(own, bounds, self.labels)
        return Read(spans, scores, sure, probabilities, features)

    def _tagged(self, texts: list[str], bounds: list[NDArray[np.int64]], tick: Report) -> Tagged:
        preparation = self.classifier.preparation
        windows = Windows.of(preparation.tokenizer, preparation.limit, texts, bounds)  # type: ignore[attr-defined]
        # The windows of long texts are more than the texts: what is said of progress are the texts.
        whole = len(texts)

        def told(done: float, of: float | None) -> None:
            tick(whole * done / max(1.0, of or 1.0), whole)

        return tag(self.classifier, windows, Place(device()), told)


def _words(payloads: Sequence[str]) -> tuple[list[str], list[NDArray[np.int64]]]:
    found = [words_in_cell(one) for one in payloads]
    return [text for text, _ in found], [np.array(bounds, np.int64).reshape(-1, 2) for _, bounds in found]

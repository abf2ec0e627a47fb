"""Gradient boosting of labels that are several classes: trees of its own for each class, one against the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import LabelBinarizer

from core.modalities.fitted import Labels, Matrix, Places
from core.modalities.table_row.boosting import pipeline, threads
from core.modalities.table_row.saved import save

if TYPE_CHECKING:
    from core.modalities.table_row.learner import Boosting

Fit = Callable[[int, Labels, Matrix | None], HistGradientBoostingClassifier]
Binary: TypeAlias = HistGradientBoostingClassifier | DummyClassifier
_LEAST = 1e-15


def fit_each(labels: Labels, weights: Matrix | None, fit: Fit) -> list[Binary]:
    """A model for each column of labels (m, k), by `fit` of its number, its labels (m,) of 0 and 1 and their weights;
    of a class that all rows have, or none, one that says so of every row."""
    found: list[Binary] = []
    for number, own in enumerate(labels.T.astype(np.int64)):
        if own.min() == own.max():
            found.append(DummyClassifier(strategy="constant", constant=int(own[0])).fit([[0], [0]], [0, 1]))
        else:
            found.append(fit(number, own, None if weights is None else weights[:, number]))
    return found


def together(models: Sequence[Binary]) -> OneVsRestClassifier:
    """The models of all classes as scikit-learn has them: (n, k) probabilities, of a single class (n, 2)."""
    binarizer = LabelBinarizer()
    binarizer.classes_ = np.arange(len(models))
    binarizer.y_type_, binarizer.sparse_input_ = "multilabel-indicator", False
    whole = OneVsRestClassifier(HistGradientBoostingClassifier())
    whole.estimators_, whole.label_binarizer_, whole.classes_ = list(models), binarizer, binarizer.classes_
    return whole


@dataclass(frozen=True, slots=True)
class EachClass:
    """One fit for each class."""

    learner: Boosting
    models: Sequence[Binary]

    @property
    def rounds(self) -> int:
        """Of the class that took most."""
        return max((int(one.n_iter_) for one in self._trees()), default=0)

    @property
    def curves(self) -> Mapping[str, Sequence[float]]:
        """The mean over the classes; one that has stopped stays where it was."""
        said = {
            "train": [one.train_score_ for one in self._trees()],
            "validation": [one.validation_score_ for one in self._trees()],
        }
        return {split: _mean([-np.asarray(one) for one in each if len(one)]) for split, each in said.items()}

    def probabilities(self, rows: Places) -> Matrix:
        matrix = self.learner.matrix[rows]
        with threads(matrix.size):
            found = [one.predict_proba(matrix)[:, 1] for one in self.models]
        return np.stack(found, 1).astype(np.float32)

    def best_rounds(self, rows: Places, labels: Labels) -> int:
        """For all classes together."""
        matrix = self.learner.matrix[rows]
        losses = []
        for one, own in zip(self.models, labels.T > 0, strict=True):
            if isinstance(one, HistGradientBoostingClassifier):
                said = (part[:, 1] for part in one.staged_predict_proba(matrix))
                losses.append([_loss(np.where(own, part, 1 - part)) for part in said])
        return int(np.argmin(_mean([np.asarray(one) for one in losses]))) + 1 if losses and len(rows) else self.rounds

    def save(self, folder: Path, labels: Sequence[str], extra: Mapping[str, Any]) -> None:
        learner = self.learner
        save(folder, pipeline(learner.columns, together(self.models)), learner.recipe, labels, extra, several=True)

    def _trees(self) -> list[HistGradientBoostingClassifier]:
        return [one for one in self.models if isinstance(one, HistGradientBoostingClassifier)]


def _loss(given: NDArray[np.float64]) -> float:
    return float(-np.log(np.maximum(given, _LEAST)).mean())


def _mean(curves: Sequence[NDArray[np.float64]]) -> list[float]:
    length = max((len(one) for one in curves), default=0)
    padded = [np.pad(one, (0, length - len(one)), "edge") for one in curves]
    return [float(one) for one in np.mean(padded, 0)] if padded else []

"""Gradient boosting on a job's rows, see `core.modalities.fitted`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer

from core.errors import UsageError
from core.modalities.fitted import Labels, Matrix, Places
from core.modalities.payloads import Payloads
from core.modalities.table_row.boosting import AnyTrees, all_classes, as_matrix, frame, pipeline, threads, trees
from core.modalities.table_row.columns import columns_of
from core.modalities.table_row.each_class import EachClass, fit_each
from core.modalities.table_row.recipe import Recipe
from core.modalities.table_row.saved import save, vectors

BOOSTING: Final = "boosting"
RATE = 0.05
"""How much each round adds. At the usual .1 the best round comes so early that the next ones do harm (log loss on wines
with wrong labels: .375 at its best, .367 by this)."""
ROUNDS = 150
"""At most so many where the best number is looked for, by what was held out."""
MOST_ROUNDS, PATIENCE = 500, 20
"""Of a model that is trained for use, and after how many rounds without a gain it stops."""
KEPT_BACK = 0.1
"""Share of the rows that tells when to stop where there is no validation split."""
STOPPING: Final = {"early_stopping": True, "n_iter_no_change": PATIENCE, "validation_fraction": KEPT_BACK}


class Boosting:
    """The rows of a job as a matrix, to learn so many classes of; numbers where there are none."""

    name = BOOSTING

    def __init__(self, payloads: Payloads, classes: int, seed: int) -> None:
        """Raises UsageError where no column tells rows apart."""
        self.table = columns_of(payloads)
        self.recipe = Recipe.of(self.table)
        if not self.recipe.features:
            raise UsageError("No column tells the rows apart.", "Load it with more columns as features.")
        self.classes, self.seed = classes, seed
        whole = frame(self.table, self.recipe.features)
        self.columns: ColumnTransformer = as_matrix(self.recipe.features).fit(whole)
        self.matrix: NDArray[np.float64] = np.asarray(self.columns.transform(whole), np.float64)

    @property
    def features(self) -> Matrix:
        return vectors(self.table, self.recipe)

    def fit(
        self,
        rows: Places,
        labels: Labels,
        rounds: int | None = None,
        *,
        weights: Matrix | None = None,
        watched: tuple[Places, Labels] | None = None,
    ) -> Trees | EachClass:
        if labels.ndim == 1:
            return Trees(self, self._fit(rows, labels, rounds, weights, watched))

        def fit_one(number: int, own: Labels, weight: Matrix | None) -> AnyTrees:
            held = None if watched is None else (watched[0], watched[1][:, number])
            return self._fit(rows, own, rounds, weight, held)

        return EachClass(self, fit_each(labels, weights, fit_one))

    def _fit(
        self,
        rows: Places,
        labels: Labels,
        rounds: int | None,
        weights: Matrix | None,
        watched: tuple[Places, Labels] | None,
    ) -> AnyTrees:
        given: dict[str, Any] = {"sample_weight": weights}
        known = np.zeros(0, bool) if watched is None else self._known(watched[1], labels)
        rounds = rounds or self._rounds_of_few(labels, bool(known.any()))
        if rounds is None and watched is not None and known.any():
            given |= {"X_val": self.matrix[watched[0][known]], "y_val": watched[1][known]}
        model = self._trees(MOST_ROUNDS, **STOPPING) if rounds is None else self._trees(rounds)
        with threads(self.matrix.shape[1] * len(rows)):
            return model.fit(self.matrix[rows], labels, **given)

    def _known(self, watched: Labels, labels: Labels) -> NDArray[np.bool_]:
        return np.isin(watched, labels) if self.classes else np.isfinite(watched)

    def _rounds_of_few(self, labels: Labels, watched: bool) -> int | None:
        """A fixed number of rounds where nothing tells when to stop: too few rows to keep some of each class back."""
        fewest = int(np.unique(labels, return_counts=True)[1].min()) if self.classes else len(labels) // 2
        return ROUNDS // 3 if not watched and fewest < 2 / KEPT_BACK else None

    def _trees(self, rounds: int, **more: Any) -> AnyTrees:
        return trees(self.recipe.features, rounds, self.seed, numbers=not self.classes, learning_rate=RATE, **more)


@dataclass(frozen=True, slots=True)
class Trees:
    """One fit."""

    learner: Boosting
    model: AnyTrees
    curves: Mapping[str, Sequence[float]] = field(init=False)

    def __post_init__(self) -> None:
        said = {"train": self.model.train_score_, "validation": self.model.validation_score_}
        object.__setattr__(self, "curves", {split: [-float(one) for one in each] for split, each in said.items()})

    @property
    def rounds(self) -> int:
        return int(self.model.n_iter_)

    def probabilities(self, rows: Places) -> Matrix:
        matrix = self.learner.matrix[rows]
        with threads(matrix.size):
            if not self.learner.classes:
                return np.asarray(self.model.predict(matrix)[:, None], np.float32)
            return all_classes(self.model, self.model.predict_proba(matrix), self.learner.classes)

    def best_rounds(self, rows: Places, labels: Labels) -> int:
        if not self.learner.classes:
            said = self.model.staged_predict(self.learner.matrix[rows]) if len(rows) else ()
            errors = [float(np.abs(one - labels).mean()) for one in said]
            return int(np.argmin(errors)) + 1 if errors else self.rounds
        seen = np.isin(labels, self.model.classes_)
        if not seen.any():
            return self.rounds
        own = np.searchsorted(self.model.classes_, labels[seen])[:, None]
        said = self.model.staged_predict_proba(self.learner.matrix[rows[seen]])
        losses = [-np.log(np.maximum(np.take_along_axis(one, own, 1), 1e-15)).mean() for one in said]
        return int(np.argmin(losses)) + 1

    def save(self, folder: Path, labels: Sequence[str], extra: Mapping[str, Any]) -> None:
        learner = self.learner
        save(folder, pipeline(learner.columns, self.model), learner.recipe, labels, extra)

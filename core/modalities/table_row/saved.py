"""A table's model in a folder: trees and what makes a matrix of columns as one file of skops, the rest as JSON. Neither
can run code: skops makes nothing but what is on a list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED

import numpy as np
import pyarrow as pa
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from core.errors import ModelError
from core.modalities.fitted import Matrix
from core.modalities.model_files import config
from core.modalities.table_row.boosting import all_classes, frame, threads
from core.modalities.table_row.columns import columns_of_cells
from core.modalities.table_row.facts import FILE
from core.modalities.table_row.recipe import Recipe
from core.progress import Report, unheard

TRUSTED: Final = (
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
)
"""What the file is made of beside scikit-learn's estimators and arrays."""
ONE, SEVERAL, NUMBER = "single_label_classification", "multi_label_classification", "regression"
"""What a row may have, as a transformers config calls it."""


def save(
    folder: Path,
    model: Pipeline,
    recipe: Recipe,
    labels: Sequence[str],
    extra: Mapping[str, Any],
    *,
    several: bool = False,
) -> None:
    """Writes model.skops, config.json with classes and columns, and `extra` as winnow.json. `several`: whether a row
    may have several classes."""
    import skops.io

    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump(model, folder / FILE, compression=ZIP_DEFLATED)
    about = {
        "model_type": "gradient boosting",
        "problem_type": SEVERAL if several else NUMBER if says_numbers(model) else ONE,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
        "features": recipe.plain(),
    }
    for name, content in (("config.json", about), ("winnow.json", extra)):
        (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


def says_numbers(model: Pipeline) -> bool:
    """Whether it learnt numbers, not classes."""
    return isinstance(model["trees"], HistGradientBoostingRegressor)


@dataclass(frozen=True, slots=True)
class SavedTrees:
    """Such a folder, opened."""

    labels: tuple[str, ...]
    recipe: Recipe
    model: Pipeline
    several: bool = False
    """Whether a row may have several classes, each with a probability of its own."""

    @staticmethod
    def of(folder: Path) -> SavedTrees:
        """Raises ModelError where the folder's files are damaged, or hold what no such model is made of."""
        import skops.io

        about = config(folder)
        try:
            names = about["id2label"]
            recipe = Recipe.of_plain(about["features"])
            model = skops.io.load(folder / FILE, trusted=list(TRUSTED))
            known = says_numbers(model) or np.asarray(model["trees"].classes_).max() < len(names)
        except Exception as error:
            raise _damaged(folder, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
        if not known:
            raise _damaged(folder, "it knows more classes than it names")
        several = about.get("problem_type") == SEVERAL
        return SavedTrees(tuple(names[index] for index in sorted(names, key=int)), recipe, model, several)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that it has learnt from."""
        return tuple(one.name for one in self.recipe.features)

    def predict(self, payloads: Sequence[Any], tick: Report = unheard) -> tuple[Matrix, Matrix]:
        """Probabilities (n, k), or numbers (n, 1), and vectors (n, d) of cells, in their order; columns that are not
        its own do not count, those of its own that are not there are missing."""
        if not payloads:
            return np.empty((0, len(self.labels)), np.float32), np.empty((0, self.recipe.width), np.float32)
        table = columns_of_cells(payloads)
        with threads(len(payloads) * len(self.recipe.features)):
            seen = frame(table, self.recipe.features)
            numbers = says_numbers(self.model)
            found = self.model.predict(seen)[:, None] if numbers else self.model.predict_proba(seen)
        tick(len(payloads), len(payloads))
        if numbers:
            return np.asarray(found, np.float32), vectors(table, self.recipe)
        if self.several:  # of a single class scikit-learn gives two columns
            return found[:, -len(self.labels) :].astype(np.float32), vectors(table, self.recipe)
        return all_classes(self.model["trees"], found, len(self.labels)), vectors(table, self.recipe)


def vectors(table: pa.Table, recipe: Recipe) -> Matrix:
    """(n, d) of a table."""
    return recipe.encode(table, np.empty((table.num_rows, recipe.width), np.float32))


def _damaged(folder: Path, why: str) -> ModelError:
    return ModelError(f"The model in {folder} cannot be read: {why}.", "Train it again, or copy the folder once more.")

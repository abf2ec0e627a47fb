"""Gradient-boosted trees on columns as they are: scikit-learn's, by histograms, which know missing values and
categories (Ke et al., LightGBM: a highly efficient gradient boosting decision tree, 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from core.modalities.table_row.columns import numbers, texts
from core.modalities.table_row.recipe import Feature, Recipe

if TYPE_CHECKING:
    import pandas as pd

AnyTrees: TypeAlias = HistGradientBoostingClassifier | HistGradientBoostingRegressor
MOST_CATEGORIES = 128
"""Of a column; the trees tell no more than 255 apart."""
FEW_CELLS = 1 << 20
"""Up to so many, one thread is quicker: several spend their time waiting for each other (on two busy cores, 5 fits to
178 wines took 159 s by two threads, 2 s by one)."""


@contextmanager
def threads(cells: int) -> Iterator[None]:
    """So many threads as suit a matrix of so many cells."""
    with threadpool_limits(1 if cells <= FEW_CELLS else None, "openmp"):
        yield


def frame(table: pa.Table, features: Sequence[Feature]) -> pd.DataFrame:
    """The columns as the trees' pipeline takes them: numbers as float64, categories as texts."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for one in features:
        column = Recipe.column(table, one.name)
        columns[one.name] = texts(column).to_pandas().astype(object) if one.kind == "category" else numbers(column)
    return pd.DataFrame(columns)


def as_matrix(features: Sequence[Feature]) -> ColumnTransformer:
    """What makes a matrix of a frame: numbers first, then categories as their numbers; what is missing or was never
    seen is NaN."""
    categories = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=MOST_CATEGORIES,
    )
    return ColumnTransformer(
        [
            ("numbers", "passthrough", [one.name for one in features if one.kind != "category"]),
            ("categories", categories, [one.name for one in features if one.kind == "category"]),
        ],
        verbose_feature_names_out=False,
    )


def trees(features: Sequence[Feature], most: int, seed: int, numbers: bool = False, **more: Any) -> AnyTrees:
    """At most so many rounds of trees on the matrix of `as_matrix`; for `numbers` they learn the median, which a few
    wrong labels hardly move."""
    of_categories = sorted(one.kind == "category" for one in features)
    kind = partial(HistGradientBoostingRegressor, loss="absolute_error") if numbers else HistGradientBoostingClassifier
    return kind(
        max_iter=most,
        categorical_features=of_categories if any(of_categories) else None,
        random_state=seed,
        **{"early_stopping": False, **more},
    )


def all_classes(model: Any, found: NDArray[np.float64], classes: int) -> NDArray[np.float32]:
    """(m, k) what a model says, with 0 for classes that it has not seen."""
    whole, seen = np.zeros((len(found), classes), np.float32), np.asarray(model.classes_, np.int64)
    whole[:, seen] = found if len(seen) > 1 else 1  # of one class scikit-learn gives two columns
    return whole


def pipeline(matrix: ColumnTransformer, model: AnyTrees | OneVsRestClassifier) -> Pipeline:
    """What takes a frame: the model as it is saved."""
    return Pipeline([("columns", matrix), ("trees", model)])

"""How well wrong labels of rows of tables are ranked and how quickly: `python -m bench.tables`.

Data that scikit-learn brings, 8 % of their labels replaced by another class. Ours is a whole scan by its defaults, on
the rows as the store hands them over; beside it cleanlab's Datalab on `cross_val_predict` of scikit-learn's
`HistGradientBoostingClassifier` by its defaults over five folds, whose time includes nothing else.
"""

from __future__ import annotations

import json
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_wine, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

from bench.row import Row
from bench.scan_folder import run_scan, scan_folder, scores

PLANTED, SEED = 0.08, 0
MIXED_ROWS, GAPS = 5_000, 0.05
Columns = dict[str, np.ndarray]


def run() -> list[Row]:
    """Average precision and seconds on four data sets."""
    return [row for name, columns, labels in _sets() for row in _compared(name, columns, labels)]


def _sets() -> Iterator[tuple[str, Columns, np.ndarray]]:
    for name, load in (("wine", load_wine), ("breast cancer", load_breast_cancer), ("digits as columns", load_digits)):
        data = load()
        yield name, dict(zip(map(str, data.feature_names), data.data.T, strict=True)), data.target
    yield "made, with gaps and categories", *_mixed()


def _mixed() -> tuple[Columns, np.ndarray]:
    """Eight numbers with gaps and four categories out of `make_classification`."""
    values, labels = make_classification(MIXED_ROWS, 12, n_informative=6, n_classes=3, class_sep=1.2, random_state=SEED)
    values[:, :8][np.random.default_rng(SEED).random((MIXED_ROWS, 8)) < GAPS] = np.nan
    values[:, 8:] = np.clip(values[:, 8:] * 1.5 + 4, 0, 7).astype(int)
    return {f"{'n' if place < 8 else 'c'}{place}": column for place, column in enumerate(values.T)}, labels


def _compared(name: str, columns: Columns, true: np.ndarray) -> list[Row]:
    generator = np.random.default_rng(SEED)
    classes = int(true.max()) + 1
    wrong = generator.random(len(true)) < PLANTED
    given = np.where(wrong, (true + generator.integers(1, classes, len(true))) % classes, true)
    cells = [
        json.dumps({name: _value(name, one) for name, one in zip(columns, row, strict=True)})
        for row in zip(*(column.tolist() for column in columns.values()), strict=True)
    ]
    with tempfile.TemporaryDirectory() as root:
        folder = scan_folder(Path(root), "tabular-classification", cells, [f"class {one}" for one in given])
        begun = time.monotonic()
        run_scan(folder)
        took = time.monotonic() - begun
        ours = scores(folder).column("score").to_numpy()
        first = average_precision_score(wrong, -scores(folder, 0).column("score").to_numpy())
    begun = time.monotonic()
    theirs = _datalab(columns, given)
    usual = time.monotonic() - begun
    title = f"wrong labels of table rows, {name} ({len(true):,} × {len(columns)})"
    mine, other = (float(average_precision_score(wrong, -one)) for one in (ours, theirs))
    note = f"instant tier {first:.3f}"
    return [
        Row(title, mine, "AP", other, "Datalab on its boosting", True, "not behind", note),
        Row(f"{title}: the whole job", took, "s", usual, "Datalab on its boosting"),
    ]


def _value(name: str, value: float) -> float | str | None:
    if np.isnan(value):
        return None
    return "abcdefgh"[int(value)] if name.startswith("c") and name[1:].isdigit() else value


def _datalab(columns: Columns, given: np.ndarray) -> np.ndarray:
    from cleanlab import Datalab

    of_categories = [name.startswith("c") and name[1:].isdigit() for name in columns]
    model = HistGradientBoostingClassifier(
        categorical_features=of_categories if any(of_categories) else None, random_state=SEED
    )
    with threadpool_limits(1, "openmp"):  # as ours on few rows: by two threads it takes up to eighty times as long
        matrix = np.stack(list(columns.values()), 1)
        probabilities = cross_val_predict(model, matrix, given, cv=5, method="predict_proba")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lab = Datalab({"label": given.tolist()}, label_name="label", verbosity=0)
        lab.find_issues(pred_probs=probabilities, issue_types={"label": {}})
    return np.asarray(lab.get_issues("label")["label_score"])


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))

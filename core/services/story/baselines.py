"""What a score is held against where there is no other model: the most frequent class, guessing by shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from core.context import Context
from core.lookalikes import quoted
from core.proportions import Z95, wilson
from core.records import Baseline, Estimate, Evaluation, MultiLabelEvaluation, Version
from core.services.evaluation.words import AnyEvaluation
from core.store.relations import relation
from core.store.telling.story import class_sizes, labelled_rows
from core.targets.contract import Target
from core.words import stored

__all__ = ["Baseline", "of"]

TRAIN = "train"


def of(
    context: Context, target: Target, found: AnyEvaluation, truth: Version, called: Callable[[str], str]
) -> tuple[Baseline, ...]:
    """Both baselines on the rows of an evaluation; what is frequent is read off the rows that are trained on."""
    rows = relation(context.store, truth.version_id)
    for split in (TRAIN, None):
        sizes = class_sizes(context.store, rows, target.classes_sql, split)
        if sizes:
            shares = {name: size / labelled_rows(context.store, rows, split) for name, size in sizes.items()}
            break
    else:
        return ()
    largest = next(iter(sizes))
    (majority, over), (guessed, over_guessed) = (
        _of_classes(found, said) if isinstance(found, Evaluation) else _of_sets(found, said)
        for said in ({largest: 1.0}, shares)
    )
    name = quoted(called(largest))
    meaning = stored(
        f"{name} for every row" if isinstance(found, Evaluation) else f"{name} for every row, and no other class"
    )
    return (
        Baseline(stored("Always the most frequent class"), meaning, majority, over),
        Baseline(
            stored("Guessing by shares"),
            stored("each class as often as it occurs, whatever the example is"),
            guessed,
            over_guessed,
        ),
    )


def _of_classes(found: Evaluation, said: Mapping[str, float]) -> tuple[Estimate, Estimate]:
    """The accuracy of who says each class with these probabilities, and by how much the model's is above it: the mean
    over the rows of whether the model is right less how probably the other is, with its normal interval."""
    right = np.array([said.get(name, 0.0) for name in found.labels])
    support, hits = found.matrix.sum(1), found.matrix.diagonal()
    mean = float(hits.sum() - right @ support) / found.rows
    squares = float(hits @ (1 - right) ** 2 + (support - hits) @ right**2) / found.rows
    width = Z95 * math.sqrt(max(0.0, squares - mean**2) / found.rows)
    return _share(float(right @ support), found.rows), Estimate(mean, max(-1.0, mean - width), min(1.0, mean + width))


def _of_sets(found: MultiLabelEvaluation, said: Mapping[str, float]) -> tuple[Estimate, None]:
    """The same of micro F1, 2 · hits / (true + predicted), with the Wilson interval of the hits among the predicted."""
    hits = sum(said.get(name, 0.0) * scores.support for name, scores in found.classes.items())
    true, predicted = sum(scores.support for scores in found.classes.values()), sum(said.values()) * found.rows
    among, scale = _share(hits, predicted), 2 * predicted / max(predicted + true, 1)
    return Estimate(scale * among.estimate, scale * among.low, min(1.0, scale * among.high)), None


def _share(hits: float, rows: float) -> Estimate:
    low, high = wilson(np.asarray(hits, np.float64), np.asarray(rows, np.float64))
    return Estimate(float(hits / max(rows, 1)), float(low), float(high))

"""Entities as one class per token, and the report of tokens, equal to scikit-learn's `classification_report`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.confusion import Cells, Integers
from core.evaluation.metrics import accuracy, class_scores
from core.evaluation.spans.entities import Documents
from core.records import Scores

OUTSIDE = "O"
Tokens = Sequence[Sequence[tuple[int, int]]]
"""Start and stop of each token, in characters, by document."""


@dataclass(frozen=True, slots=True)
class TokenReport:
    """Figures of tokens; `O` is a class among the others."""

    classes: dict[str, Scores]
    averages: dict[str, Scores]
    """`macro avg` and `weighted avg`."""
    accuracy: float


def token_types(documents: Documents, tokens: Tokens, types: Sequence[str]) -> Integers:
    """(t,) the type of each token, 0 for `O` and from 1 on by `types`: that of the first entity it overlaps with."""
    index = {name: place for place, name in enumerate(types, 1)}
    found = []
    for spans, ends in zip(documents, tokens, strict=True):
        own = np.zeros(len(ends), np.int64)
        starts, stops = np.array(ends, np.int64).reshape(-1, 2).T
        for start, stop, name in sorted(spans, reverse=True):
            own[(starts < stop) & (stops > start)] = index[name]
        found.append(own)
    return np.concatenate([np.zeros(0, np.int64), *found])


def token_report(true: Integers, predicted: Integers, types: Sequence[str]) -> TokenReport:
    """Of t tokens, whose types are as `token_types` has them."""
    names = (OUTSIDE, *types)
    keys, count = np.unique(true * len(names) + predicted, return_counts=True)
    matrix = Cells(keys // len(names), keys % len(names), count, len(names))
    classes = class_scores(matrix, names)
    table = np.array([(one.precision, one.recall, one.f1) for one in classes.values()]).reshape(-1, 3)
    support = np.array([one.support for one in classes.values()], np.int64)
    weighted = support @ table / max(1, support.sum())
    averages = {
        name: Scores(float(row[0]), float(row[1]), float(row[2]), int(support.sum()))
        for name, row in (("macro avg", table.sum(0) / max(1, len(table))), ("weighted avg", weighted))
    }
    return TokenReport(classes, averages, accuracy(matrix.sums()))

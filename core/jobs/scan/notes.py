"""What a tier says of classes that it could not judge well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.heads.out_of_sample import OutOfSample
from core.targets import Labels
from core.targets.arrays import class_pairs, unlabelled
from core.words import stored

MAX_NAMED = 10
"""Classes that a note names."""


def class_notes(
    result: OutOfSample, labels: Labels, names: Sequence[str], clusters: NDArray[np.int64], folds: int
) -> list[str]:
    """Of classes with few distinct examples, by the labels (n,) or (n, k) of rows in their clusters (n,)."""
    notes = []
    rows, classes = class_pairs(labels)
    pairs = np.unique(np.stack([classes, clusters[rows]]), axis=1)
    separate = np.bincount(pairs[0], minlength=len(names))
    few = np.flatnonzero((separate > 0) & (separate < folds))
    if len(few):
        notes.append(
            stored(
                f"{len(few):,} classes have fewer examples than the {folds} folds, so that their probabilities are "
                f"rough: {_named(names, few)}."
            )
        )
    unseen = ~result.judged & ~unlabelled(labels)
    if unseen.any():
        # Of several classes of a row, those that it is not judged for; of one, that one.
        rare = (separate < folds) | (labels.ndim == 1)
        named = np.unique(classes[unseen[rows] & rare[classes]])
        notes.append(
            stored(
                f"{int(unseen.sum()):,} rows are not flagged: their class has too few distinct examples for "
                f"a model to learn it without them: {_named(names, named)}."
            )
        )
    told = int((~unlabelled(labels)).sum())
    if result.trained_rows < told:
        notes.append(stored(f"The heads learnt from a sample of {result.trained_rows:,} of {told:,} rows."))
    return notes


def word_notes(result: OutOfSample, labels: NDArray[np.int64], names: Sequence[str]) -> list[str]:
    """Of types that too few texts have, by the given types (w,) of words: 0 for none, -1 where nobody said."""
    unjudged = labels[~result.judged]
    types = np.bincount(unjudged[unjudged >= 0], minlength=len(names) + 1)[1:]
    few = np.flatnonzero(types)
    if not len(few):
        return []
    return [
        stored(
            f"{int(types.sum()):,} words are not judged: too few distinct texts have their type for a model to know "
            f"it without them: {_named(names, few)}."
        )
    ]


def _named(names: Sequence[str], which: NDArray[np.int64]) -> str:
    said = ", ".join(names[index] for index in which[:MAX_NAMED])
    return said + (" …" if len(which) > MAX_NAMED else "")

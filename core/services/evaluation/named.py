"""Evaluations with their classes under the names that people gave them, to be read by people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

from core.records import Comparison, Dataset, Evaluation, MultiLabelComparison, MultiLabelEvaluation

Found = TypeVar("Found", bound=Evaluation | MultiLabelEvaluation)
Compared = TypeVar("Compared", bound=Comparison | MultiLabelComparison)


def under_names(found: Found, dataset: Dataset) -> Found:
    """The same with names in place of classes. `Dataset.coded` leads back."""
    if not dataset.names:
        return found
    classes = {dataset.called(code): scores for code, scores in found.classes.items()}
    return replace(found, labels=tuple(map(dataset.called, found.labels)), classes=classes)


def compared_under_names(found: Compared, dataset: Dataset) -> Compared:
    """A comparison, likewise."""
    if not dataset.names:
        return found
    figures = len(found.differences) - len(found.first.labels)
    of_classes = (replace(one, name=dataset.called(one.name)) for one in found.differences[figures:])
    return replace(
        found,
        first=under_names(cast(Any, found.first), dataset),
        second=under_names(cast(Any, found.second), dataset),
        differences=(*found.differences[:figures], *of_classes),
    )

"""Labels as people read them."""

from __future__ import annotations

from collections.abc import Callable

from core.records import Dataset
from core.targets import Target
from core.tasks import task_named


def target_of(dataset: Dataset) -> Target:
    """What a dataset's labels are."""
    return task_named(dataset.task).target


def words_of(dataset: Dataset) -> Callable[[str | None], str | None]:
    """What says a label of the dataset in words; no label stays none."""
    words = target_of(dataset).words
    return lambda label: None if label is None else words(label)

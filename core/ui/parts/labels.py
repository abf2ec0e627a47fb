"""Labels as people read them."""

from __future__ import annotations

from collections.abc import Callable

from core.records import Dataset
from core.tasks import target_of

__all__ = ["target_of", "words_of"]


def words_of(dataset: Dataset) -> Callable[[str | None], str | None]:
    """What says a label of the dataset in words; no label stays none."""
    words = target_of(dataset).words
    return lambda label: None if label is None else words(label)

"""Filters that people saved under a name, as the store's lists ask for them: the ledger keeps them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from core.errors import NotFoundError
from core.records import Dataset, RowFilter


class SliceLog(Protocol):
    """Where they are kept."""

    def names(self, dataset_id: str) -> Sequence[str]:
        """Those of a dataset, by name."""

    def filter_of(self, dataset: Dataset, name: str) -> RowFilter:
        """What one of them lets through. Raises `NotFoundError`, and `UsageError` for what the dataset has no more."""

    def state(self) -> Hashable:
        """Another one once any of them was changed."""


class NoSlices:
    """Where nobody ever saved one."""

    def names(self, dataset_id: str) -> Sequence[str]:
        return ()

    def filter_of(self, dataset: Dataset, name: str) -> RowFilter:
        raise NotFoundError(f"There is no slice {name!r}.", "Nobody saved one yet.")

    def state(self) -> Hashable:
        return None

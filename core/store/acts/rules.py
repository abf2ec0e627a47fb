"""Rules, as the store's lists ask for them: the ledger keeps them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from core.errors import NotFoundError
from core.records import Dataset, RowFilter


class RuleLog(Protocol):
    """Where they are kept."""

    def names(self, dataset_id: str) -> Sequence[str]:
        """Those of a dataset that are not retired, by name."""

    def rule(self, dataset: Dataset, name: str) -> tuple[RowFilter, str]:
        """Which rows one of them covers, and the class that it says. Raises `NotFoundError`, and `UsageError` for what
        the dataset has no more."""

    def state(self) -> Hashable:
        """Another one once any of them was changed."""


class NoRules:
    """Where nobody ever made one."""

    def names(self, dataset_id: str) -> Sequence[str]:
        return ()

    def rule(self, dataset: Dataset, name: str) -> tuple[RowFilter, str]:
        raise NotFoundError(f"There is no rule {name!r}.", "Nobody made one yet.")

    def state(self) -> Hashable:
        return None

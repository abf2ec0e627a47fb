"""What people call classes, as the store's datasets have it: the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.records import ClassNaming


class ClassNameLog(Protocol):
    """Where it is kept."""

    def newest(self) -> int:
        """The number of the newest; 0 before the first."""

    def standing(self, dataset_id: str) -> Mapping[str, ClassNaming]:
        """What holds, by class."""


class NoNames:
    """Where nobody ever named a class."""

    def newest(self) -> int:
        return 0

    def standing(self, dataset_id: str) -> Mapping[str, ClassNaming]:
        return {}

"""The rows that a query names, as a filter asks for them. Who answers is told to the store when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from core.errors import UsageError


class RowQueries(Protocol):
    """Answers queries of a version's views with rows."""

    def file(self, version_id: str, asked: str) -> Path:
        """Parquet with the `example_id` of every row that a query, a condition or the query saved under a name gives,
        each once. Raises `UsageError` for what may not be asked or takes too much."""

    def names(self, version_id: str) -> Sequence[str]:
        """The names of the dataset's saved queries."""


class NoQueries:
    """A store that nobody answers queries for."""

    def file(self, version_id: str, asked: str) -> Path:
        raise UsageError("Nobody answers queries here.", "Open the workspace with the app or the command line.")

    def names(self, version_id: str) -> Sequence[str]:
        return ()

"""The rows most like an example that was typed or uploaded, as a filter asks for them. Who compares is told to the
store when it is opened."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Protocol

from core.errors import UsageError


class RowsAlike(Protocol):
    """Compares the rows of a version with an example."""

    def file(self, version_id: str, asked: str) -> Path:
        """Parquet with `example_id` and `similarity` (cosine in -1–1) of the rows of a version that are most like an
        example: a text, or the name of a kept file. Raises `UsageError` for what cannot be compared."""

    def state(self) -> Hashable:
        """What the answers depend on beside the version: it changes whenever embeddings are added or removed."""


class NoRowsAlike:
    """A store that nobody compares rows for."""

    def file(self, version_id: str, asked: str) -> Path:
        raise UsageError("Nobody compares rows here.", "Open the workspace with the app or the command line.")

    def state(self) -> Hashable:
        return ()

"""Reads a source for `ingest` in this very process, as tests do that are about something else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from core.progress import Report
from core.records import Reader, Schema, Staged
from core.store.ingest.ingest import Read
from core.store.ingest.stage import stage


def staged(reader: Reader, schema: Schema) -> Read:
    """How to read it, into a folder of its own that the system removes some day."""

    def read(on_progress: Report, stopped: Callable[[], bool]) -> Staged:
        return stage(reader, schema, Path(tempfile.mkdtemp(prefix="winnow-staged-")), on_progress, stopped)

    return read

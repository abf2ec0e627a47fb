"""Reads a source for `ingest` in this very process, and takes it in, as tests do that are about something else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from weakref import finalize

from core.progress import Report, unheard
from core.records import Dataset, Reader, Schema, Staged
from core.store.database import Database
from core.store.ingest.ingest import Read, ingest
from core.store.ingest.stage import stage


def staged(reader: Reader, schema: Schema) -> Read:
    """How to read it, into a folder of its own that is removed once nobody can read any more."""
    folder = Path(tempfile.mkdtemp(prefix="winnow-staged-"))

    def read(on_progress: Report, stopped: Callable[[], bool]) -> Staged:
        return stage(reader, schema, folder, on_progress, stopped)

    finalize(read, shutil.rmtree, folder, ignore_errors=True)
    return read


def taken_in(
    db: Database,
    reader: Reader,
    schema: Schema,
    name: str,
    *,
    source: str = "csv",
    by: str = "ada",
    job_id: str | None = None,
) -> Dataset:
    """The dataset that is made of it, without its derived attributes."""
    return ingest(
        db,
        staged(reader, schema),
        schema,
        name=name,
        source=source,
        licence="",
        by=by,
        job_id=job_id,
        on_progress=unheard,
        stopped=lambda: False,
    )

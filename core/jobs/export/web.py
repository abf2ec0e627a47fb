"""A version as a folder for `datasets.load_from_disk`: written while somebody waits, by a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.context import Context
from core.errors import JobError
from core.jobs.export.spec import ExportSpec
from core.jobs.foreground import passing_folder, run_module
from core.records import Dataset
from core.store.export import export_rows
from core.typed import to_json

MODULE = "core.jobs.export.run"


def export_datasets(
    context: Context, dataset: Dataset, version_id: str, out: Path, masked: Callable[[Path], object] | None = None
) -> Path:
    """Writes the folder `out` and returns it. `masked` writes the rows as Parquet in place of what the store does.
    Raises JobError, in which nothing is left of it."""
    with passing_folder() as work:
        rows = work.input / "rows.parquet"
        if masked is None:
            export_rows(context.store, version_id, rows, "parquet")
        else:
            masked(rows)
        work.write_spec(to_json(ExportSpec(dataset.task, dataset.labels, context.workspace.media, out.resolve())))
        if problem := run_module(MODULE, work):
            raise JobError(work.error() or f"The export failed: {problem}", "Try again, or export as parquet.")
    return out

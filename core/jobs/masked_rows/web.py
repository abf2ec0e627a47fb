"""Masked rows for files while somebody waits, and for queries as a job, whose copy is kept as long as the rows and what
is masked in them are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.context import Context
from core.errors import JobError
from core.jobs.foreground import passing_folder, run_module
from core.jobs.foresight import Amount, Foreseen, Work, start
from core.jobs.kind import JobKind
from core.jobs.masked_rows.spec import CopySpec, RowsResult, RowsSpec
from core.jobs.submit import submit, write_once
from core.queue import JobFolder, Resources
from core.records import ENDED, Dataset, Job, Version
from core.store.datasets import get_dataset
from core.store.export import copy_query
from core.store.query.copies import TURN, make_copy
from core.store.query.views import QueryView, views_of
from core.store.versions import get_version
from core.typed import to_json
from core.words import stored

OUT = "masked.parquet"
"""What the job leaves in its output."""
USUAL = 3e-6
"""Seconds for what a token of a short text is."""


@contextmanager
def masked_apart(write: Callable[[Path], object], columns: Mapping[str, str]) -> Iterator[Path]:
    """A file with the rows that `write` writes, of which these columns are masked, as long as the block lasts. Raises
    JobError."""
    with passing_folder() as work:
        write(work.input / "rows.parquet")
        work.write_spec(to_json(RowsSpec(columns)))
        if problem := run_module(MASKED_ROWS.module, work):
            raise JobError(work.error() or f"The masking failed: {problem}", "Try again.")
        yield work.output / OUT


def start_copy(context: Context, dataset: Dataset, version: Version, view: QueryView, by: str) -> Job:
    """Starts masking a view's rows for queries; a job that is at it already is returned instead."""
    spec = CopySpec(RowsSpec(view.texts), dataset.dataset_id, version.version_id, view.name, view.digest)
    title = stored(f"Masked rows of {dataset.name}, version {version.number}, for SQL")
    return submit(context, MASKED_ROWS, spec, title=title, dataset_id=dataset.dataset_id, by=by)


def _view(context: Context, spec: CopySpec) -> QueryView | None:
    """The view as it was asked for; None where it holds something else by now."""
    dataset, version = get_dataset(context.store, spec.dataset_id), get_version(context.store, spec.version_id)
    view = views_of(context.store, dataset, version, {})[spec.view]
    return view if view.digest == spec.digest else None


def _prepare(context: Context, folder: JobFolder) -> None:
    view = _view(context, MASKED_ROWS.spec_of(folder))
    if view is None:
        raise JobError("The rows are others by now.", "Run the query again.")
    write_once(
        folder.input / "rows.parquet", lambda path: copy_query(context.store, view.bare, path, "parquet", raw=True)
    )


def _collect(context: Context, job: Job) -> None:
    if job.status not in ENDED:
        return
    folder = context.queue.folder(job.job_id)
    out = folder.output / OUT
    if job.status == "done" and out.exists():
        spec = MASKED_ROWS.spec_of(folder)
        view = _view(context, spec)
        if view is not None:
            with context.beside.turn(TURN):
                make_copy(context.store, context.workspace.queries, spec.dataset_id, view, out)
    for file in (out, folder.input / "rows.parquet"):
        file.unlink(missing_ok=True)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    amount = Amount(context, MASKED_ROWS.spec_of(folder).version_id)
    return Foreseen((start("masked_rows"), Work("masking", "masking for SQL", amount.cost(), USUAL)))


MASKED_ROWS = JobKind(
    "masked_rows",
    CopySpec,
    RowsResult,
    "core.jobs.masked_rows.run",
    _prepare,
    _collect,
    lambda spec: Resources(device=False),
    _foresee,
)

"""Batch predictions: what a file holds, the job that predicts it, and its results as files and first rows."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from core.errors import JobError, SchemaError, SourceError, StoppedError, UsageError
from core.queue import RunFolder
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS
from core.records import Job, Preview, Run, Schema
from core.services.context import Context
from core.services.follow import follow
from core.services.load import preview
from core.services.loading.taking_in import copy_table, kind_of, named_in_messages
from core.services.prepare import prepare_and_enqueue
from core.services.runs.models import output_of, payload_kind
from core.sources.guess import guess
from core.sources.paths import existing
from core.store import export as store
from core.store.datasets import get_dataset
from core.store.ingest.files import first_rows

KIND = "predict"
MODULE = "core.jobs.predict.run"
Format = Literal["csv", "parquet", "json"]

_LOG = logging.getLogger("winnow")


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be predicted, as it was found."""

    locations: tuple[str, ...]
    """Absolute paths."""
    within: tuple[Path, ...] | None
    """Folders that they must lie in; None: anywhere."""
    found: Preview | None = None
    """Of a table: its columns and first rows."""
    column: str = ""
    """Of a table: the column with the texts; a guess that the person may overrule."""
    images: int = 0
    """Of images: how many there are."""


def look(
    context: Context, run: Run, locations: Sequence[str], *, within: tuple[Path, ...] | None = None, column: str = ""
) -> Batch:
    """What the locations hold: one table of texts, or images in folders, archives or by themselves.

    Reads the first rows, or lists the images: not for the script thread. Raises SourceError where there is nothing
    of the kind, UsageError for several tables, SchemaError where there is no such column.
    """
    paths = tuple(str(existing(location, within)) for location in locations)
    if payload_kind(context, run) == "image":
        request = {"what": "images", "locations": paths, "within": None if within is None else list(map(str, within))}
        return Batch(paths, within, images=ask(request, named_in_messages(paths), seconds=PREVIEW_SECONDS))
    if len(paths) != 1 or Path(paths[0]).is_dir():
        raise UsageError("Texts are predicted one file at a time.", "Name one CSV, TSV, JSON, Parquet or Excel file.")
    if kind_of(paths).kind != "tabular":
        raise SourceError(
            f"Run {run.number} predicts texts, and {Path(paths[0]).name} holds none.",
            "Name a CSV, TSV, JSON, Parquet or Excel file.",
        )
    found = preview(context, paths, within=within)
    names = [one.name for one in found.columns]
    if column and column not in names:
        raise SchemaError(f"There is no column '{column}'.", f"The file has: {', '.join(names)}.")
    return Batch(paths, within, found, column or guess(found.columns, found.rows, images=False).payload)


def start_predict(context: Context, run: Run, batch: Batch, by: str) -> Job:
    """Starts a batch prediction and returns its job at once. Raises NotFoundError where the run has no model."""
    name = Path(batch.locations[0]).name + (f" and {len(batch.locations) - 1} more" if len(batch.locations) > 1 else "")
    spec = {
        "run_id": run.run_id,
        "run": run.number,
        "model": str(output_of(context, run) / "model"),
        "kind": payload_kind(context, run),
        "locations": list(batch.locations),
        "within": None if batch.within is None else [str(folder) for folder in batch.within],
        "column": batch.column,
        "columns": [column.name for column in batch.found.columns] if batch.found else [],
        "name": name,
    }
    dataset = get_dataset(context.store, run.dataset_id)
    title = f"Predict {name} with run {run.number} of {dataset.name}"
    job = context.queue.create(KIND, title, MODULE, spec, run.dataset_id, by)
    prepare_and_enqueue(context, job, prepare_predict)
    return job


def run_predict(
    context: Context, run: Run, batch: Batch, by: str, on_progress: Callable[[Job], None] = lambda job: None
) -> Job:
    """Runs a batch prediction in the foreground; Ctrl-C cancels it. Raises JobError where it did not get to its end."""
    return follow(context, start_predict(context, run, batch, by).job_id, on_progress)


def prepare_predict(context: Context, folder: RunFolder) -> None:
    """Copies a table to the job's input with the store's engine: all of its columns, CSV cells as they stand there."""
    spec = folder.spec()
    rows = folder.input / "rows.parquet"
    if spec["kind"] != "text" or rows.exists():
        return
    source = kind_of(spec["locations"])
    if source.reader is None:
        raise SourceError(f"{spec['name']} is no table.", "Name a CSV, TSV, JSON, Parquet or Excel file.")
    others = tuple(name for name in spec["columns"] if name != spec["column"])
    request = {
        "what": "stage_table",
        "source": source.name,
        "locations": spec["locations"],
        "schema": asdict(Schema("text", spec["column"], None, attributes=others)),
        "within": spec["within"],
        "scratch": str(folder.input),
        "misfits": spec["columns"],
        "lines": False,  # nobody asks for the line of a row that was read
    }
    try:
        copy_table(folder, request, spec["locations"]).rename(rows)
    except StoppedError:
        _LOG.info("prediction %s was stopped while its file was read", folder.job_id)


def predictions(context: Context, run: Run, limit: int) -> list[Job]:
    """The newest batch predictions by a run's model."""
    jobs = context.queue.of(KIND, run.dataset_id)
    return [job for job in jobs if spec_of(context, job)["run_id"] == run.run_id][:limit]


def spec_of(context: Context, job: Job) -> Mapping[str, Any]:
    """What was asked for."""
    return context.queue.folder(job.job_id).spec()


def result_of(context: Context, job: Job) -> Mapping[str, Any]:
    """`rows`, `predicted`, `classes` {label: rows}, `seconds`. Raises JobError where the job is not done."""
    result = context.queue.folder(job.job_id).result()
    if result is None:
        raise JobError(f"{job.title} is {job.status}: it has no results.", job.error or "Wait for its end.")
    return result


def first_results(context: Context, job: Job, limit: int, *, only_bad: bool = False) -> list[dict[str, Any]]:
    """The first rows of the results, or of those that could not be predicted."""
    return first_rows(context.store, _file(context, job), limit, not_null=_reason(context, job) if only_bad else None)


def write_results(context: Context, job: Job, out: Path, format: str) -> Path:  # noqa: A002
    """Writes all results to `out`, which must not exist: `csv` (formulas escaped), `parquet`, or `json` (a list).

    Raises UsageError for another format and where `out` exists, JobError where there are no results.
    """
    if format not in get_args(Format):
        raise UsageError(f"Format '{format}' not found.", f"There are: {', '.join(get_args(Format))}.")
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    found = _file(context, job)
    out.parent.mkdir(parents=True, exist_ok=True)
    if format == "parquet":
        return Path(shutil.copyfile(found, out))
    return store.export_file(context.store, found, out, "csv" if format == "csv" else "json")


def _file(context: Context, job: Job) -> Path:
    result_of(context, job)
    return context.queue.folder(job.job_id).output / "predictions.parquet"


def _reason(context: Context, job: Job) -> str:
    return str(result_of(context, job)["reason_column"])

"""Batch predictions: what a file holds, the job that predicts it, and its results as files and first rows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from core.context import Context
from core.errors import JobError, SchemaError, SourceError, UsageError
from core.files import whole
from core.jobs.predict.spec import PredictResult, PredictSpec
from core.jobs.predict.web import PREDICT
from core.jobs.submit import submit
from core.jobs.tables import kind_of, named_in_messages
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS
from core.records import MISFIT, Job, Preview, RowFilter, Run
from core.services.follow import follow
from core.services.load import preview
from core.services.runs.models import output_of, task_of_run
from core.services.spans.export import scheme_of
from core.services.spans.predicted import found_in_row, write_conll, write_json_lines
from core.sources.guess import guess
from core.sources.paths import existing
from core.sql import identifier, literal
from core.store import export as store
from core.store.datasets import get_dataset
from core.store.ingest.files import every_row, first_rows
from core.store.masked import is_masked, masked_value
from core.store.rows import page_rows
from core.words import stored

__all__ = [
    "Batch",
    "Format",
    "PredictResult",
    "feature_names",
    "first_results",
    "formats_of",
    "found_in_row",
    "look",
    "predictions",
    "result_of",
    "run_predict",
    "spec_of",
    "start_predict",
    "write_results",
]

Format = Literal["csv", "parquet", "json", "jsonl", "conll"]
_ASIDE = rf"(?s)^(line [^:]*: (?:{re.escape(MISFIT)}[^:]*|[^:]*)).*$"
"""Why a line of a file was set aside, with what stood there behind it."""
TABLES: Mapping[str, store.Format] = {"csv": "csv", "json": "json", "jsonl": "jsonl"}


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
    """Of texts: the column that holds them, a guess that the person may overrule; empty where a row is an example."""
    images: int = 0
    """Of files: how many there are."""


def look(
    context: Context, run: Run, locations: Sequence[str], *, within: tuple[Path, ...] | None = None, column: str = ""
) -> Batch:
    """What the locations hold: one table of texts or of rows, or images in folders, archives or by themselves.

    Reads the first rows, or lists the images: not for the script thread. Raises SourceError where there is nothing
    of the kind, UsageError for several tables, SchemaError where there is no such column.
    """
    paths = tuple(str(existing(location, within)) for location in locations)
    task = task_of_run(context, run)
    if task.modality.in_files:
        request = {
            "what": "images",
            "locations": paths,
            "within": None if within is None else list(map(str, within)),
            "modality": task.modality.name,
        }
        images = ask(context.beside, request, named_in_messages(paths), seconds=PREVIEW_SECONDS)
        return Batch(paths, within, images=images)
    if len(paths) != 1 or Path(paths[0]).is_dir():
        raise UsageError(
            f"{task.modality.many.capitalize()} are predicted one file at a time.",
            "Name one CSV, TSV, JSON, Parquet or Excel file.",
        )
    if kind_of(context, paths).kind != "tabular":
        raise SourceError(
            f"Run {run.number} predicts {task.modality.many}, and {Path(paths[0]).name} holds none.",
            "Name a CSV, TSV, JSON, Parquet or Excel file.",
        )
    found = preview(context, paths, within=within)
    names = [one.name for one in found.columns]
    if column and column not in names:
        raise SchemaError(f"There is no column '{column}'.", f"The file has: {', '.join(names)}.")
    if task.modality.features:
        _check_features(feature_names(context, run), names, column)
        return Batch(paths, within, found)
    return Batch(paths, within, found, column or guess(found.columns, found.rows, among=(task,)).payload)


def feature_names(context: Context, run: Run) -> tuple[str, ...]:
    """The columns that make up an example, where it is several: those of the run's rows, in their order."""
    rows = page_rows(context.store, run.version_id, RowFilter(), 1, 0)
    return tuple(json.loads(rows[0].text or "{}")) if rows else ()


def _check_features(wanted: Sequence[str], names: Sequence[str], column: str) -> None:
    """Raises SchemaError where a column is missing, UsageError for a single one."""
    if column:
        raise UsageError(f"--column {column}: an example is several columns, by their names.", "Leave --column out.")
    absent = [name for name in wanted if name not in names]
    if absent:
        listed = ", ".join(f"'{name}'" for name in absent[:5]) + (" …" if len(absent) > 5 else "")
        raise SchemaError(
            f"The file lacks {len(absent)} of the model's columns: {listed}.", f"It has: {', '.join(names)}."
        )


def start_predict(context: Context, run: Run, batch: Batch, by: str) -> Job:
    """Starts a batch prediction and returns its job at once. Raises NotFoundError where the run has no model."""
    name = Path(batch.locations[0]).name + (f" and {len(batch.locations) - 1} more" if len(batch.locations) > 1 else "")
    spec = PredictSpec(
        run.run_id,
        run.number,
        output_of(context, run) / "model",
        batch.locations,
        batch.within,
        batch.column,
        tuple(column.name for column in batch.found.columns) if batch.found else (),
        name,
        task=task_of_run(context, run).name,
    )
    of = get_dataset(context.store, run.dataset_id).name
    title = stored(f"Predict {name} with run {run.number} of {of}")
    return submit(context, PREDICT, spec, title=title, dataset_id=run.dataset_id, by=by)


def run_predict(
    context: Context, run: Run, batch: Batch, by: str, on_progress: Callable[[Job], None] = lambda job: None
) -> Job:
    """Runs a batch prediction in the foreground; Ctrl-C cancels it. Raises JobError where it did not get to its end."""
    return follow(context, start_predict(context, run, batch, by).job_id, on_progress)


def predictions(context: Context, run: Run, limit: int) -> list[Job]:
    """The newest batch predictions by a run's model."""
    jobs = context.queue.of(PREDICT.name, run.dataset_id)
    return [job for job in jobs if spec_of(context, job).run_id == run.run_id][:limit]


def spec_of(context: Context, job: Job) -> PredictSpec:
    """What was asked for."""
    return PREDICT.spec_of(context.queue.folder(job.job_id))


def result_of(context: Context, job: Job) -> PredictResult:
    """What came of it. Raises JobError where the job is not done."""
    result = PREDICT.result_of(context.queue.folder(job.job_id))
    if result is None:
        raise JobError(f"{job.title} is {job.status}: it has no results.", job.error or "Wait for its end.")
    return result


def first_results(context: Context, job: Job, limit: int, *, only_bad: bool = False) -> Sequence[Mapping[str, object]]:
    """The first rows of the results, or of those that could not be predicted; where the run's dataset is always masked
    with the file's own columns masked, and without what stood in lines that were set aside."""
    reason, own = result_of(context, job).reason_column, spec_of(context, job).columns
    rows = first_rows(context.store, _file(context, job), limit, not_null=reason if only_bad else None)
    if not is_masked(context.store, job.dataset_id or ""):
        return rows
    shown = [{name: masked_value(name, value) if name in own else value for name, value in row.items()} for row in rows]
    return [row | {reason: row[reason] and re.sub(_ASIDE, r"\1", str(row[reason]))} for row in shown]


def write_results(context: Context, job: Job, out: Path, format: str, plain: bool = False) -> Path:  # noqa: A002
    """Writes all results to `out`, which must not exist: `csv` (formulas escaped, unless `plain`), `parquet`, `json` (a
    list) or `jsonl`; of entities also `conll`. Masked as the first rows are.

    Raises UsageError for another format and where `out` exists, JobError where there are no results.
    """
    spec = spec_of(context, job)
    offered = formats_of(spec)
    if format not in offered:
        raise UsageError(f"Format '{format}' not found.", f"There are: {', '.join(offered)}.")
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    found = _file(context, job)
    out.parent.mkdir(parents=True, exist_ok=True)
    if is_masked(context.store, job.dataset_id or ""):
        return _masked(context, job, out, "parquet" if format == "parquet" else TABLES[format], plain)
    if format == "parquet":
        with whole(out) as part:
            shutil.copyfile(found, part)
        return out
    if spec.target.located and format == "jsonl":
        return write_json_lines(every_row(context.store, found), spec.column, out)
    if format == "conll":
        scheme = scheme_of(get_dataset(context.store, job.dataset_id or ""))
        return write_conll(every_row(context.store, found), spec.column, scheme, out)
    return store.export_file(context.store, found, out, TABLES[format], plain)


def _masked(context: Context, job: Job, out: Path, format: store.Format, plain: bool) -> Path:  # noqa: A002
    """Writes the results with the file's own columns masked: there are no places of entities in what can be."""
    own, reason = spec_of(context, job).columns, identifier(result_of(context, job).reason_column)
    cut = f"regexp_replace({reason}, {literal(_ASIDE)}, '\\1')"
    sql = f"SELECT * REPLACE ({cut} AS {reason}) FROM read_parquet({literal(str(_file(context, job)))})"
    added = [name for name, *_ in context.store.fetch(f"DESCRIBE {sql}") if name not in own]
    return store.copy_query(context.store, sql, out, format, plain=plain, of=job.dataset_id or "", labels=added)


def formats_of(spec: PredictSpec) -> tuple[Format, ...]:
    """The formats that the results of a prediction can be written in."""
    return get_args(Format) if spec.target.located else tuple(one for one in get_args(Format) if one != "conll")


def _file(context: Context, job: Job) -> Path:
    result_of(context, job)
    return context.queue.folder(job.job_id).output / "predictions.parquet"

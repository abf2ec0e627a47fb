"""What happens behind a load: reading into the store, taking a job's output in, derived attributes, splits."""

from __future__ import annotations

import atexit
import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import StoppedError, TypeMisfitError, WinnowError
from core.jobs import ProgressWriter, RunFolder
from core.profile.derived import DERIVED
from core.records import Dataset, Job, Preview, Reader, Schema
from core.sources import SOURCES, Bench, Table, hub
from core.sources.base import named, quoted
from core.sources.images import ImageFault
from core.sources.listing import ID, LABEL, MEASURES, NAME, SPLIT, stored_name
from core.sources.payload import Finder
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN
from core.store.datasets import list_datasets
from core.store.derive import derive
from core.store.ingest import ingest
from core.store.spool import look, spool
from core.store.versions import add_fingerprint, unfingerprinted
from core.tasks import TASKS
from core.workflow.context import Context
from core.workflow.defects import in_words
from core.workflow.splits import SplitPlan, start_split

_LOG = logging.getLogger("winnow")
_LEAVING = threading.Event()
LEAVE_SECONDS = 5.0
"""How long the end of the process waits for work that was told to stop."""
MAX_PASSES = 2
"""How often a table is read at most because a column's type did not hold."""


def query(sql: str, extensions: tuple[str, ...] = ()) -> Table:
    """The engine that sources preview with."""
    return Table(*look(sql, extensions))


def in_thread(job: Job, work: Callable[[], None]) -> None:
    """Runs work that belongs to a job in a thread that `join` finds by the job."""
    threading.Thread(target=work, name=f"load-{job.job_id}", daemon=True).start()


def _leave() -> None:
    """At the end of the process: a thread that the interpreter leaves inside DuckDB would abort it."""
    _LEAVING.set()
    for thread in threading.enumerate():
        if thread.name.startswith("load-"):
            thread.join(timeout=LEAVE_SECONDS)


atexit.register(_leave)


def join(job_id: str) -> None:
    """Waits for what this process still does for a job."""
    for thread in threading.enumerate():
        if thread.name == f"load-{job_id}" and thread is not threading.current_thread():
            thread.join()


def folders_of(locations: Sequence[str]) -> list[str]:
    """Where relative image paths of a table are looked for: beside the table."""
    paths = [Path(location) for location in locations]
    return list(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths if path.exists()))


def with_images(shown: Preview, locations: Sequence[str], within: tuple[Path, ...] | None) -> Preview:
    """The preview with the bytes of images that its rows name by a path; nothing is fetched for it."""
    finder = Finder(tuple(Path(folder) for folder in folders_of(locations)), within)

    def shown_image(value: Any) -> Any:
        if isinstance(value, str) and value.strip().lower().startswith("https:"):
            return value
        try:
            return finder.content(value)[1]
        except ImageFault:
            return value

    payload = shown.guess.payload
    return replace(shown, rows=tuple({**row, payload: shown_image(row[payload])} for row in shown.rows))


def _schema(spec: dict[str, Any]) -> Schema:
    return Schema(**{**spec["schema"], "attributes": tuple(spec["schema"]["attributes"])})


def _bench(spec: dict[str, Any], folder: RunFolder, misfits: tuple[str, ...] = ()) -> Bench:
    within = None if spec["within"] is None else tuple(map(Path, spec["within"]))
    progress = ProgressWriter(folder)
    return Bench(
        query,
        folder.input,
        within,
        lambda done, total: progress.update("Rewriting the file as clean UTF-8", done, total, "bytes"),
        lambda: _LEAVING.is_set() or folder.stop_requested(),
        misfits,
    )


def run_tabular(context: Context, job: Job, by: str) -> None:
    """Reads a table into the store. Ends the job, then derives attributes and makes the splits asked for."""
    folder = context.queue.folder(job.job_id)
    spec = folder.spec()
    try:
        dataset = _read(context, folder, spec, by)
    except StoppedError:
        context.queue.finish_local(job.job_id, "stopped")
        return
    except Exception as error:
        context.queue.finish_local(job.job_id, "failed", in_words(error))
        return
    finally:
        shutil.rmtree(folder.input, ignore_errors=True)
    context.queue.finish_local(job.job_id, "done", dataset_id=dataset.dataset_id)
    _finish(context, dataset, spec, by)


def _read(context: Context, folder: RunFolder, spec: dict[str, Any], by: str) -> Dataset:
    """Reads the table, again with wider types where many values do not fit the types found from a sample."""
    source = SOURCES[spec["source"]]
    schema = _schema(spec)
    misfits: tuple[str, ...] = ()
    for remaining in reversed(range(MAX_PASSES)):
        reader = _reader(source.reader, spec, schema, _bench(spec, folder, misfits))
        try:
            return _ingest(
                context, folder, replace(reader, types_may_give_way=reader.rejects and remaining > 0), schema, spec, by
            )
        except TypeMisfitError as error:
            misfits += error.columns
    raise AssertionError("the last pass takes every type as it is")


def _reader(read: Callable[..., Reader] | None, spec: dict[str, Any], schema: Schema, bench: Bench) -> Reader:
    if read is None:
        raise WinnowError(f"The source {spec['source']} is no table.", "Load it as images.")
    return read(spec["locations"], schema, bench)


def _ingest(
    context: Context, folder: RunFolder, reader: Reader, schema: Schema, spec: dict[str, Any], by: str
) -> Dataset:
    progress = ProgressWriter(folder)
    source = SOURCES[spec["source"]]
    return ingest(
        context.store,
        reader,
        schema,
        name=spec["name"],
        source=source.name,
        licence=source.licence,
        by=by,
        on_progress=lambda done, total: progress.update("Loading", done, total, "rows"),
        stopped=lambda: _LEAVING.is_set() or folder.stop_requested(),
        job_id=folder.job_id,
    )


def prepare_load(context: Context, folder: RunFolder) -> None:
    """Copies a table of images to the job's input with the store's engine; other loads need nothing."""
    spec = folder.spec()
    source = SOURCES[spec["source"]]
    listing = folder.input / "listing.parquet"
    if source.kind == "decoded" or listing.exists():
        return
    progress = ProgressWriter(folder)
    unfinished = folder.input / "listing.part"
    try:
        spool(
            _reader(source.reader, spec, _schema(spec), _bench(spec, folder)),
            unfinished,
            folder.input / "set_aside.parquet",
            folder.input / "lines.parquet",
            lambda done, total: progress.update("Reading the table", done, total, "rows"),
            folder.stop_requested,
        )
        unfinished.rename(listing)
    except StoppedError:
        _LOG.info("load %s was stopped while its table was read", folder.job_id)


def collect_load(context: Context, job: Job) -> None:
    """Takes in what a finished load job wrote; a thread goes on with derived attributes."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = folder.spec()
    reader, schema = _job_reader(folder, spec)
    dataset = _ingest(context, folder, reader, schema, spec, job.created_by)
    context.queue.mark_collected(job.job_id, dataset.dataset_id)
    for made in (folder.input, folder.output):
        shutil.rmtree(made, ignore_errors=True)
    in_thread(job, lambda: _finish(context, dataset, spec, job.created_by))


def _job_reader(folder: RunFolder, spec: dict[str, Any]) -> tuple[Reader, Schema]:
    """How the store reads a job's output: measured images, or the Parquet files of a hub dataset's texts."""
    schema = _schema(spec)
    rows, rejected = folder.output / "rows.parquet", folder.output / "rejected.parquet"
    if not rows.exists():
        return hub.reader([], schema, Bench(query, folder.output)), schema
    own_id = stored_name(schema.id) if schema.id else "path" if spec["source"] == "imagefolder" else None
    relation = f"read_parquet({quoted(str(rows))})"
    if own_id is not None:
        relation = f"(SELECT * RENAME ({ID} AS {named(own_id)}) FROM {relation})"
    reader = Reader(
        relation,
        rejected_parquet=str(rejected) if rejected.exists() else None,
        media=True,
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN,
    )
    attributes = (*map(stored_name, schema.attributes), *MEASURES)
    return reader, Schema(schema.task, NAME, LABEL, SPLIT, own_id, attributes)


def _finish(context: Context, dataset: Dataset, spec: dict[str, Any], by: str) -> None:
    """The dataset is in use already; what is added here never takes it away."""
    try:
        if spec["split_plan"]:
            plan = SplitPlan(**spec["split_plan"])
            start_split(context, dataset.latest_version_id, plan.method, plan.shares, plan.seed, plan.group_column, by)
        add_derived(context, dataset)
        add_fingerprint(context.store, dataset.latest_version_id)
    except StoppedError:
        _LOG.info("the derived attributes of %s are left for the next start", dataset.name)
    except Exception:
        _LOG.exception("after the load of %s", dataset.name)


def add_derived(context: Context, dataset: Dataset) -> None:
    """Adds the derived attributes of the dataset's task; does nothing where they are there."""
    derived = DERIVED[TASKS[dataset.task].payload_kind]
    derive(context.store, dataset.dataset_id, derived, lambda share: None, _LEAVING.is_set)


def finish_earlier(context: Context) -> None:
    """Adds the derived attributes and fingerprints that an earlier process did not get to, in a thread."""
    waiting = [dataset for dataset in list_datasets(context.store) if not dataset.derived_ready]
    unfinished = unfingerprinted(context.store)

    def work() -> None:
        for dataset in waiting:
            _finish(context, dataset, {"split_plan": None}, "")
        for version_id in unfinished:
            add_fingerprint(context.store, version_id)

    if waiting or unfinished:
        threading.Thread(target=work, name="load-derived", daemon=True).start()

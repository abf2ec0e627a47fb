"""What happens behind a load: reading into the store, taking a job's output in, derived attributes, splits."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.errors import StoppedError
from core.profile.derived import DERIVED
from core.queue import ProgressWriter, RunFolder
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS
from core.reading.wire import schema_of, staged_of
from core.records import Dataset, Job, Reader, Schema, Staged
from core.services.context import Context
from core.services.defects import in_words
from core.services.loading.splits import SplitPlan, start_split
from core.sources import SOURCES, find, hub
from core.sources.base import Source
from core.sources.images.listing import ID, LABEL, MEASURES, NAME, SPLIT, stored_name
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN
from core.sql import identifier, literal
from core.store.datasets import list_datasets
from core.store.ingest.derive import derive
from core.store.ingest.ingest import OnProgress, ingest
from core.store.versions import add_fingerprint, unfingerprinted
from core.tasks import TASKS

_LOG = logging.getLogger("winnow")


def in_thread(context: Context, job: Job, work: Callable[[], None]) -> None:
    """Runs work that belongs to a job in a thread that `join` finds by the job."""
    context.beside.start(f"load-{job.job_id}", work)


def join(context: Context, job_id: str) -> None:
    """Waits for what this process still does for a job."""
    context.beside.join(f"load-{job_id}")


def folders_of(locations: Sequence[str]) -> list[str]:
    """Where relative image paths of a table are looked for: beside the table."""
    paths = [Path(location) for location in locations]
    return list(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths if path.exists()))


def kind_of(locations: Sequence[str], source: str | None = None) -> Source:
    """The source that reads the locations: the one named, else the one that a look at them finds. Raises SourceError
    where none does, UsageError for what is no path."""
    if source is not None or not locations:
        return find(locations, source)
    request = {"what": "find", "locations": list(locations)}
    return SOURCES[ask(request, named_in_messages(locations), seconds=PREVIEW_SECONDS)]


def named_in_messages(locations: Sequence[str]) -> str:
    """What is read, in a word."""
    first = Path(locations[0]).name or locations[0] if locations else "the source"
    return first if len(locations) < 2 else f"{first} and {len(locations) - 1} more"


def run_tabular(context: Context, job: Job, by: str) -> None:
    """Reads a table into the store. Ends the job, then derives attributes and makes the splits asked for."""
    folder = context.queue.folder(job.job_id)
    spec = folder.spec()
    try:
        dataset = _ingest(context, folder, spec, by, schema_of(spec["schema"]))
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


def _stopped(context: Context, folder: RunFolder) -> Callable[[], bool]:
    return lambda: context.beside.leaving or folder.stop_requested()


def _ingest(
    context: Context, folder: RunFolder, spec: dict[str, Any], by: str, schema: Schema, reader: Reader | None = None
) -> Dataset:
    """Has the source read by a process of its own and takes in what that wrote. `reader`: how to read what a job has
    written, where the source is read by a job."""
    progress = ProgressWriter(folder)
    source = SOURCES[spec["source"]]
    scratch = folder.output if reader is None and source is hub.SOURCE else folder.input
    request = {
        "what": "stage",
        "source": source.name,
        "locations": spec["locations"],
        "schema": asdict(schema),
        "within": spec["within"],
        "scratch": str(scratch),
        "reader": reader and asdict(reader),
    }

    def read(on_progress: OnProgress, stopped: Callable[[], bool]) -> Staged:
        def tell(stage: str, done: float, total: float | None, unit: str) -> None:
            if unit == "rows":
                on_progress(done, total)
            else:
                progress.update(stage, done, total, unit)

        named = named_in_messages(spec["locations"])
        return staged_of(ask(request, named, on_progress=tell, stopped=stopped))

    return ingest(
        context.store,
        read,
        schema,
        name=spec["name"],
        source=source.name,
        licence=source.licence,
        by=by,
        on_progress=lambda done, total: progress.update("Loading", done, total, "rows"),
        stopped=_stopped(context, folder),
        job_id=folder.job_id,
    )


def prepare_load(context: Context, folder: RunFolder) -> None:
    """Copies a table of images to the job's input with the store's engine; other loads need nothing."""
    spec = folder.spec()
    source = SOURCES[spec["source"]]
    listing = folder.input / "listing.parquet"
    if source.kind == "decoded" or listing.exists():
        return
    request = {
        "what": "stage_table",
        "source": source.name,
        "locations": spec["locations"],
        "schema": spec["schema"],
        "within": spec["within"],
        "scratch": str(folder.input),
        "misfits": [],
        "lines": True,
    }
    try:
        copy_table(folder, request, spec["locations"]).rename(listing)
    except StoppedError:
        _LOG.info("load %s was stopped while its table was read", folder.job_id)


def copy_table(folder: RunFolder, request: dict[str, Any], locations: Sequence[str]) -> Path:
    """Has a process of its own copy a table to Parquet in the job's input, and returns the copy."""
    progress = ProgressWriter(folder)
    ask(request, named_in_messages(locations), on_progress=progress.update, stopped=folder.stop_requested)
    return folder.input / "copy.parquet"


def collect_load(context: Context, job: Job) -> None:
    """Takes in what a finished load job wrote; a thread goes on with derived attributes."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = folder.spec()
    schema, reader = _job_output(folder, spec)
    dataset = _ingest(context, folder, spec, job.created_by, schema, reader)
    context.queue.mark_collected(job.job_id, dataset.dataset_id)
    for made in (folder.input, folder.output):
        shutil.rmtree(made, ignore_errors=True)
    in_thread(context, job, lambda: _finish(context, dataset, spec, job.created_by))


def _job_output(folder: RunFolder, spec: dict[str, Any]) -> tuple[Schema, Reader | None]:
    """How a job's output is read: measured images, or (None) the Parquet files of a hub dataset's texts."""
    schema = schema_of(spec["schema"])
    rows, rejected = folder.output / "rows.parquet", folder.output / "rejected.parquet"
    if not rows.exists():
        return schema, None
    own_id = stored_name(schema.id) if schema.id else "path" if spec["source"] == "imagefolder" else None
    relation = f"read_parquet({literal(str(rows))})"
    if own_id is not None:
        relation = f"(SELECT * RENAME ({ID} AS {identifier(own_id)}) FROM {relation})"
    reader = Reader(
        relation,
        rejected_parquet=str(rejected) if rejected.exists() else None,
        media=True,
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN,
    )
    attributes = (*map(stored_name, schema.attributes), *MEASURES)
    return Schema(schema.task, NAME, LABEL, SPLIT, own_id, attributes), reader


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
    derive(context.store, dataset.dataset_id, derived, lambda share: None, lambda: context.beside.leaving)


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
        context.beside.start("load-derived", work)

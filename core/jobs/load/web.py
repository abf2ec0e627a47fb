"""What happens behind a load: reading into the store, taking a job's output in, derived attributes, splits.

A hub dataset ends as a load too: `core.jobs.hub` shares what takes it in.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial

from core.context import Context
from core.errors import StoppedError, UsageError
from core.jobs.defects import in_words
from core.jobs.groups.web import start_split
from core.jobs.kind import JobKind
from core.jobs.load.plan import foresee
from core.jobs.load.spec import LoadResult, LoadSpec
from core.jobs.recorded import record_versions
from core.jobs.split_plan import SplitPlan
from core.jobs.tables import copy_table, named_in_messages
from core.progress import Report, unheard
from core.queue import JobFolder, ProgressWriter, Resources
from core.reading.ask import ask
from core.records import Dataset, Job, KeptVersion, Reader, Schema, Staged
from core.sources import SOURCES, hub
from core.sources.images.kinds import kind_of
from core.sources.images.source import FOLDERS
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN
from core.sql import identifier, literal
from core.store.datasets import list_datasets
from core.store.ingest.derive import derive
from core.store.ingest.ingest import ingest
from core.store.versions import add_fingerprint, unfingerprinted
from core.tasks import task_named
from core.typed import from_json

_LOG = logging.getLogger("winnow")


def in_thread(context: Context, job: Job, work: Callable[[], None]) -> None:
    """Runs work that belongs to a job in a thread that `join` finds by the job."""
    context.beside.start(f"load-{job.job_id}", work)


def join(context: Context, job_id: str) -> None:
    """Waits for what this process still does for a job."""
    context.beside.join(f"load-{job_id}")


def run_tabular(context: Context, job: Job, by: str) -> None:
    """Reads a table into the store. Ends the job, then derives attributes and makes the splits asked for."""
    folder = context.queue.folder(job.job_id)
    spec = folder.spec_as(LoadSpec)
    try:
        try:
            dataset = _ingest(context, folder, spec, by, spec.schema)
        finally:  # before the end is recorded, which a full disk would not let be
            shutil.rmtree(folder.input, ignore_errors=True)
    except StoppedError:
        context.queue.finish_local(job.job_id, "stopped")
        return
    except Exception as error:
        context.queue.finish_local(job.job_id, "failed", in_words(error, folder.path))
        return
    context.queue.finish_local(job.job_id, "done", dataset_id=dataset.dataset_id)
    _finish(context, dataset, spec.split_plan, by)


def load_again(context: Context, job: Job, former: KeptVersion) -> Dataset:
    """Loads a table that the store has lost once more, from where the job had it, under the ids that it had.

    Raises `SourceError` where its source is not there any more or has other rows, `UsageError` where its name is taken
    or its source is read by a job.
    """
    folder = context.queue.folder(job.job_id)
    spec = folder.spec_as(LoadSpec)
    if SOURCES[spec.source].kind != "tabular" or task_named(spec.schema.task).modality.in_files:
        raise UsageError("It is no table.", "Load it again from its source.")
    folder.input.mkdir(exist_ok=True)
    try:
        dataset = _ingest(context, folder, spec, job.created_by, spec.schema, former=former)
    finally:
        shutil.rmtree(folder.input, ignore_errors=True)
    _finish(context, dataset, None, job.created_by)
    return dataset


def _stopped(context: Context, folder: JobFolder) -> Callable[[], bool]:
    return lambda: context.beside.leaving or folder.stop_requested()


def _ingest(
    context: Context,
    folder: JobFolder,
    spec: LoadSpec,
    by: str,
    schema: Schema,
    reader: Reader | None = None,
    former: KeptVersion | None = None,
    unseen: Callable[[str], None] | None = None,
) -> Dataset:
    """Has the source read by a process of its own and takes in what that wrote. `reader`: how to read what a job has
    written, where the source is read by a job. `former`, `unseen`: see `ingest`."""
    progress = ProgressWriter(folder)
    source = SOURCES[spec.source]
    scratch = folder.output if reader is None and source is hub.SOURCE else folder.input
    request = {
        "what": "stage",
        "source": source.name,
        "locations": list(spec.locations),
        "schema": asdict(schema),
        "within": within_of(spec),
        "scratch": str(scratch),
        "reader": reader and asdict(reader),
    }

    def read(on_progress: Report, stopped: Callable[[], bool]) -> Staged:
        def tell(stage: str, done: float, total: float | None, unit: str) -> None:
            if unit == "rows":
                on_progress(done, total)
            else:
                progress.update(stage, done, total, unit)

        named = named_in_messages(spec.locations)
        found = ask(context.beside, request, named, on_progress=tell, stopped=stopped)
        return from_json(Staged, found, "what was staged")

    return ingest(
        context.store,
        read,
        schema,
        name=spec.name,
        source=source.name,
        licence=spec.licence or source.licence,
        note=spec.note,
        by=by,
        on_progress=lambda done, total: progress.update("Loading", done, total, "rows"),
        stopped=_stopped(context, folder),
        job_id=folder.job_id,
        former=former,
        unseen=unseen,
    )


def _prepare(context: Context, folder: JobFolder) -> None:
    """Copies a table of files to the job's input with the store's engine; other loads need nothing."""
    spec = folder.spec_as(LoadSpec)
    source = SOURCES[spec.source]
    listing = folder.input / "listing.parquet"
    if source.kind == "decoded" or listing.exists():
        return
    request = {
        "what": "stage_table",
        "source": source.name,
        "locations": list(spec.locations),
        "schema": asdict(spec.schema),
        "within": within_of(spec),
        "scratch": str(folder.input),
        "misfits": [],
        "lines": True,
    }
    try:
        copy_table(context, folder, request, spec.locations).rename(listing)
    except StoppedError:
        _LOG.info("load %s was stopped while its table was read", folder.job_id)


def collect_load(
    context: Context,
    job: Job,
    made: Callable[[JobFolder], tuple[str, ...]] | None = None,
    then: Callable[[JobFolder, Dataset], None] | None = None,
    unseen: Callable[[JobFolder, str], None] | None = None,
) -> None:
    """Takes in what a finished load job wrote; a thread goes on with derived attributes. `made`: the tables that a job
    has left, where these are what is loaded. `then`: what belongs to it beside, done before the job counts as taken
    in; again, where a process ended meanwhile. `unseen`: what is done with its id while nobody can see it yet."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = folder.spec_as(LoadSpec)
    if made is not None:
        spec = replace(spec, locations=made(folder))
    schema, reader = _job_output(folder, spec)
    first = None if unseen is None else partial(unseen, folder)
    dataset = _ingest(context, folder, spec, job.created_by, schema, reader, unseen=first)
    if then is not None:
        then(folder, dataset)
    context.queue.mark_collected(job.job_id, dataset.dataset_id)
    for emptied in (folder.input, folder.output):
        shutil.rmtree(emptied, ignore_errors=True)
    in_thread(context, job, lambda: _finish(context, dataset, spec.split_plan, job.created_by))


def _job_output(folder: JobFolder, spec: LoadSpec) -> tuple[Schema, Reader | None]:
    """How a job's output is read: measured files, or (None) the Parquet files of a hub dataset's texts."""
    schema = spec.schema
    rows, rejected = folder.output / "rows.parquet", folder.output / "rejected.parquet"
    if not rows.exists():
        return schema, None
    modality = task_named(schema.task).modality
    listing = kind_of(modality).listing
    own_id = listing.stored_name(schema.id) if schema.id else "path" if spec.source in FOLDERS else None
    relation = f"read_parquet({literal(str(rows))})"
    if own_id is not None:
        relation = f"(SELECT * RENAME ({listing.id} AS {identifier(own_id)}) FROM {relation})"
    reader = Reader(
        relation,
        rejected_parquet=str(rejected) if rejected.exists() else None,
        media=True,
        file_column=FILE_COLUMN,
        line_column=LINE_COLUMN,
    )
    attributes = (*map(listing.stored_name, schema.attributes), *modality.measures)
    return Schema(schema.task, listing.name, listing.label, listing.split, own_id, attributes), reader


def _finish(context: Context, dataset: Dataset, plan: SplitPlan | None, by: str) -> None:
    """The dataset is in use already; what is added here never takes it away."""
    try:
        if plan:
            asked = (plan.method, plan.shares, plan.seed, plan.group_column)
            join(context, start_split(context, dataset.latest_version_id, *asked, by).job_id)
        add_derived(context, dataset, unheard, lambda: context.beside.leaving)
        add_fingerprint(context.store, dataset.latest_version_id)
        record_versions(context)
    except StoppedError:
        _LOG.info("the derived attributes of %s are left for the next start", dataset.name)
    except Exception:
        _LOG.exception("after the load of %s", dataset.name)


def add_derived(context: Context, dataset: Dataset, on_progress: Report, stopped: Callable[[], bool]) -> None:
    """Adds the derived attributes of the dataset's task; does nothing where they are there. A load ends with it and the
    Profile page begins with it: whoever comes second waits for the first. Raises `StoppedError`."""
    derived = task_named(dataset.task).modality.derived
    with context.beside.turn(f"derive {dataset.dataset_id}"):
        derive(context.store, dataset.dataset_id, derived, on_progress, stopped)


def finish_earlier(context: Context) -> None:
    """Adds the derived attributes and fingerprints that an earlier process did not get to, in a thread."""
    waiting = [dataset for dataset in list_datasets(context.store) if not dataset.derived_ready]
    unfinished = unfingerprinted(context.store)

    def work() -> None:
        for dataset in waiting:
            _finish(context, dataset, None, "")
        for version_id in unfinished:
            add_fingerprint(context.store, version_id)

    if waiting or unfinished:
        context.beside.start("load-derived", work)


def within_of(spec: LoadSpec) -> list[str] | None:
    """The folders that the locations must lie in, as a reader is asked; None: anywhere."""
    return None if spec.within is None else [str(folder) for folder in spec.within]


LOAD = JobKind(
    "load",
    LoadSpec,
    LoadResult,
    "core.jobs.load.run",
    _prepare,
    collect_load,
    lambda spec: Resources(device=False),
    foresee,
)

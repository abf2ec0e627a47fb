"""From locations to a dataset: preview, start, wait.

Tables are read by the store in a thread of this process; images and hub datasets by a job, whose output the store takes
in when it is done.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.context import Context
from core.errors import JobError, SchemaError, UsageError
from core.jobs.hub.spec import HubLoadSpec
from core.jobs.hub.web import HUB, LOADS, fetch
from core.jobs.load import web as loading
from core.jobs.load.spec import LoadSpec
from core.jobs.split_plan import SplitPlan
from core.jobs.submit import submit
from core.jobs.tables import kind_of, named_in_messages
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS
from core.reading.wire import preview_of
from core.records import Dataset, Job, Preview, Schema
from core.services.follow import follow
from core.services.room import room_for_load
from core.settings import MAX_ATTRIBUTES, expanded
from core.sources import SOURCES, hub, located
from core.sources.fitting import fit
from core.sources.guess import guess
from core.sources.images.kinds import IMAGES, KINDS
from core.sources.located import is_located
from core.sources.numbers import is_number, of_numbers
from core.sources.samples import DIGITS, PLANTED_WORDS, SAMPLE_SCHEMAS
from core.sources.several import sets_of
from core.sources.tabular import check_label
from core.store.datasets import get_dataset, list_datasets
from core.tasks import TASKS, task_named
from core.typed import to_json
from core.words import later, stored

__all__ = [
    "LOADS",
    "Sample",
    "fit",
    "guess_for",
    "is_number",
    "load_sample",
    "located",
    "of_numbers",
    "preview",
    "samples",
    "start_load",
    "wait",
    "widened",
    "with_labels",
]

HOLDS = {kind.source: kind.modality.many for kind in KINDS} | {DIGITS.name: IMAGES.modality.many}
"""What the examples of a source are that is no table."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A dataset that comes with the installation."""

    name: str
    """What to load, and what it is called afterwards."""
    title: str
    rows: int
    task: str
    licence: str
    about: str = ""
    """What is to be known of it before anything else."""


def samples() -> tuple[Sample, ...]:
    """The samples, one click away each."""
    return (
        _sample("bbc-planted", later("News with planted errors"), 600, PLANTED_WORDS),
        _sample("bbc-news", later("BBC News"), 2225),
        _sample("digits", later("Handwritten digits"), 1797),
    )


def _sample(name: str, title: str, rows: int, about: str = "") -> Sample:
    return Sample(name, title, rows, SAMPLE_SCHEMAS[name].task, SOURCES[name].licence, about)


def preview(
    context: Context,
    locations: Sequence[str],
    source: str | None = None,
    within: tuple[Path, ...] | None = None,
    *,
    thumbnails: int = 0,
) -> Preview:
    """What the locations hold and how they would be read. `within`: folders that paths must lie in, None: anywhere; the
    rows of a dataset of the hub name none but what was fetched. So many of the first images come as `thumbnails`, the
    others as they are.

    Takes milliseconds for files, seconds for the hub: a page runs it off its script thread. Raises SourceError.
    """
    kind = kind_of(context, locations, source)
    with tempfile.TemporaryDirectory() as folder:
        if kind is hub.SOURCE:
            fetch(locations[0], Path(folder))
            within = hub.cached()
        request = {
            "what": "preview",
            "source": kind.name,
            "locations": list(locations),
            "within": None if within is None else list(map(str, within)),
            "folders": _folders_of(locations),
            "scratch": folder,
            "thumbnails": thumbnails,
        }
        named = named_in_messages(locations)
        return preview_of(ask(context.beside, request, named, seconds=PREVIEW_SECONDS))


def start_load(
    context: Context,
    locations: Sequence[str],
    schema: Schema,
    *,
    name: str,
    by: str,
    source: str | None = None,
    split_plan: SplitPlan | None = None,
    within: tuple[Path, ...] | None = None,
    found: Preview | None = None,
) -> Job:
    """Starts a load; its dataset appears when it is done, and not at all when it fails. `found`: its preview, where
    there is one, for the room that it will need.

    Raises SchemaError where no label is chosen or images are taken for texts, UsageError where the name is empty or
    taken, SourceError where the locations cannot be read, NoRoomError where there plainly is too little room for them.
    """
    kind, task = kind_of(context, locations, source), task_named(schema.task)
    schema = replace(schema, task=task.name)
    _check_name(context, name)
    check_label(schema, [schema.payload, *schema.attributes])
    if len(schema.attributes) > MAX_ATTRIBUTES:
        raise SchemaError(
            f"{len(schema.attributes):,} columns are chosen as attributes; at most {MAX_ATTRIBUTES:,} fit.",
            "Choose those that matter, or leave the others out of the file.",
        )
    holds = HOLDS.get(kind.name, task.modality.many)
    if kind.reader is None and holds != task.modality.many:
        raise SchemaError(f"{kind.title} holds {holds}, which task '{task.name}' has none of.", "Choose another task.")
    room_for_load(context, locations, images=task.modality.in_files, schema=schema, found=found).check()
    locations = [_absolute(location) for location in locations]
    spec = LoadSpec(
        kind.name,
        tuple(locations),
        schema,
        name.strip(),
        context.workspace.media,
        split_plan,
        hub.cached() if kind is hub.SOURCE else within,
        tuple(map(Path, _folders_of(locations))),
    )
    title = stored(f"Load {spec.name}")
    if kind is hub.SOURCE:
        fetched = HubLoadSpec(*hub.parse(locations[0]), spec)
        return submit(context, HUB, fetched, title=title, dataset_id=None, by=by)
    if kind.kind == "tabular" and not task.modality.in_files:
        job = context.queue.start_local(loading.LOAD.name, title, to_json(spec), None, by)
        loading.in_thread(context, job, lambda: loading.run_tabular(context, job, by))
        return job
    return submit(context, loading.LOAD, spec, title=title, dataset_id=None, by=by)


def load_sample(context: Context, name: str, by: str, as_name: str | None = None) -> Job:
    """Starts the load of a sample."""
    return start_load(context, [name], SAMPLE_SCHEMAS[name], name=as_name or name, by=by)


def wait(context: Context, job_id: str, on_progress: Callable[[Job], None] = lambda job: None) -> Dataset:
    """Waits for a load, taking it in, until its dataset is complete with derived attributes and splits.

    Raises JobError with the cause where the load failed or was stopped.
    """
    job = follow(context, job_id, on_progress)
    loading.join(context, job_id)
    if job.dataset_id is None:
        raise JobError(f"Load {job_id} made no dataset.", "Load again.")
    return get_dataset(context.store, job.dataset_id)


def _folders_of(locations: Sequence[str]) -> list[str]:
    """Where relative image paths of a table are looked for: beside the table."""
    paths = [Path(location) for location in locations]
    return list(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths if path.exists()))


def _check_name(context: Context, name: str) -> None:
    if not name.strip():
        raise UsageError("A dataset needs a name.", "Type one, such as the file's name.")
    if any(dataset.name == name.strip() for dataset in list_datasets(context.store)):
        raise UsageError(
            f"A dataset named '{name.strip()}' exists already.", "Choose another name, or delete that one first."
        )


def _absolute(location: str) -> str:
    """A path as the job will find it from wherever it starts; ids and samples as they are."""
    path = expanded(location)
    return str(path.resolve()) if location not in SOURCES and path.exists() else location


def with_labels(found: Preview, schema: Schema) -> Schema:
    """The schema with the task that its labels call for, where a person named their columns and no task: several
    classes where there are several columns, a delimiter or lists, a number where it looks like one, else one class."""
    task, column = task_named(schema.task), [one for one in found.columns if one.name == schema.label]
    count = max((one.distinct + one.missing for one in found.columns), default=0)
    numeric = not schema.label_delimiter and any(is_number(one, found.rows, count) for one in column)
    several = bool(schema.label_columns or schema.label_delimiter or any(sets_of(one, found.rows) for one in column))
    if any(is_located(one, found.rows) for one in column):
        return replace(schema, task=next(name for name, one in TASKS.items() if one.target.located))
    same = (
        one
        for one in TASKS.values()
        if one.modality is task.modality
        and (one.target.several, one.target.numeric) == (several, numeric)
        and not one.target.located
    )
    return replace(schema, task=next(same, task).name)


def widened(schema: Schema, preview_: Preview) -> Schema:
    """The schema with every column of the preview that plays no role as an attribute; where these make up the example
    and none was chosen, with those that most likely do."""
    left = [column for column in preview_.columns if column.name not in schema.roles]
    features = task_named(schema.task).modality.features
    chosen = schema.features or (features(left) if features else ())
    return replace(schema, attributes=tuple(column.name for column in left), features=chosen)


def guess_for(preview_: Preview, task: str | None, *, one_column: bool) -> Schema:
    """The guess at the columns, where the task is known, or that an example is one column."""
    among = [
        one
        for one in TASKS.values()
        if (task is None or one is task_named(task)) and not (one_column and one.modality.features)
    ]
    if not among or task_named(preview_.guess.task) in among:
        return preview_.guess
    count = max(column.distinct + column.missing for column in preview_.columns)
    return guess(preview_.columns, preview_.rows, among, count)

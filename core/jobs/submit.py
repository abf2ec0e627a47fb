"""Starts jobs: the one way in for every kind.

A thread fills the job's `input/` beside the page and hands the job to the queue: writing a million rows takes seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from core.context import Context
from core.files import whole
from core.jobs.about import About
from core.jobs.defects import in_words
from core.jobs.foresight import Foreseen, lane_and_plan, seconds_of
from core.jobs.kind import JobKind, Result, Spec
from core.queue import JobFolder
from core.queue.launcher import Lane
from core.queue.plan import Stage, write_plan
from core.records import Dataset, Job, Version
from core.settings import Workspace
from core.store.telling.class_lists import class_list
from core.typed import JsonObject, to_json

Prepare = Callable[[Context, JobFolder], None]
Foresee = Callable[[Context, JobFolder], Foreseen]


def _nothing_foreseen(context: Context, folder: JobFolder) -> Foreseen:
    return Foreseen()


def submit(
    context: Context,
    kind: JobKind[Spec, Result],
    spec: Spec,
    *,
    title: str,
    dataset_id: str | None,
    by: str,
    created: Callable[[Job], object] = lambda job: None,
) -> Job:
    """Starts a job and returns at once; it is `preparing` until its input is written.

    A job of the kind that was asked for exactly the same and has not ended is returned instead of a second one.
    `created` gets the job before anything of it runs, from each who asked: it does what it does once.
    """
    resources = kind.resources(spec)
    job, new = context.queue.create_once(kind.name, title, kind.module, to_json(spec), dataset_id, by, resources)
    created(job)
    if new:
        prepare_and_enqueue(context, job, kind.prepare, kind.foresee)
    return job


def restart(context: Context, job_id: str, kind: JobKind[Spec, Result]) -> Job:
    """Starts an ended job again with the same spec; what it had made so far is kept. Raises JobError where it
    cannot."""
    job = context.queue.restart(job_id, kind.module)
    _bring_home(context.queue.folder(job_id), context.workspace)
    prepare_and_enqueue(context, job, kind.prepare, kind.foresee)
    return job


def prepare_and_enqueue(context: Context, job: Job, prepare: Prepare, foresee: Foresee = _nothing_foreseen) -> None:
    """Returns at once: a thread prepares the job, which is `preparing` meanwhile, and enqueues it. A job that cannot be
    prepared fails and says why."""
    context.beside.start(f"prepare-{job.job_id}", lambda: _prepare(context, job, prepare, foresee))


def about(context: Context, dataset: Dataset, version: Version) -> About:
    """What the spec of a job on a version says of it: its classes are the version's."""
    workspace, labels = context.workspace, class_list(context.store, version)
    return About(dataset.dataset_id, version.version_id, dataset.task, labels, workspace.arrays, workspace.media)


def write_once(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` make the file whole, unless it is there already."""
    if path.exists():
        return
    with whole(path) as part:
        write(part)


def _foreseen(context: Context, folder: JobFolder, foresee: Foresee) -> tuple[Lane, tuple[Stage, ...]]:
    """Writes the job's plan. Nobody's work fails because nobody could foresee it."""
    try:
        lane, plan = lane_and_plan(context, foresee(context, folder))
        if plan:
            write_plan(folder, plan)
    except Exception as error:
        logging.getLogger("winnow").warning("what job %s will take is not foreseen: %s", folder.job_id, error)
        return "long", ()
    return lane, plan


def _bring_home(folder: JobFolder, workspace: Workspace) -> None:
    """Paths in the workspace as they are now: it may have been copied or moved since the job was asked for, and a job
    of the copy must not write where the original is."""
    spec = folder.spec()
    former = _root_of(spec)
    if former not in (None, workspace.root):
        folder.write_spec({name: _moved(value, f"{former}/", f"{workspace.root}/") for name, value in spec.items()})


def _root_of(spec: JsonObject) -> Path | None:
    """The workspace that a spec speaks of: every kind names its folder of images, or a model that a run has left."""
    if media := spec.get("media"):
        return Path(str(media)).parent
    model = Path(str(spec.get("model", "")))
    return model.parents[3] if model.parts[-4:-3] == ("runs",) else None


def _moved(value: object, former: str, now: str) -> object:
    if isinstance(value, str):
        return now + value.removeprefix(former) if value.startswith(former) else value
    if isinstance(value, Mapping):
        return {name: _moved(one, former, now) for name, one in value.items()}
    return [_moved(one, former, now) for one in value] if isinstance(value, list) else value


def _prepare(context: Context, job: Job, prepare: Prepare, foresee: Foresee) -> None:
    folder = JobFolder(Path(job.folder))
    try:
        prepare(context, folder)
        lane, plan = _foreseen(context, folder, foresee)
        context.queue.enqueue(job.job_id, lane, seconds_of(plan) if plan else None)
    except Exception as error:
        if not context.beside.leaving:  # what closing broke off is no failure: the next start finds it, and says so
            context.queue.fail(job.job_id, f"It could not be prepared: {in_words(error, Path(job.folder))}")

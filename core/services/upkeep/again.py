"""What an older store lacks, made again: versions from the acts, scans and predictions from the job folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.arrays.checksum import changed
from core.context import Context
from core.errors import NotFoundError
from core.jobs.defects import in_words
from core.jobs.hub.web import LOADS
from core.jobs.load.web import load_again
from core.jobs.mask.web import MASK
from core.jobs.recorded import record_versions
from core.jobs.registry import KINDS
from core.records import Job, KeptVersion
from core.services.upkeep.check import problem_of_output
from core.store.datasets import list_datasets
from core.store.upkeep.again import make_again
from core.store.upkeep.look import runs_predicted, tiers_taken

_MAKE_DATASETS = (*LOADS, MASK.name)
"""Kinds of jobs whose output is gone once it has become a dataset."""
_EVERY = 10_000_000
"""More jobs than a workspace has."""


@dataclass(frozen=True, slots=True)
class Again:
    """What was made again, and what could not be, each in words."""

    versions: int
    outputs: int
    """Scans and runs whose output was taken in again."""
    lost: tuple[str, ...]
    datasets: tuple[str, ...] = ()
    """Tables of after the backup that were loaded again from their source, by name."""


def make_all_again(context: Context) -> Again:
    """Does nothing where nothing is missing."""
    loaded, not_loaded = _datasets(context)
    made, lost = _versions(context)
    taken, not_taken = _outputs(context)
    record_versions(context)
    return Again(made, taken, (*not_loaded, *lost, *not_taken), tuple(loaded))


def _versions(context: Context) -> tuple[int, list[str]]:
    made, lost = 0, []
    here = {dataset.dataset_id for state in ("ready", "trashed") for dataset in list_datasets(context.store, state)}
    for version_id in context.ledger.versions.in_order():
        kept = context.ledger.versions.by_id(version_id)
        if kept is None or kept.version.dataset_id not in here:
            continue
        outcome = make_again(context.store, kept)
        made += outcome in ("made", "differs")
        named = f"version {kept.version.number} ({kept.version.note or kept.version.kind})"
        if outcome == "differs":
            lost.append(f"{named} was made again, but some of the acts that it was made of are missing")
        elif outcome == "impossible":
            lost.append(f"{named} cannot be made again: what it was made of is missing")
    return made, lost


def _outputs(context: Context) -> tuple[int, list[str]]:
    """A kind's `collect` takes in what the store lacks of a job, and nothing twice."""
    before, lost = _taken(context), []
    for job in reversed(context.queue.list(_EVERY)):
        if job.status != "done" or job.kind not in KINDS or job.kind in _MAKE_DATASETS:
            continue
        if problem := _broken(context, job):
            lost.append(f"{job.title}: its output cannot be taken in again: {problem}")
            continue
        try:
            if context.queue.parts_collected(job.job_id):
                context.queue.mark_part_collected(job.job_id, 0)
            KINDS[job.kind].collect(context, job)
        except Exception as error:
            lost.append(f"{job.title}: its output cannot be taken in again: {in_words(error, Path(job.folder))}")
    return _taken(context) - before, lost


def _broken(context: Context, job: Job) -> str:
    output = context.queue.folder(job.job_id).output
    if not output.is_dir():
        return "its folder is gone"
    found = ((path, changed(path, output) or problem_of_output(path)) for path in sorted(output.rglob("*")))
    return next((f"{path.relative_to(output)}: {problem}" for path, problem in found if problem), "")


def _taken(context: Context) -> int:
    return tiers_taken(context.store) + runs_predicted(context.store)


def _datasets(context: Context) -> tuple[list[str], list[str]]:
    """Datasets of after the backup, of which a load keeps nothing: from their source, where that is there and its rows
    are the same. What was loaded, and what was not and why."""
    here = {dataset.dataset_id for state in ("ready", "trashed") for dataset in list_datasets(context.store, state)}
    loaded, lost = [], []
    for job in reversed(context.queue.list(_EVERY)):
        if not _made_a_dataset(job) or job.dataset_id in here:
            continue
        if job.kind == MASK.name:
            lost.append(
                f"{job.title}: the dataset is of after the backup: make the masked copy again; acts on it stay in the "
                "ledger."
            )
            continue
        try:
            loaded.append(load_again(context, job, _former(context, job)).name)
        except Exception as error:
            why = in_words(error, Path(job.folder))
            lost.append(
                f"{job.title}: the dataset is of after the backup: load it again from its source; acts on it stay in "
                f"the ledger. It could not be done here: {why}"
            )
    return loaded, lost


def _former(context: Context, job: Job) -> KeptVersion:
    """The first version of what a job loaded, as the ledger keeps it. Raises `NotFoundError` where it does not."""
    kept = map(context.ledger.versions.by_id, context.ledger.versions.in_order())
    for one in kept:
        if one and one.version.dataset_id == job.dataset_id and one.version.parent_id is None:
            return one
    raise NotFoundError("The ledger does not know its rows.", "Load it again from its source.")


def _made_a_dataset(job: Job) -> bool:
    return job.kind in _MAKE_DATASETS and job.status == "done" and job.dataset_id is not None

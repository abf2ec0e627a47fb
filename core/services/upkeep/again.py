"""What an older store lacks, made again: versions from the acts, scans and predictions from the job folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.arrays.checksum import changed
from core.context import Context
from core.jobs.defects import in_words
from core.jobs.hub.web import LOADS
from core.jobs.recorded import record_versions
from core.jobs.registry import KINDS
from core.records import Job
from core.services.upkeep.check import problem_of_output
from core.store.datasets import list_datasets
from core.store.upkeep.again import make_again
from core.store.upkeep.look import runs_predicted, tiers_taken

_EVERY = 10_000_000
"""More jobs than a workspace has."""


@dataclass(frozen=True, slots=True)
class Again:
    """What was made again, and what could not be, each in words."""

    versions: int
    outputs: int
    """Scans and runs whose output was taken in again."""
    lost: tuple[str, ...]


def make_all_again(context: Context) -> Again:
    """Does nothing where nothing is missing."""
    made, lost = _versions(context)
    taken, not_taken = _outputs(context)
    record_versions(context)
    return Again(made, taken, (*_datasets(context), *lost, *not_taken))


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
        if job.status != "done" or job.kind not in KINDS or job.kind in LOADS:
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


def _datasets(context: Context) -> list[str]:
    """A load keeps nothing of what it read, so that one of after the backup has to be done again."""
    here = {dataset.dataset_id for state in ("ready", "trashed") for dataset in list_datasets(context.store, state)}
    return [
        f"{job.title}: the dataset is of after the backup: load it again from its source; acts on it stay in the ledger"
        for job in reversed(context.queue.list(_EVERY))
        if _made_a_dataset(job) and job.dataset_id not in here
    ]


def _made_a_dataset(job: Job) -> bool:
    return job.kind in LOADS and job.status == "done" and job.dataset_id is not None

"""Maps by UMAP: how one is started, and which are under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.context import Context
from core.errors import UsageError
from core.jobs.map.spec import NEIGHBOURS, SEED
from core.jobs.map.web import MAP, METHOD, start_map
from core.progress import unheard
from core.records import ENDED, Dataset, Job
from core.services.follow import follow
from core.services.map.projections import Projection, embeddings_of, principal, projections
from core.services.similar.nearest import can_compare
from core.tasks import task_named


def start_umap(context: Context, dataset: Dataset, by: str, *, neighbours: int = NEIGHBOURS, seed: int = SEED) -> Job:
    """Starts a map by UMAP of the best encoder that has embeddings of the dataset: a map of the same settings is made
    anew. Where scans keep none, as of rows of tables, the job encodes the rows itself. Raises `UsageError` where none
    has, and for settings that make no map."""
    if neighbours < 2:
        raise UsageError(f"{neighbours} neighbours say nothing of a row.", "Name 2 or more; 15 are usual.")
    if not 0 <= seed < 2**32:
        raise UsageError(f"{seed} is no seed.", "Name a number from 0 to 4294967295.")
    if not can_compare(dataset):
        modality = task_named(dataset.task).modality
        arrays = context.workspace.arrays
        return start_map(context, dataset, modality.encoders[-1], arrays, neighbours, seed, by, encodes=modality.name)
    known = principal(context, dataset, unheard)
    if known is None:
        raise UsageError(
            f"{dataset.name!r} has no embeddings to make a map of.", f"Run: python -m core scan {dataset.name}"
        )
    return start_map(context, dataset, known.encoder, embeddings_of(context, dataset, known), neighbours, seed, by)


def run_umap(
    context: Context, dataset: Dataset, by: str, show: Callable[[Job], None], *, neighbours: int, seed: int
) -> Projection:
    """`start_umap`, and waits for the map."""
    job = start_umap(context, dataset, by, neighbours=neighbours, seed=seed)
    follow(context, job.job_id, show)
    name = MAP.spec_of(context.queue.folder(job.job_id)).name
    return next(one for one in projections(context, dataset) if one.name == name)


def has_umap(known: Sequence[Projection], encoder: str) -> bool:
    """Whether the map that `start_umap` makes of an encoder is among these."""
    return any(one.name == f"{METHOD}-{encoder}" for one in known)


def under_way(context: Context, dataset: Dataset) -> Job | None:
    """The newest map by UMAP that is being made."""
    jobs = context.queue.of(MAP.name, dataset.dataset_id)
    return next((job for job in jobs if job.status not in ENDED or (job.status == "done" and not job.collected)), None)

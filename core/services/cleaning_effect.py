"""Whether cleaning helped: the question and its answers."""

from __future__ import annotations

from collections.abc import Callable

from core.context import Context
from core.jobs.about import version_of
from core.jobs.cleaning_effect.web import (
    CLEANING_EFFECT,
    FEWEST_SEEDS,
    MOST_SEEDS,
    SEEDS,
    STRATEGIES,
    check_rows,
    preview_effect,
    start_cleaning_effect,
    strategies_of,
)
from core.records import CleaningEffect, EffectStrategy, Job, Version
from core.services.follow import follow

__all__ = [
    "FEWEST_SEEDS",
    "MOST_SEEDS",
    "SEEDS",
    "STRATEGIES",
    "check_rows",
    "effects",
    "newest_job",
    "preview_effect",
    "run_cleaning_effect",
    "start_cleaning_effect",
    "strategies_of",
]


def run_cleaning_effect(
    context: Context,
    version_id: str,
    *,
    seeds: int = SEEDS,
    strategy: EffectStrategy = "head",
    by: str,
    on_progress: Callable[[Job], None] = lambda job: None,
) -> CleaningEffect:
    """Asks in the foreground and returns the answer. An interrupt (Ctrl-C) stops it, which keeps what it has so
    far. Raises as `start_cleaning_effect` does, and JobError."""
    job = start_cleaning_effect(context, version_id, seeds=seeds, strategy=strategy, by=by)
    follow(context, job.job_id, on_progress, interrupted=context.queue.stop)
    return next(effect for effect in effects(context, version_id) if effect.effect_id == job.job_id)


def effects(context: Context, version_id: str) -> list[CleaningEffect]:
    """What was found of a version so far, newest first."""
    return context.ledger.effects.of(version_id)


def newest_job(context: Context, version: Version) -> Job | None:
    """The comparison of the version that was started last."""
    for job in context.queue.of(CLEANING_EFFECT.name, version.dataset_id):
        if version_of(context.queue.folder(job.job_id)) == version.version_id:
            return job
    return None

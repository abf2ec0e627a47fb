"""Fine-tunes: before, at and after their start."""

from __future__ import annotations

from collections.abc import Callable

from core.context import Context
from core.jobs.train import web
from core.jobs.train.own_config import followed_by, own_config
from core.jobs.training_rows import TrainRows, preview_split
from core.records import Job, Run, TrainSpec
from core.services.follow import follow
from core.services.room import room_for_run

__all__ = ["TrainRows", "follow_train", "followed_by", "own_config", "preview_split", "start_train"]


def start_train(context: Context, version_id: str, spec: TrainSpec, by: str, rows: TrainRows | None = None) -> Run:
    """Starts a fine-tune, see `core.jobs.train.web`. Raises NoRoomError too, where its room plainly is not there."""
    if room := room_for_run(context, version_id, spec, ()):
        room.check()
    return web.start_train(context, version_id, spec, by, rows)


def follow_train(context: Context, run: Run, on_progress: Callable[[Job], None] = lambda job: None) -> tuple[Run, Job]:
    """Waits for a run that was started. An interrupt (Ctrl-C) stops it, which saves a checkpoint: the job then is
    `stopped`. Raises JobError where it failed."""
    try:
        job = follow(context, run.run_id, on_progress, interrupted=context.queue.stop)
    except KeyboardInterrupt:
        job = context.queue.get(run.run_id)
    return context.ledger.runs.by_id(run.run_id), job

"""Deletes a run for good: its model, its predictions and its figures. Its number is never given again."""

from __future__ import annotations

from core.context import Context
from core.errors import UsageError
from core.jobs.predict.web import PREDICT
from core.records import ENDED, Run
from core.services.prediction.playground import let_go
from core.store.predictions import delete_predictions
from core.words import stored


def room_of(context: Context, run: Run) -> int:
    """Bytes that the run takes on the disk: what deleting it frees."""
    folder = context.queue.folder(run.run_id).path
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def megabytes(size: int) -> str:
    """`95 MB`; less than one as `0.3 MB`."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e6:.1f} MB"


def why_kept(context: Context, run: Run) -> str:
    """Why the run cannot be deleted now; empty where it can."""
    job = context.queue.get(run.run_id)
    if job.status not in ENDED:
        return stored(f"Run {run.number} is {job.status}: stop it first, or wait for its end.")
    if not job.collected:
        return stored(f"The result of run {run.number} is just being taken in: wait a moment.")
    for other in context.queue.active():
        if other.kind == PREDICT.name and PREDICT.spec_of(context.queue.folder(other.job_id)).run_id == run.run_id:
            using = other.title
            return stored(f"{using} uses the model of run {run.number}: cancel that first, or wait for its end.")
    return ""


def delete_run(context: Context, run: Run, by: str) -> int:
    """Deletes the run and returns how many bytes that freed. Whoever asks for it later is told that it was deleted.

    A process that holds its model for questions is ended first. Raises UsageError while the run or its model is used.
    """
    with context.beside.turn("collect"):
        if why := why_kept(context, run):
            raise UsageError(why, "Then delete it.")
        freed = room_of(context, run)
        let_go(context, run)
        delete_predictions(context.store, [run.run_id])
        context.ledger.runs.delete(run.run_id, by)
        context.queue.remove_one(run.run_id)
    return freed

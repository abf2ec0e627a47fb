"""`runs`: a dataset's fine-tunes, newest first."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_argument
from core.context import Context
from core.errors import UsageError
from core.records import Job, Run
from core.services.runs.deletion import delete_run, megabytes
from core.services.runs.listing import get_run, headline_scores, list_runs
from core.services.runs.naming import describe_run, note_shown
from core.store.datasets import get_dataset
from core.store.versions import get_version, list_versions
from core.tasks import task_named
from core.typed import JsonObject


@command
@dataset_argument
@click.option("--delete", metavar="R", help="delete the run of that number or id for good")
@click.option("--run", "described", metavar="R", help="the run that --name and --note are of")
@click.option("--name", "called", metavar="TEXT", help='call it so; "" takes its name away')
@click.option("--note", metavar="TEXT", help='note that of it; "" takes the note away')
def runs_command(
    context: Context, name: str, delete: str | None, described: str | None, called: str | None, note: str | None
) -> Answer:
    """List a dataset's fine-tunes, newest first; name one, note something of it, or delete it."""
    dataset = get_dataset(context.store, name)
    if (described is None) != (called is None and note is None):
        raise UsageError("A run gets a name or a note by its number.", "Give --run R with --name or --note.")
    if described is not None:
        run, job = get_run(context, dataset.dataset_id, described)
        run = describe_run(context, run, name=called, note=note)
        number = get_version(context.store, run.version_id).number
        return Answer(_data(context, run, job, number), f"Run {run.number} of {dataset.name} is described.")
    if delete is not None:
        run, _ = get_run(context, dataset.dataset_id, delete)
        freed = delete_run(context, run, person())
        said = f"Run {run.number} of {dataset.name} is deleted, which freed {megabytes(freed)}."
        return Answer({"deleted": run.number, "run_id": run.run_id, "freed_bytes": freed}, said)
    numbers = {version.version_id: version.number for version in list_versions(context.store, dataset.dataset_id)}
    found = [_data(context, run, job, numbers[run.version_id]) for run, job in list_runs(context, dataset.dataset_id)]
    if not found:
        return Answer(found, f"{dataset.name} has no run yet: python -m core train {dataset.name}")
    scores, titles = ("accuracy", "macro_f1"), ("accuracy", "macro F1")
    if task_named(dataset.task).target.numeric:
        scores, titles = ("mae", "r2"), ("MAE", "R²")
    columns = ("run", "title", "status", "split", *scores, "created_at")
    lines = [[_titled(each) if column == "title" else each[column] for column in columns] for each in found]
    return Answer(found, table(("run", "what", "status", "split", *titles, "created (UTC)"), lines))


def _titled(each: JsonObject) -> str:
    return f"{each['name']}: {each['title']}" if each["name"] else str(each["title"])


def _data(context: Context, run: Run, job: Job, version: int) -> JsonObject:
    split, scores = headline_scores(run)
    return {
        "run": run.number,
        "run_id": run.run_id,
        "title": run.title,
        "name": run.name,
        "note": note_shown(context, run),
        "version": version,
        "model": run.spec["model"],
        "strategy": run.spec["strategy"],
        "status": job.status,
        "error": job.error,
        "split": split,
        "accuracy": scores.get("accuracy"),
        "macro_f1": scores.get("macro_f1"),
        "mae": scores.get("mae"),
        "rmse": scores.get("rmse"),
        "r2": scores.get("r2"),
        "created_at": f"{run.created_at:%Y-%m-%d %H:%M:%S}",
        "created_by": run.created_by,
        "summary": run.summary,
    }

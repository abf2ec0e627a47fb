"""`train`: fine-tunes a model on a version, in the foreground; Ctrl-C stops it and saves, `--resume` goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_version, folder_or_name, in_full, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.errors import UsageError
from core.finetune.settings import BUNDLED, SETTINGS, reason_for_batch
from core.records import Dataset, Job, Run, TrainSpec, Version
from core.services.jobs import restart
from core.services.room import room_for_run
from core.services.runs.devices import find_devices, used_devices, used_precision
from core.services.runs.forecast import forecast
from core.services.runs.forecast_time import time_of_train
from core.services.runs.listing import flag, get_run
from core.services.runs.time_in_words import of_work
from core.services.train import follow_train, own_config, start_train
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.tasks import task_named
from core.together.caller import caller
from core.typed import JsonObject

KINDS = {"whole": int, "decimal": float, "string": str, "choice": str}
PATHS: Mapping[str, Callable[[str], str]] = {
    "model": lambda word: folder_or_name(word, BUNDLED),
    "accelerate_config": lambda word: str(in_full(word)) if word else word,
}
"""Settings that may name a file or folder."""


def _settings(run: Callable[..., Answer]) -> Callable[..., Answer]:
    """A flag for every setting."""
    for setting in reversed(SETTINGS):
        said = f" [{', '.join(BUNDLED)}, …]" if setting.name == "model" else ""
        known = "by task, strategy and rows" if setting.default is None or setting.name == "model" else setting.default
        run = click.option(
            flag(setting.name),
            setting.name,
            type=click.Choice(setting.choices) if setting.choices else PATHS.get(setting.name, KINDS[setting.kind]),
            metavar=None if setting.choices else setting.name.upper(),
            help=f"{setting.help}{said} Default: {'none' if known == '' else known}.",
        )(run)
    return run


@command
@version_argument
@click.option("--version", type=int, metavar="V", help="whose rows and labels it learns; default: the newest")
@click.option("--resume", metavar="RUN", help="go on with a run that was stopped or lost: its number or id")
@_settings
def train_command(context: Context, name: str, version: int | None, resume: str | None, **settings: Any) -> Answer:
    """Fine-tune a model on a version."""
    said = {setting: value for setting, value in settings.items() if value is not None}
    refused = [*map(flag, said), *(["--version"] if version is not None else [])]
    if resume and refused:
        raise UsageError(
            f"{refused[0]} and --resume do not go together.", "A run goes on with the settings it began with."
        )
    dataset, learnt = dataset_version(context, name, version)
    with ProgressLine() as line:
        if resume:
            run, _ = get_run(context, dataset.dataset_id, resume)
            restart(context, run.run_id)
        else:
            run = _started(context, learnt, TrainSpec(**said))
        run, job = follow_train(context, run, line.show)
    learnt = get_version(context.store, run.version_id)
    return Answer(_data(dataset, learnt, run, job), _text(dataset, run, job), failed=job.status != "done")


def _started(context: Context, version: Version, spec: TrainSpec) -> Run:
    """Says on standard error where it will run, with which precision and how much memory, and starts it."""
    dataset = get_dataset(context.store, version.dataset_id)
    own, tell = own_config(spec), caller().err.write
    devices = find_devices(context.queue.launcher, own.config if own else None)
    used = own.over(spec) if own else spec
    needed = forecast(context, version.version_id, used, devices)
    if own:
        tell(f"{own.in_words(spec)}\n")
    at_once = task_named(dataset.task).modality.fine_tuning.at_once
    precision = "" if spec.strategy == "head" else f" in {used_precision(devices, used)}"
    tell(f"runs on {'the CPU' if at_once else f'{used_devices(devices, used)}{precision}'}\n")
    if needed is not None:
        tell(f"{needed.sentence} of memory{'' if needed.fits else f'. {needed.warning}'}\n")
    tell(f"{of_work(time_of_train(context, version.version_id, used))}\n")
    room = room_for_run(context, version.version_id, used, devices)
    if room is not None and room.tight:
        tell(f"{room.sentence}\n")
    run = start_train(context, version.version_id, spec, person())
    if reason := reason_for_batch(spec, run.spec["batch"], run.spec["learning_rate"]):
        tell(f"takes {reason}\n")
    return run


def _data(dataset: Dataset, version: Version, run: Run, job: Job) -> JsonObject:
    return {
        "dataset": dataset.name,
        "version": version.number,
        "run": run.number,
        "run_id": run.run_id,
        "title": run.title,
        "status": job.status,
        "summary": run.summary,
    }


def _text(dataset: Dataset, run: Run, job: Job) -> str:
    if job.status != "done":
        again = f"python -m core train {dataset.name} --resume {run.number}"
        return f"run {run.number}: {run.title}: {job.status}. What it had learnt is saved; go on with: {again}"
    summary = run.summary
    target = task_named(dataset.task).target
    names = {"accuracy": "subset accuracy" if target.several else "accuracy", "macro_f1": "macro F1"}
    if target.numeric:
        names = {"mae": "MAE", "rmse": "RMSE", "r2": "R²"}
    scores = [(split, one["rows"], *map(one.get, names)) for split, one in summary["splits"].items()]
    return "\n".join(
        [
            f"run {run.number}: {run.title}: {sum(summary['seconds'].values()):.1f} s on {summary['device']}",
            table(("split", "rows", *names.values()), scores),
            *(f"  {note}" for note in summary.get("notes", ())),
            f"More: python -m core evaluate {dataset.name} --run {run.number} --split test",
        ]
    )

"""`train`: fine-tunes a model on a version, in the foreground; Ctrl-C stops it and saves, `--resume` goes on."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from core.commands.command import Answer, Command, dataset_version, numbered_version, person, table
from core.commands.progress import ProgressLine
from core.errors import UsageError
from core.finetune.settings import BUNDLED, SETTINGS, reason_for_batch
from core.records import Dataset, Job, Run, TrainSpec, Version
from core.services.context import Context
from core.services.jobs import restart
from core.services.runs.devices import find_devices, used_devices, used_precision
from core.services.runs.forecast import forecast
from core.services.runs.listing import flag, get_run
from core.services.train import follow_train, own_config, start_train
from core.store.versions import get_version

KINDS = {"whole": int, "decimal": float, "text": str, "choice": str}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument("--version", type=int, metavar="V", help="whose rows and labels it learns; default: the newest")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or lost: its number or id")
    for setting in SETTINGS:
        said = f" [{', '.join(BUNDLED)}, …]" if setting.name == "model" else ""
        known = "by task, strategy and rows" if setting.default is None or setting.name == "model" else setting.default
        parser.add_argument(
            flag(setting.name),
            dest=setting.name,
            type=KINDS[setting.kind],
            choices=setting.choices or None,
            metavar=None if setting.choices else setting.name.upper(),
            help=f"{setting.help}{said} Default: {'none' if known == '' else known}.".replace("%", "%%"),
        )


def _run(context: Context, options: Namespace) -> Answer:
    said = {setting.name: value for setting in SETTINGS if (value := getattr(options, setting.name)) is not None}
    dataset, version = dataset_version(context, options.name)
    if options.version is not None:
        version = numbered_version(context, dataset, options.version)
    with ProgressLine() as line:
        if options.resume:
            run = _resumed(context, dataset, options, said)
        else:
            run = _started(context, version, TrainSpec(**said))
        run, job = follow_train(context, run, line.show)
    version = get_version(context.store, run.version_id)
    return Answer(_data(dataset, version, run, job), _text(dataset, run, job), failed=job.status != "done")


def _started(context: Context, version: Version, spec: TrainSpec) -> Run:
    """Says on standard error where it will run, with which precision and how much memory, and starts it."""
    own = own_config(spec)
    devices = find_devices(own.config if own else None)
    used = own.over(spec) if own else spec
    needed = forecast(context, version.version_id, used, devices)
    if own:
        sys.stderr.write(f"{own.in_words(spec)}\n")
    precision = "" if spec.strategy == "head" else f" in {used_precision(devices, used)}"
    sys.stderr.write(f"runs on {used_devices(devices, used)}{precision}\n")
    if needed is not None:
        sys.stderr.write(f"{needed.sentence} of memory{'' if needed.fits else f'. {needed.warning}'}\n")
    run = start_train(context, version.version_id, spec, person())
    if reason := reason_for_batch(spec, run.spec["batch"], run.spec["learning_rate"]):
        sys.stderr.write(f"takes {reason}\n")
    return run


def _resumed(context: Context, dataset: Dataset, options: Namespace, said: dict[str, Any]) -> Run:
    refused = [flag(name) for name in said] + (["--version"] if options.version is not None else [])
    if refused:
        raise UsageError(
            f"{refused[0]} and --resume do not go together.", "A run goes on with the settings it began with."
        )
    run, _ = get_run(context, dataset.dataset_id, options.resume)
    restart(context, run.run_id)
    return run


def _data(dataset: Dataset, version: Version, run: Run, job: Job) -> dict[str, Any]:
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
    scores = [
        (split, one["rows"], _share(one.get("accuracy")), _share(one.get("macro_f1")))
        for split, one in summary["splits"].items()
    ]
    return "\n".join(
        [
            f"run {run.number}: {run.title}: {sum(summary['seconds'].values()):.1f} s on {summary['device']}",
            table(("split", "rows", "accuracy", "macro F1"), scores),
            *(f"  {note}" for note in summary.get("notes", ())),
            f"More: python -m core evaluate {dataset.name} --run {run.number} --split test",
        ]
    )


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


TRAIN = Command("train", "Fine-tune a model on a version.", _arguments, _run)

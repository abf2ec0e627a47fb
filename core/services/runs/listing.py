"""Runs as the page and the command line see them: what is in the ledger, and live what their jobs say."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from core.context import Context
from core.finetune.settings import SETTINGS
from core.jobs.train.events import metrics_of, notes_of
from core.queue.accelerate_config import config_path
from core.records import Job, Metric, Run, TrainSpec
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.typed import from_json

RunAndJob = tuple[Run, Job]


def list_runs(context: Context, dataset_id: str) -> list[RunAndJob]:
    """Every run of a dataset with its job, newest first."""
    return [(run, context.queue.get(run.run_id)) for run in context.ledger.runs.of(dataset_id)]


def done_runs(context: Context, dataset_id: str) -> list[Run]:
    """Runs that have come to their end, newest first."""
    return [run for run in context.ledger.runs.of(dataset_id) if run.summary]


def in_epochs(run: Run) -> bool:
    """Whether it learns in epochs, so that it has curves."""
    return bool(run.spec["strategy"] != "head")


def get_run(context: Context, dataset_id: str, name: str | int) -> RunAndJob:
    """A run by its number or id. Raises NotFoundError, which names the numbers that there are."""
    run = context.ledger.runs.get(dataset_id, str(name))
    return run, context.queue.get(run.run_id)


def metrics(context: Context, run: Run) -> list[Metric]:
    """The run's figures by step: out of the ledger once they are there, until then as the job writes them."""
    if run.summary:
        return context.ledger.runs.metrics(run.run_id)
    return metrics_of(context, run.run_id)


def notes(context: Context, run: Run) -> list[str]:
    """What the run had to tell, such as a batch that it halved because memory ran out."""
    reported = [*notes_of(context, run.run_id), *run.summary.get("notes", ())]
    return list(dict.fromkeys(reported))


def headline_scores(run: Run) -> tuple[str | None, Mapping[str, Any]]:
    """The split that tells most about a run and its scores there: test, else validation; none before its end."""
    splits: Mapping[str, Mapping[str, Any]] = run.summary.get("splits", {})
    name = next((name for name in ("test", "validation") if name in splits), None)
    return name, splits[name] if name else {}


def command_line(context: Context, run: Run) -> str:
    """The command that makes this run once more, every setting said."""
    dataset = get_dataset(context.store, run.dataset_id)
    version = get_version(context.store, run.version_id)
    words = ["python", "-m", "core", "train", dataset.name, "--version", str(version.number)]
    for setting in SETTINGS:
        value = run.spec.get(setting.name, setting.default)
        if setting.name == "accelerate_config" and value:
            # The person may have changed theirs since.
            value = config_path(context.queue.folder(run.run_id))
        if run.spec["strategy"] in setting.strategies and value not in (None, ""):
            words += [flag(setting.name), str(value)]
    return shlex.join(words)


def launch_line(context: Context, run: Run) -> str:
    """The line that makes this run once more without the app, as its folder's `launch.sh` has it; empty as long as it
    has not begun."""
    script = context.queue.folder(run.run_id).script_path
    return script.read_text(encoding="utf-8").splitlines()[-1] if script.exists() else ""


def join_line(context: Context, run: Run) -> str:
    """The line that starts another machine's part of a run on several; empty for one on this machine alone, and as long
    as it has not begun."""
    script = context.queue.folder(run.run_id).join_path
    return f"sh {shlex.quote(str(script))} RANK" if script.exists() else ""


def spec_json(run: Run) -> str:
    """The run's `spec.json` as its folder has it."""
    return json.dumps(dict(run.spec), indent=1, ensure_ascii=False)


def flag(name: str) -> str:
    """A setting's flag on the command line: `learning_rate` → `--learning-rate`."""
    return f"--{name.replace('_', '-')}"


def spec_of(run: Run) -> TrainSpec:
    """What the run was asked to do, as it can be asked again. Settings newer than the run have their default."""
    return from_json(TrainSpec, run.spec, f"the spec of run {run.number}")

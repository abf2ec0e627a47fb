"""Runs as the page and the command line see them: what is in the store, and live what their jobs say."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from core.records import Job, Metric, Run, TrainSpec
from core.store import runs as store
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.training.settings import SETTINGS
from core.workflow.context import Context
from core.workflow.run_events import metrics_of, notes_of

RunAndJob = tuple[Run, Job]


def list_runs(context: Context, dataset_id: str) -> list[RunAndJob]:
    """Every run of a dataset with its job, newest first."""
    return [(run, context.queue.get(run.run_id)) for run in store.list_runs(context.store, dataset_id)]


def get_run(context: Context, dataset_id: str, name: str | int) -> RunAndJob:
    """A run by its number or id. Raises NotFoundError, which names the numbers that there are."""
    run = store.get_run(context.store, dataset_id, str(name))
    return run, context.queue.get(run.run_id)


def metrics(context: Context, run: Run) -> list[Metric]:
    """The run's figures by step: out of the store once they are there, until then as the job writes them."""
    if run.summary:
        return store.run_metrics(context.store, run.run_id)
    return metrics_of(context.queue.folder(run.run_id))


def notes(context: Context, run: Run) -> list[str]:
    """What the run had to tell, such as a batch that it halved because memory ran out."""
    told = [*notes_of(context.queue.folder(run.run_id)), *run.summary.get("notes", ())]
    return list(dict.fromkeys(told))


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
        value = run.spec[setting.name]
        if run.spec["strategy"] in setting.strategies and value is not None:
            words += [flag(setting.name), str(value)]
    return shlex.join(words)


def spec_json(run: Run) -> str:
    """The run's `spec.json` as its folder has it."""
    return json.dumps(dict(run.spec), indent=1, ensure_ascii=False)


def flag(name: str) -> str:
    """A setting's flag on the command line: `learning_rate` → `--learning-rate`."""
    return f"--{name.replace('_', '-')}"


def spec_of(run: Run) -> TrainSpec:
    """What the run was asked to do, as it can be asked again."""
    asked: dict[str, Any] = {setting.name: run.spec[setting.name] for setting in SETTINGS}
    return TrainSpec(**asked)

"""Every kind of job: light where the app reads it, whole in one room, and able to read what earlier releases left."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.errors import JobError, SourceError
from core.jobs import submit as starting
from core.jobs.about import version_of
from core.jobs.groups.spec import GroupsSpec
from core.jobs.groups.web import GROUPS
from core.jobs.kind import JobKind
from core.jobs.registry import KINDS
from core.jobs.split_plan import SplitPlan
from core.queue import JobFolder, Queue
from core.services import jobs
from core.settings import Workspace
from tests.integration.job_support import created

PROJECT = Path(__file__).resolve().parents[3]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "cleanlab")
ABOUT = {"dataset_id": "d", "version_id": "v", "task": "text", "labels": ["no", "yes"], "arrays": "/a", "media": "/m"}
TRAIN = {
    "model": "minilm", "strategy": "head", "last_layers": 2, "epochs": None, "batch": None, "accumulation": 1,
    "learning_rate": None, "warmup": 0.1, "weight_decay": 0.01, "patience": 0, "metric": "macro_f1",
    "class_weights": "none", "seed": 0, "precision": "auto", "gradient_checkpointing": "off", "max_tokens": 512,
    "processes": 0, "accelerate_config": "",
}  # fmt: skip
SCHEMA = {"task": "text", "payload": "text", "label": "label", "split": None, "id": None, "attributes": ["source"]}
LOAD = {
    "source": "csv", "locations": ["/data/a.csv"], "schema": SCHEMA, "name": "news", "within": None,
    "split_plan": {"method": "random", "shares": {"train": 0.8, "test": 0.2}, "seed": 0, "group_column": None},
    "folders": ["/data"], "media": "/m",
}  # fmt: skip
RELEASE_0_1_0: dict[str, dict[str, Any]] = {
    "load": LOAD,
    "hub": LOAD | {"id": "owner/films", "config": None, "rows": None},
    "groups": {
        "version_id": "v", "plan": {"method": "leak-safe", "shares": {"train": 1.0}, "seed": 0, "group_column": None},
        "task": "text", "arrays": "/a", "media": "/m",
    },
    "scan": {
        "encoders": ["lexical"], "folds": 5, "seed": 0, "probabilities": None, "flag_by": "winnow", **ABOUT,
        "probabilities_from": None, "numbering": None,
    },
    "train": TRAIN | ABOUT | {"title": "Quick retrain of minilm, version 1"},
    "cleaning_effect": TRAIN | {"seeds": 5} | ABOUT,
    "predict": {
        "run_id": "r", "run": 1, "model": "/r/output/model", "kind": "text", "locations": ["/data/b.csv"],
        "within": ["/data"], "column": "text", "columns": ["text"], "name": "b.csv",
    },
    "proof": {"scan_id": "s", "encoders": ["lexical"], "folds": 5, "seed": 0, "repeats": 3, **ABOUT},
}  # fmt: skip
"""What that release wrote to `spec.json`, by today's names of the kinds; `proof` as it was first."""


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_names_a_heavy_half_that_there_is_and_frozen_records(kind: JobKind[Any, Any]) -> None:
    assert find_spec(kind.module) is not None
    for record in (kind.spec, kind.result):
        assert is_dataclass(record) and fields(record) and record.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_the_registry_loads_nothing_heavy() -> None:
    code = f"import sys, core.jobs.registry; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _within(part: object, whole: object) -> bool:
    """Whether all that an object says, and what lies in it, is said by another, which may say more."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _within(value, whole[name]) for name, value in part.items())
    return part == whole


@pytest.mark.parametrize("name", RELEASE_0_1_0)
def test_what_release_0_1_0_asked_for_is_still_read(name: str, tmp_path: Path) -> None:
    folder = JobFolder(tmp_path).create()
    folder.write_spec(RELEASE_0_1_0[name])
    spec = KINDS[name].spec_of(folder)
    KINDS[name].resources(spec)
    again = json.loads(json.dumps(starting.to_json(spec)))
    kept = {key: value for key, value in RELEASE_0_1_0[name].items() if key != "rows"}
    assert _within(kept, again)


def test_the_version_of_any_job_can_be_told(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path).create()
    folder.write_spec({"version_id": "v"})
    assert version_of(folder) == "v"


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "prepare_and_enqueue", lambda *asked: None)


def _spec(context: Context, seed: int = 0) -> GroupsSpec:
    plan = SplitPlan("leak-safe", {"train": 0.5, "test": 0.5}, seed)
    return GroupsSpec("v", plan, "text", context.workspace.arrays, context.workspace.media)


@pytest.mark.usefixtures("no_process")
def test_the_same_asked_for_by_many_at_once_is_one_job(context: Context) -> None:
    together, created = threading.Barrier(6), []

    def ask(_: int) -> str:
        together.wait()
        spec = _spec(context)
        return starting.submit(
            context, GROUPS, spec, title="Split", dataset_id="d", by="ada", created=created.append
        ).job_id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(ask, range(6)))) == 1
    assert len({job.job_id for job in created}) == 1
    other = starting.submit(context, GROUPS, _spec(context, seed=1), title="Split", dataset_id="d", by="ada")
    assert context.queue.count() == 2 and other.job_id != created[0].job_id


@pytest.mark.usefixtures("no_process")
def test_an_ended_job_is_not_returned_in_place_of_a_new_one(context: Context) -> None:
    first = starting.submit(context, GROUPS, _spec(context), title="Split", dataset_id="d", by="ada")
    context.queue.cancel(first.job_id)
    again = starting.submit(context, GROUPS, _spec(context), title="Split", dataset_id="d", by="ada")
    assert again.job_id != first.job_id


def test_what_closing_the_workspace_breaks_off_is_not_called_a_failure(context: Context) -> None:
    def broken_off(_: Context, folder: JobFolder) -> None:
        while not context.beside.leaving:
            time.sleep(0.01)
        raise SourceError("t.csv cannot be read: it brings its reader down.", "Check it.")

    def broken(_: Context, folder: JobFolder) -> None:
        raise SourceError("t.csv cannot be read: it brings its reader down.", "Check it.")

    first, second = (created(context.queue, "groups", "Split", "m", {"seed": seed}, None, "ada") for seed in range(2))
    starting.prepare_and_enqueue(context, first, broken)
    context.beside.join(f"prepare-{first.job_id}")
    starting.prepare_and_enqueue(context, second, broken_off)
    context.beside.close()
    assert [context.queue.get(job.job_id).status for job in (first, second)] == ["failed", "preparing"]


def _earlier(workspace: Workspace, kind: str, module: str) -> str:
    """A job as release 0.1.0 left it: with its names of the kind and of the module."""
    queue = Queue(workspace)
    job = created(queue, kind, "From before", module, {}, None, "ada")
    queue.cancel(job.job_id)
    queue.enqueue(job.job_id)
    with sqlite3.connect(workspace.jobs_database) as connection:
        connection.execute("PRAGMA user_version = 0")
    return job.job_id


@pytest.mark.parametrize(
    ("kind", "module", "today"),
    [
        ("cleaning", "core.worker.cleaning", "cleaning_effect"),
        ("load", "core.worker.hub", "hub"),
        ("load", "core.worker.load", "load"),
        ("scan", "core.worker.scan", "scan"),
    ],
)
@pytest.mark.usefixtures("no_process")
def test_a_job_of_release_0_1_0_starts_again_under_todays_names(
    context: Context, kind: str, module: str, today: str
) -> None:
    job_id = _earlier(context.workspace, kind, module)
    queue = Queue(context.workspace)
    assert queue.get(job_id).kind == today
    assert jobs.can_restart(context, queue.get(job_id))
    jobs.restart(context, job_id)
    with sqlite3.connect(context.workspace.jobs_database) as connection:
        (stored,) = connection.execute("SELECT module FROM jobs WHERE job_id = ?", [job_id]).fetchone()
    assert stored == KINDS[today].module


def test_a_job_of_a_kind_that_is_not_there_is_not_started_again(context: Context) -> None:
    job = created(context.queue, "of the future", "Unknown", "core.jobs.future.run", {}, None, "ada")
    context.queue.cancel(job.job_id)
    context.queue.enqueue(job.job_id)
    assert not jobs.can_restart(context, context.queue.get(job.job_id))
    with pytest.raises(JobError, match="cannot be started again"):
        jobs.restart(context, job.job_id)

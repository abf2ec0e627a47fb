"""One real workspace, made once per run of the tests and copied for each: a load, a scan, decisions, a backup, then a
version of the decisions, a split, a fine-tune and more decisions."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.context import Context
from core.records import ScanSpec, Schema, TrainSpec
from core.review.records import Act
from core.services.context import open_context
from core.services.load import start_load, wait
from core.services.review.decisions import make_version, record
from core.services.scan import run_scan
from core.services.splits import start_split
from core.services.train import follow_train, start_train
from core.services.upkeep.backups import make_backup
from core.settings import PROJECT, Workspace
from core.store import relations
from core.store.datasets import get_dataset, list_datasets
from core.store.versions import list_versions
from tests.damage.ways import copied
from tests.integration.cli_support import Ran, write_rows

HOLDING = """
import sys
from core.services.context import open_context
from core.settings import workspace
context = open_context(workspace(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
context.close()
"""
BEFORE, AFTER = 4, 3
"""Acts before the backup, and after it on each of two versions."""


@dataclass(frozen=True)
class Made:
    """A workspace as it was before anything broke."""

    root: Path
    content: dict[str, Any]
    """See `content_of`."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Made by whichever process of the run comes first."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "damage"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = home / "content.json"
        if not content.exists():
            content.write_text(json.dumps(_make(home)))
    return Made(home / "workspace", json.loads(content.read_text()))


@pytest.fixture
def workspace(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of it for one test, at the same paths as the command line takes them."""
    root = copied(made.root, tmp_path / "workspace")
    monkeypatch.setenv("WINNOW_WORKSPACE", str(root))
    return Workspace(root)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`run("check", "--json")` in this process."""

    def call(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(list(arguments))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)

    return call


@contextmanager
def opened(workspace: Workspace) -> Iterator[Context]:
    context = open_context(workspace)
    try:
        yield context
    finally:
        context.close()


def content_of(context: Context) -> dict[str, Any]:
    """What people would miss: per version its rows as they read, every act, every run with its figures, and how many
    rows its scans and predictions have."""
    found: dict[str, Any] = {}
    for dataset in list_datasets(context.store):
        versions = list_versions(context.store, dataset.dataset_id)
        acts = context.ledger.decisions.page(dataset.dataset_id, limit=1000)
        runs = context.ledger.runs.of(dataset.dataset_id)
        found[dataset.name] = {
            "versions": [
                [one.version_id, one.number, one.parent_id, one.kind, one.note, one.row_count, _rows(context, one)]
                for one in versions
            ],
            "acts": [_plain(asdict(act)) for act in acts],
            "runs": [[one.run_id, one.number, one.title, len(context.ledger.runs.metrics(one.run_id))] for one in runs],
            "finished": [bool(one.summary) for one in runs],
        }
    found["issues"] = context.store.fetch_one("SELECT count(*) FROM issues")
    found["predictions"] = context.store.fetch_one("SELECT count(*) FROM predictions")
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def decide(context: Context, version_id: str, example_ids: list[int], name: str) -> None:
    acts = [
        Act(f"{name}-{row}", "relabel", row, "food") if row % 2 else Act(f"{name}-{row}", "exclude", row)
        for row in example_ids
    ]
    assert record(context, version_id, "ada", acts).refused == ()


def _make(home: Path) -> dict[str, Any]:
    write_rows(home / "notes.csv", 120)
    workspace = Workspace(home / "workspace")
    with opened(workspace) as context:
        schema = Schema("text-classification", "text", "topic", None, "key", ("source",))
        job = start_load(context, [str(home / "notes.csv")], schema, name="notes", by="ada")
        first = wait(context, job.job_id).latest_version_id
        context.beside.join(f"load-{job.job_id}")
        run_scan(context, first, ScanSpec(("lexical",), folds=3), "ada")
        decide(context, first, list(range(BEFORE)), "before")
        make_backup(workspace, context.store, "daily")
        decide(context, first, list(range(10, 10 + AFTER)), "after")
        second = make_version(context, first, "first pass", "ada")
        split = start_split(
            context, second.version_id, "random", {"train": 0.6, "validation": 0.2, "test": 0.2}, 1, None, "ada"
        )
        context.beside.join(f"load-{split.job_id}")
        third = get_dataset(context.store, "notes").latest_version_id
        assert third != second.version_id
        run, ended = follow_train(context, start_train(context, third, TrainSpec(strategy="head"), "ada"))
        assert (ended.status, bool(run.summary)) == ("done", True), ended.error
        decide(context, third, list(range(20, 20 + AFTER)), "late")
        return content_of(context)


def _rows(context: Context, version: Any) -> str:
    relation = relations.relation_sql(version.dataset_id, version.version_id if version.parent_id else None)
    (digest,) = context.store.fetch_one(
        f"SELECT md5(string_agg(concat_ws('|', example_id, label, split), ',' ORDER BY example_id)) FROM {relation}"
    ) or ("",)
    return str(digest)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"decided_at": values["decided_at"].astimezone(UTC).isoformat()}


@pytest.fixture
def holder(workspace: Workspace) -> Iterator[int]:
    """Another process that has the workspace open: its pid."""
    command = [sys.executable, "-c", HOLDING, str(workspace.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout
        other.stdout.readline()
        yield other.pid
        other.stdin.close()

"""What a killed process leaves behind: every acknowledged decision, no half-loaded dataset, no lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import WorkspaceLockedError
from core.records import Reader, Schema
from core.services.context import open_context
from core.settings import Workspace
from core.store.database import Database
from core.store.datasets import list_datasets
from core.store.ingest.ingest import ingest
from tests.staged import staged

PROJECT = Path(__file__).resolve().parents[2]

DECIDING = """
import sys
from core.records import Decision
from core.settings import workspace
from core.store.ids import new_id
from core.store.times import now
from core.services.context import open_context

context = open_context(workspace(sys.argv[1]))
dataset_id, version_id = sys.argv[2:]
for number in range(1_000_000):
    key = f"{sys.argv[1]} {number} {new_id()}"
    made = Decision(new_id(), key, dataset_id, version_id, number % 3, "keep", None, "bob", now(), None, {})
    context.ledger.decisions.append([made])
    print(key, flush=True)
"""

LOADING = """
import sys
from core.records import Reader, Schema
from core.settings import workspace
from core.store.ingest.ingest import ingest
from tests.staged import staged
from core.services.context import open_context

context = open_context(workspace(sys.argv[1]))
reader = Reader("(SELECT md5(i::VARCHAR) text, i % 2 AS label FROM range(100_000_000) t(i))")
schema = Schema("text", "text", "label")
ingest(context.store, staged(reader, schema), schema, name="half", source="csv", licence="", by="bob",
       on_progress=lambda done, total: print(done, flush=True), stopped=lambda: False)
"""


def _start(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def _kill(process: subprocess.Popen[str]) -> list[str]:
    """Kills the process and returns the lines that it had written whole."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.stdout is not None
    written = process.stdout.read()
    process.wait()
    return written.split("\n")[:-1]


@pytest.fixture
def loaded(workspace: Workspace) -> tuple[str, str]:
    context = open_context(workspace)
    reader = Reader("(SELECT * FROM (VALUES ('a', 'x'), ('b', 'y'), ('c', 'x')) t(text, label))")
    schema = Schema("text", "text", "label")
    dataset = ingest(
        context.store, staged(reader, schema), schema, name="small", source="csv", licence="", by="ann",
        on_progress=lambda done, total: None, stopped=lambda: False,
    )  # fmt: skip
    context.close()
    return dataset.dataset_id, dataset.latest_version_id


def test_kill_9_between_appends_loses_no_acknowledged_decision(workspace: Workspace, loaded: tuple[str, str]) -> None:
    acknowledged: set[str] = set()
    for seconds in (0.1, 0.25, 0.4):
        process = _start(DECIDING, str(workspace.root), *loaded)
        assert process.stdout is not None
        acknowledged.add(process.stdout.readline().strip())
        time.sleep(seconds)
        acknowledged.update(_kill(process))
    context = open_context(workspace)
    kept = {decision.client_key for decision in context.ledger.decisions.page(loaded[0], limit=1_000_000)}
    context.close()
    assert len(acknowledged) > 10
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= 3


def test_kill_9_in_the_middle_of_a_load_leaves_no_trace_of_it(workspace: Workspace, loaded: tuple[str, str]) -> None:
    process = _start(LOADING, str(workspace.root))
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    _kill(process)
    context = open_context(workspace)
    assert [dataset.name for dataset in list_datasets(context.store)] == ["small"]
    assert context.store.fetch("SELECT count(*) FROM datasets") == [(1,)]
    tables = context.store.fetch("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'examples%'")
    assert tables == [(1,)]
    context.close()


def test_a_workspace_that_another_process_has_open_is_refused_with_its_process_id(
    workspace: Workspace, loaded: tuple[str, str]
) -> None:
    process = _start(DECIDING, str(workspace.root), *loaded)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        with pytest.raises(WorkspaceLockedError, match=rf"already open.*process {process.pid}.*--workspace"):
            Database.open(workspace.database)
    finally:
        _kill(process)

"""A workspace that was copied or moved is whole where it lies, and leaves the one that it came from alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.identity import identify
from core.jobs.train.web import start_train
from core.queue.local.processes import MARK
from core.records import Dataset, Run, TrainSpec
from core.services import datasets, jobs
from core.services.context import open_context
from core.services.runs.models import output_of
from core.services.trash import purge
from core.settings import Workspace
from core.store.backup import backup
from core.store.times import now
from tests.integration.job_support import created, wait_for_end, wait_until
from tests.runs import finished_run


@pytest.fixture
def run(context: Context, news: Dataset) -> Run:
    """A run that has left a model."""
    made = finished_run(context, news, np.full((40, 2), 0.5, np.float32), ["test"] * 40)
    model = context.queue.folder(made.run_id).output / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    return made


@contextmanager
def _opened(root: Path) -> Iterator[Context]:
    with closing(open_context(Workspace(root))) as opened:
        yield opened


def _as_earlier_releases_wrote_it(root: Path) -> None:
    with closing(sqlite3.connect(root / "jobs.sqlite")) as table, table:
        table.execute("UPDATE jobs SET folder = ? || job_id", [f"{root}/runs/"])


@pytest.mark.parametrize("earlier", [False, True])
def test_emptying_the_trash_of_a_copy_deletes_nothing_of_the_original(
    context: Context, news: Dataset, run: Run, tmp_path: Path, earlier: bool
) -> None:
    root, copy = context.workspace.root, tmp_path / "copy"
    context.close()
    if earlier:
        _as_earlier_releases_wrote_it(root)
    shutil.copytree(root, copy)
    with _opened(copy) as copied:
        assert str(output_of(copied, run)).startswith(str(copy))
        datasets.delete(copied, news.dataset_id)
        purge(copied.store, copied.ledger, copied.queue, copied.workspace, now() + timedelta(days=8))
        assert list(copied.workspace.runs.iterdir()) == []
    with _opened(root) as original:
        assert (output_of(original, run) / "model" / "config.json").is_file()


@pytest.mark.parametrize("earlier", [False, True])
def test_a_moved_workspace_has_its_models_and_its_jobs(
    context: Context, news: Dataset, run: Run, tmp_path: Path, earlier: bool
) -> None:
    root, moved = context.workspace.root, tmp_path / "moved"
    context.close()
    if earlier:
        _as_earlier_releases_wrote_it(root)
    root.rename(moved)
    with _opened(moved) as here:
        assert (output_of(here, run) / "model" / "config.json").is_file()
        assert [job.folder for job in here.queue.of("train", news.dataset_id)] == [f"{moved}/runs/{run.run_id}"]


def test_a_job_started_again_in_a_copy_works_there(context: Context, news: Dataset, tmp_path: Path) -> None:
    run = start_train(context, news.latest_version_id, TrainSpec("lexical", "head"), "ada")
    context.beside.join(f"prepare-{run.run_id}")
    jobs.cancel(context, run.run_id)
    wait_for_end(context.queue, context.queue.get(run.run_id))
    root, copy = context.workspace.root, tmp_path / "copy"
    context.close()
    shutil.copytree(root, copy)
    with _opened(copy) as copied:
        jobs.restart(copied, run.run_id)
        assert str(root) not in (copied.queue.folder(run.run_id).path / "spec.json").read_text().replace(str(copy), "")
        copied.beside.join(f"prepare-{run.run_id}")
        jobs.cancel(copied, run.run_id)
        wait_for_end(copied.queue, copied.queue.get(run.run_id))


def test_a_copy_does_not_end_what_the_original_runs(context: Context, tmp_path: Path) -> None:
    job = created(context.queue, "test", "A test", "tests.integration.job_worker", {}, None, "ada")
    command = [sys.executable, "-c", "import time; time.sleep(60)", job.folder]
    running = subprocess.Popen(command, env=os.environ | {MARK: job.folder}, start_new_session=True)
    try:
        wait_until(lambda: bool((found := identify(running.pid)) and job.folder in found.command), "its command")
        known = identify(running.pid)
        assert known is not None
        with closing(sqlite3.connect(context.workspace.jobs_database)) as table, table:
            table.execute(
                "UPDATE jobs SET status = 'running', leader_pid = ?, leader_started = ?, leader_command = ?",
                [known.pid, known.started, known.command],
            )
        copy = tmp_path / "copy"
        (copy / "runs").mkdir(parents=True)
        shutil.copytree(job.folder, copy / "runs" / job.job_id)
        backup(context.store, copy / "winnow.duckdb")
        for own in (context.workspace.jobs_database, context.workspace.ledger):
            with closing(sqlite3.connect(own)) as source, closing(sqlite3.connect(copy / own.name)) as target:
                source.backup(target)
        with _opened(copy) as copied:
            assert copied.queue.get(job.job_id).status == "lost"
        assert running.poll() is None
    finally:
        running.kill()
        running.wait()

"""The job table under many writers."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from core.queue.table import JobTable


@pytest.fixture
def table(tmp_path: Path) -> JobTable:
    return JobTable(tmp_path / "jobs.sqlite")


def _insert(table: JobTable, job_id: str, status: str = "queued", device: bool = True) -> None:
    fixed = {"kind": "k", "title": "t", "module": "m", "launch": "python", "folder": "/", "created_by": "a"}
    table.insert(job_id=job_id, status=status, needs_device=device, created_at=0.0, **fixed)


def test_waiting_jobs_come_in_the_order_of_their_creation(table: JobTable) -> None:
    for job_id in ("c", "a", "b"):
        _insert(table, job_id)
    _insert(table, "without-device", device=False)
    _insert(table, "running", status="running")
    assert table.waiting() == ["c", "a", "b"]
    assert [row["job_id"] for row in table.newest(2, 1)] == ["without-device", "b"]


def test_an_update_applies_only_in_the_named_states(table: JobTable) -> None:
    _insert(table, "a", status="cancelled")
    assert not table.update("a", ("queued", "running"), status="done")
    row = table.row("a")
    assert row is not None and row["status"] == "cancelled"


def test_of_many_that_end_a_job_at_once_exactly_one_does(table: JobTable) -> None:
    _insert(table, "a", status="running")
    won: list[bool] = []
    threads = [
        threading.Thread(target=lambda: won.append(table.update("a", ("running",), status="lost"))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 15 + [True]


def test_the_jobs_of_an_earlier_release_get_the_new_columns(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    _insert(JobTable(path), "old")
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE jobs DROP COLUMN processes")
    connection.close()
    row = JobTable(path).row("old")
    assert row is not None and row["processes"] == 1

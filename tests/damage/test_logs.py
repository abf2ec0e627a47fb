"""A write-ahead log that a kill has left and that is broken since: both engines pass over what they cannot read of it
in silence, so that Winnow says it, before it opens the file, and gets back what can be read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.settings import PROJECT, Workspace
from core.sqlite_log import problem_of_log, unfinished_in_log
from core.store.upkeep.log import look_at_log
from tests.damage.conftest import Made, content_of, opened
from tests.damage.ways import copied
from tests.integration.cli_support import Ran

Runs = Callable[..., Ran]
KILLED = """
import os, sys
from core.services.context import open_context
from core.services.review.decisions import make_version, record
from core.review.records import Act
from core.settings import workspace
from core.store.datasets import get_dataset
context = open_context(workspace(sys.argv[1]))
version = get_dataset(context.store, "notes").latest_version_id
with context.store.cursor() as cursor:
    cursor.execute("SET checkpoint_threshold = '1GB'")
for row in range(30, 42):
    assert not record(context, version, "ada", [Act(f"killed-{row}", "exclude", row)]).refused
    if row % 4 == 1:
        version = make_version(context, version, f"up to {row}", "ada").version_id
os._exit(1)
"""
ACTS, VERSIONS = 12, 3


@pytest.fixture(scope="module")
def left(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A workspace with the logs of a process that was killed, and what was in it."""
    root = copied(made.root, tmp_path_factory.mktemp("killed") / "workspace")
    subprocess.run([sys.executable, "-c", KILLED, str(root)], cwd=PROJECT, check=False)
    whole = Workspace(copied(root, tmp_path_factory.mktemp("whole") / "workspace"))
    with opened(whole) as context:
        content = content_of(context)
    assert len(content["notes"]["acts"]) == len(made.content["notes"]["acts"]) + ACTS
    return root, content


@pytest.fixture
def workspace(left: tuple[Path, dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    root = tmp_path / "workspace"
    shutil.copytree(left[0], root)  # no database is opened, which would take the logs in
    monkeypatch.setenv("WINNOW_WORKSPACE", str(root))
    return Workspace(root)


def _flipped_in_front(log: Path) -> None:
    _flip(log, 4)


def _flipped_at_the_first_entry(log: Path) -> None:
    """Where its size stands, or a page's first frame."""
    _flip(log, 10 if log.suffix == ".wal" else 100)


def _flipped_within(log: Path) -> None:
    """In the page that the second frame holds, or the size of the entry that follows the first transaction."""
    _flip(log, _second_transaction(log) + 2 if log.suffix == ".wal" else 32 + 4120 + 1000)


def _replaced_by_text(log: Path) -> None:
    log.write_text("Dear diary,\n" * 2000)


BROKEN = (_flipped_in_front, _flipped_at_the_first_entry, _flipped_within, _replaced_by_text)


@pytest.mark.parametrize("way", BROKEN)
def test_a_log_of_the_store_that_duckdb_would_pass_over_is_said_and_what_it_held_is_made_again(
    workspace: Workspace, run: Runs, left: tuple[Path, dict[str, object]], way: Callable[[Path], None]
) -> None:
    log = workspace.database.with_name("winnow.duckdb.wal")
    way(log)
    broken = log.read_bytes()
    said = run("datasets")
    assert said.code == 1 and "winnow.duckdb of the workspace" in said.err and "DuckDB passes over" in said.err
    assert log.read_bytes() == broken
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "winnow.duckdb")
    assert (checked.code, found["state"]) == (1, "damaged") and "write-ahead log" in found["said"]
    assert "python -m core restore" in found["step"]
    done = run("restore", "--json")
    assert done.code == 0, done.err
    assert (done.json["files"], done.json["backup"]) == (["winnow.duckdb.wal"], None)
    assert (Path(done.json["aside"]) / log.name).read_bytes() == broken
    with opened(workspace) as context:
        assert content_of(context) == left[1]
    assert run("check").code == 0


@pytest.mark.parametrize("way", BROKEN)
def test_a_log_of_the_ledger_that_sqlite_would_pass_over_is_said_and_its_acts_come_back(
    workspace: Workspace, run: Runs, left: tuple[Path, dict[str, object]], way: Callable[[Path], None]
) -> None:
    log = workspace.ledger.with_name("ledger.sqlite-wal")
    way(log)
    broken = log.read_bytes()
    said = run("datasets")
    assert said.code == 1 and "ledger.sqlite of the workspace" in said.err and "SQLite passes over" in said.err
    assert log.read_bytes() == broken
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "ledger.sqlite")
    assert (checked.code, found["state"]) == (1, "damaged") and "write-ahead log" in found["said"]
    done = run("restore", "--json")
    assert done.code == 0, done.err
    with opened(workspace) as context:
        acts = content_of(context)["notes"]["acts"]
    expected = left[1]["notes"]["acts"]  # type: ignore[index]
    assert len(acts) + done.json["acts_missing"] == len(expected)
    assert all(act in expected for act in acts)
    if way is not _replaced_by_text:
        assert len(acts) >= len(expected) - 1, "of a log with one bad frame all the others are read"


@pytest.mark.parametrize("way", BROKEN)
def test_a_log_of_the_jobs_that_sqlite_would_pass_over_is_said_and_mended_from_the_folders(
    workspace: Workspace, run: Runs, left: tuple[Path, dict[str, object]], way: Callable[[Path], None]
) -> None:
    _written_by_a_killed_process(workspace.jobs_database)
    way(workspace.jobs_database.with_name("jobs.sqlite-wal"))
    said = run("jobs")
    assert said.code == 1 and "jobs.sqlite of the workspace" in said.err and "python -m core repair" in said.err
    assert run("check").code == 1
    assert run("repair").code == 0
    with opened(workspace) as context:
        assert content_of(context) == left[1]
    assert run("check").code == 0


@pytest.mark.parametrize("how", ["missing", "emptied", "cut in half"])
def test_what_a_lost_log_of_the_store_held_is_missed_by_check_and_made_again(
    workspace: Workspace, run: Runs, left: tuple[Path, dict[str, object]], how: str
) -> None:
    _lose(workspace.database.with_name("winnow.duckdb.wal"), how)
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "versions")
    assert (checked.code, found["state"]) == (1, "missing") and "python -m core repair" in found["step"]
    assert run("repair").code == 0
    with opened(workspace) as context:
        assert content_of(context) == left[1]
    assert run("check").code == 0


@pytest.mark.parametrize("how", ["missing", "emptied"])
def test_what_a_lost_log_of_the_ledger_held_is_missed_by_check(workspace: Workspace, run: Runs, how: str) -> None:
    _lose(workspace.ledger.with_name("ledger.sqlite-wal"), how)
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "acts")
    assert (checked.code, found["state"]) == (1, "missing") and "of which a version is made" in found["said"]


def test_what_a_killed_process_had_not_finished_is_no_damage_and_is_said(workspace: Workspace, run: Runs) -> None:
    with workspace.ledger.with_name("ledger.sqlite-wal").open("ab") as log:
        log.write(b"\1" * 100)
    with workspace.database.with_name("winnow.duckdb.wal").open("ab") as log:
        log.write((500).to_bytes(8, "little") + b"\1" * 100)
    checked = run("check")
    assert checked.code == 0 and checked.out.count("the last change in its log is not whole") == 2
    assert run("datasets").code == 0


def test_a_log_that_is_being_written_is_whole(tmp_path: Path) -> None:
    """At every moment, also after it was begun anew over what an earlier one has left."""
    file = tmp_path / "some.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as writing:
        writing.execute("PRAGMA journal_mode = WAL")
        writing.execute("CREATE TABLE t (a TEXT)")
        for number in range(60):
            writing.execute("INSERT INTO t VALUES (?)", ["x" * 3000])
            assert (problem_of_log(file), unfinished_in_log(file)) == ("", "")
            if number % 25 == 24:
                writing.execute("PRAGMA wal_checkpoint(RESTART)")


def _flip(log: Path, at: int) -> None:
    with log.open("r+b") as opened_log:
        opened_log.seek(at)
        (byte,) = opened_log.read(1)
        opened_log.seek(at)
        opened_log.write(bytes([byte ^ 0xFF]))


def _second_transaction(log: Path) -> int:
    """Where the first entry behind the first transaction begins."""
    content, marker = log.read_bytes(), b"\x64\x00\x64\xff\xff"
    return content.index(marker) + len(marker)


def _lose(log: Path, how: str) -> None:
    if how == "missing":
        log.unlink()
    else:
        os.truncate(log, 0 if how == "emptied" else log.stat().st_size // 2)


def _written_by_a_killed_process(database: Path) -> None:
    killed = """
import os, sqlite3, sys
jobs = sqlite3.connect(sys.argv[1], isolation_level=None)
for number in range(3):
    jobs.execute("UPDATE jobs SET parts = parts + 1")
os._exit(1)
"""
    subprocess.run([sys.executable, "-c", killed, str(database)], check=False)
    assert look_at_log(database).problem == ""

"""Backups: what is in one, when one is made by itself, which are kept."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.services.upkeep.backups import Backup, broken, get_backup, list_backups, prune
from core.services.upkeep.daily import back_up_if_due
from core.settings import Workspace
from core.ui.shell.context import app_context, close_contexts
from tests.damage.conftest import content_of, decide, opened
from tests.damage.ways import FILES, WAYS
from tests.integration.cli_support import Ran


def test_a_backup_opens_as_a_workspace_of_its_own_with_all_that_was_there(
    workspace: Workspace, run: Callable[..., Ran], made: object, tmp_path: Path
) -> None:
    told = run("backup", "--to", str(tmp_path / "safe"), "--json")
    assert told.code == 0, told.err
    copy = Path(told.json["path"])
    assert copy.parent == tmp_path / "safe"
    assert sorted(told.json["files"]) == sorted(FILES)
    with opened(workspace) as context, opened(Workspace(shutil.copytree(copy, tmp_path / "other"))) as other:
        assert content_of(other) == content_of(context)


def test_backups_are_listed_also_where_the_workspace_does_not_open(
    workspace: Workspace, run: Callable[..., Ran]
) -> None:
    asked = run("backup", "--json").json["name"]
    WAYS["replaced_by_text"](workspace.database)
    shutil.copyfile(workspace.ledger, workspace.backups / "winnow-schema-2-20250101-000000-000000.duckdb")
    listed = run("backups", "--json").json
    assert {one["why"] for one in listed} == {"daily", "asked", "upgrade"}
    assert asked in [one["name"] for one in listed]
    assert "before an upgrade" in run("backups").out


def test_a_copy_that_is_not_as_it_was_written_is_found_by_its_digest(workspace: Workspace) -> None:
    (backup,) = list_backups(workspace)
    assert [broken(backup, file) for file in FILES] == ["", "", ""]
    WAYS["flipped_in_front"](backup.path / "ledger.sqlite")
    assert "its digest is another" in broken(backup, "ledger.sqlite")
    WAYS["cut_in_half"](backup.path / "winnow.duckdb")
    assert "bytes of" in broken(backup, "winnow.duckdb")


def test_a_backup_is_made_once_a_day_where_something_changed(workspace: Workspace) -> None:
    with opened(workspace) as context:
        assert back_up_if_due(context) is None, "the last is of today"
        _aged(workspace, list_backups(workspace)[0], days=2)
        first = back_up_if_due(context)
        assert first is not None and first.why == "daily"
        _aged(workspace, first, days=1)
        assert back_up_if_due(context) is None, "nothing changed"
        version = json.loads(json.dumps(content_of(context)))["notes"]["versions"][-1][0]
        decide(context, version, [40], "later")
        again = back_up_if_due(context)
        assert again is not None
    with closing(sqlite3.connect(again.path / "ledger.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM decisions WHERE client_key = 'later-40'").fetchone() == (1,)


def test_the_open_app_makes_the_backup_of_the_day_by_itself(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.upkeep.daily.FIRST_SECONDS", 0.0)
    _aged(workspace, list_backups(workspace)[0], days=2)
    monkeypatch.setenv("WINNOW_WORKSPACE", str(workspace.root))
    context = app_context()
    try:
        deadline = time.monotonic() + 30
        while len(list_backups(workspace)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list_backups(workspace)[0].why == "daily"
        assert context.store.healthy
    finally:
        close_contexts()


def test_a_backup_of_each_of_seven_days_and_three_of_before_upgrades_are_kept(workspace: Workspace) -> None:
    (first,) = list_backups(workspace)
    now = datetime.now(UTC)
    for day in range(10):
        _copy(workspace, first, f"daily-{day}", "daily", now - timedelta(days=day, seconds=1))
        _copy(workspace, first, f"earlier-{day}", "daily", now - timedelta(days=day, seconds=2))
    for number in range(5):
        _copy(workspace, first, f"upgrade-{number}", "upgrade", now - timedelta(days=30 + number))
    _copy(workspace, first, "asked", "asked", now - timedelta(days=400))
    shutil.rmtree(first.path)
    prune(workspace)
    kept = {one.name for one in list_backups(workspace)}
    assert kept == {*(f"daily-{day}" for day in range(7)), *(f"upgrade-{number}" for number in range(3)), "asked"}


def test_what_stays_of_the_backups_is_whole_or_an_older_one_stays_in_its_place(workspace: Workspace) -> None:
    (first,) = list_backups(workspace)
    now = datetime.now(UTC)
    for day in range(10):
        _copy(workspace, first, f"daily-{day}", "daily", now - timedelta(days=day, seconds=1))
        _copy(workspace, first, f"earlier-{day}", "daily", now - timedelta(days=day, seconds=2))
    for number in range(6):
        _copy(workspace, first, f"upgrade-{number}", "upgrade", now - timedelta(days=30 + number))
    shutil.rmtree(first.path)
    for name in ("daily-0", "daily-2", "earlier-2", "upgrade-0", "upgrade-2"):
        WAYS["flipped_within"](workspace.backups / name / "ledger.sqlite")
    prune(workspace)
    kept = {one.name: broken(one, "ledger.sqlite") for one in list_backups(workspace)}
    whole = {name for name, problem in kept.items() if not problem}
    assert whole == {
        *("earlier-0", "daily-1", *(f"daily-{day}" for day in range(3, 8))),
        *(f"upgrade-{number}" for number in (1, 3, 4)),
    }
    assert kept.keys() - whole == {"daily-2"}, "of a day that has no whole one"


def test_nothing_goes_before_an_upgrade_of_a_damaged_file(workspace: Workspace) -> None:
    (first,) = list_backups(workspace)
    for number in range(4):
        _copy(workspace, first, f"upgrade-{number}", "upgrade", datetime.now(UTC) - timedelta(days=30 + number))
    with closing(sqlite3.connect(workspace.ledger, isolation_level=None)) as ledger:
        _back_to_the_first_schema(ledger)
        page = ledger.execute("SELECT rootpage FROM sqlite_master WHERE name = 'effects'").fetchone()[0]
    with workspace.ledger.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 12)
    with opened(workspace):
        pass
    names = {one.name for one in list_backups(workspace) if one.why == "upgrade"}
    assert len(names) == 5 and names > {f"upgrade-{number}" for number in range(4)}


def test_a_file_of_an_older_schema_is_copied_before_it_is_upgraded(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.ledger, isolation_level=None)) as ledger:
        _back_to_the_first_schema(ledger)
    with opened(workspace) as context:
        assert context.ledger.decisions.newest() > 0
    newest = list_backups(workspace)[0]
    assert newest.why == "upgrade"
    assert [one.schema for one in newest.files_of("ledger.sqlite")] == [1]


def test_a_backup_that_cannot_be_written_there_says_so_and_leaves_nothing(
    workspace: Workspace, run: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    told = run("backup", "--to", str(tmp_path / "file"))
    assert told.code == 2 and "is a file" in told.err and "--to FOLDER" in told.err
    assert len(list_backups(workspace)) == 1


def _back_to_the_first_schema(ledger: sqlite3.Connection) -> None:
    for table in ("decisions", "claims"):
        ledger.execute(f"ALTER TABLE {table} RENAME COLUMN example_id TO row_id")
    later = ("versions", "views", "chosen_columns", "bulk_acts", "put_away", "class_names", "tag_acts")
    for table in (*later, "rules", "mask_rules", "masked_copies"):
        ledger.execute(f"DROP TABLE {table}")
    for column in ("deleted_at", "deleted_by", "name", "note"):
        ledger.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    ledger.execute("ALTER TABLE decisions DROP COLUMN note")
    ledger.execute("PRAGMA user_version = 1")


def _aged(workspace: Workspace, backup: Backup, days: int) -> None:
    manifest = backup.path / "manifest.json"
    content = json.loads(manifest.read_text())
    content["made_at"] = (get_backup(workspace, backup.name).made_at - timedelta(days=days)).isoformat()
    manifest.write_text(json.dumps(content))


def _copy(workspace: Workspace, backup: Backup, name: str, why: str, made_at: datetime) -> None:
    copy = shutil.copytree(backup.path, workspace.backups / name)
    content = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(content | {"why": why, "made_at": made_at.isoformat()}))

"""A restore takes nothing away from what was whole, is done whole or not at all, and trusts no copy unseen."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from core.errors import WorkspaceLockedError
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.salvage import salvage
from core.services import datasets
from core.services.trash import purge
from core.services.upkeep.backups import Backup, get_backup, list_backups, make_backup
from core.services.upkeep.daily import back_up_if_due
from core.services.upkeep.restore import replace
from core.settings import PROJECT, Workspace
from core.store.datasets import list_datasets, trashed_at
from core.store.times import now, stored
from core.store.upkeep.lock import not_while_mended
from tests.damage.conftest import BEFORE, Made, content_of, decide, opened
from tests.damage.ways import FILES, WAYS, copied
from tests.full_disk.small_disk import MB, mounted
from tests.integration.cli_support import Ran

Runs = Callable[..., Ran]


def test_what_was_in_the_trash_at_the_backup_keeps_its_decisions_and_jobs(
    workspace: Workspace, run: Runs, made: Made
) -> None:
    name = _backed_up_from_the_trash(workspace, days=8)
    stray = workspace.media / "ab" / f"{'0' * 64}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of a dataset that was loaded after the backup")
    folders = sorted(workspace.runs.iterdir())
    WAYS["cut_in_half"](workspace.database)
    began = now()
    done = run("restore", name, "--json")
    assert done.code == 0, done.err
    assert sorted(workspace.runs.iterdir()) == folders
    with opened(workspace) as context:
        (kept,) = list_datasets(context.store, "trashed")
        begun_anew = trashed_at(context.store, kept.dataset_id)
        assert begun_anew is not None and begun_anew >= began, "it can be taken out for as long as any other"
        datasets.restore(context, kept.dataset_id)
        assert content_of(context) == made.content
        datasets.delete(context, kept.dataset_id)
        later = now() + timedelta(days=8)
        assert purge(context.store, context.ledger, context.queue, workspace, later) == [kept.dataset_id]
        assert stray.exists(), "the store that was set aside may refer to it"
        (aside,) = workspace.root.glob("damaged-*/winnow.duckdb")
        aside.unlink()
        purge(context.store, context.ledger, context.queue, workspace)
        assert not stray.exists()


@pytest.mark.parametrize("word", ["restore", "repair"])
def test_bringing_the_table_of_jobs_back_empties_no_trash(workspace: Workspace, run: Runs, word: str) -> None:
    _backed_up_from_the_trash(workspace, days=0)
    with opened(workspace) as context:
        (dataset,) = list_datasets(context.store)
        datasets.delete(context, dataset.dataset_id)
        _put_back(context.store.path, context.store.fetch, days=8)
    WAYS["replaced_by_text"](workspace.jobs_database)
    assert run(word).code == 0
    with closing(duckdb.connect(str(workspace.database), read_only=True)) as store:
        assert store.execute("SELECT state FROM datasets").fetchall() == [("trashed",)]


def test_after_going_back_no_act_gets_a_number_that_another_had(workspace: Workspace, run: Runs) -> None:
    (old,) = list_backups(workspace)
    assert run("backup").code == 0
    with opened(workspace) as context:
        version = content_of(context)["notes"]["versions"][0][0]
        decide(context, version, [60], "of no backup")
        newest = context.ledger.decisions.newest()
    assert run("restore", old.name, "--all").code == 0
    with opened(workspace) as context:
        decide(context, version, [70, 71, 72], "since")
        numbers = context.ledger.decisions.since(BEFORE).column("seq").to_pylist()
    assert numbers == [newest + 1, newest + 2, newest + 3]
    assert run("check").code == 0
    WAYS["flipped_in_front"](workspace.ledger)
    done = run("restore", "--json")
    assert done.code == 0, done.err
    with opened(workspace) as context:
        assert len(context.ledger.decisions.by_client_key([f"since-{row}" for row in (70, 71, 72)])) == 3


def test_a_full_disk_ends_a_restore_with_all_as_it_was(
    workspace: Workspace, run: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _decided(workspace.ledger, 1_000)
    with closing(sqlite3.connect(workspace.ledger)) as ledger, ledger:
        ledger.execute(
            "UPDATE decisions SET shown = ? WHERE client_key = 'many500'", ["x" * 3 * MB]
        )  # no room for it alone
    for output in workspace.runs.glob("*/output"):
        shutil.rmtree(output)  # larger than the disk
    with mounted(tmp_path / "disk", 96 * MB) as disk:
        if disk is None:
            pytest.skip("this process may not mount a small disk")
        small = Workspace(copied(workspace.root, disk.path / "workspace"))
        monkeypatch.setenv("WINNOW_WORKSPACE", str(small.root))
        WAYS["flipped_in_front"](small.ledger)
        before = _files(small)
        disk.fill(left=2 * MB)
        said = run("restore")
        assert (said.code, said.out) == (1, "") and "There is no room in" in said.err
        assert _files(small) == before
        disk.empty()
        done = run("restore", "--json")
        assert done.code == 0 and done.json["acts"] >= 1_000, done.err


def test_ctrl_c_while_acts_are_read_leaves_all_as_it_was(workspace: Workspace) -> None:
    _decided(workspace.ledger, 100_000)
    WAYS["flipped_in_front"](workspace.ledger)
    before = _files(workspace)
    command = [sys.executable, "-m", "core", "restore", "--workspace", str(workspace.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as restoring:
        while not list(workspace.root.glob("restore.*.part/ledger.sqlite-wal")):
            assert restoring.poll() is None, restoring.communicate()
            time.sleep(0.002)
        restoring.send_signal(signal.SIGINT)
        assert restoring.wait(20) != 0
    assert _files(workspace) == before


def test_whoever_opens_the_workspace_meanwhile_is_kept_out_until_all_is_back(workspace: Workspace, run: Runs) -> None:
    _decided(workspace.ledger, 50_000)
    WAYS["flipped_in_front"](workspace.ledger)
    WAYS["flipped_in_front"](workspace.database)
    command = [sys.executable, "-m", "core", "restore", "--workspace", str(workspace.root)]
    said = set()
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as restoring:
        while not list(workspace.root.glob("restore.*.part")):
            assert restoring.poll() is None, restoring.communicate()
            time.sleep(0.002)
        second = run("restore", "--all")
        while True:
            try:
                with opened(workspace) as context:
                    assert len(context.ledger.decisions.since(0)) > 50_000
                    break
            except WorkspaceLockedError as error:
                said.add(error.message)
        assert restoring.wait(30) == 0, restoring.communicate()
    assert said == {f"The workspace {workspace.root} is being restored or repaired by another process."}
    assert second.code == 1 and "nothing was touched" in second.err


def test_files_that_cannot_all_be_moved_go_back_to_their_places(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "ready").mkdir()
    (tmp_path / "ready" / "jobs.sqlite").write_text("new")
    (tmp_path / "ready" / "media").write_text("there is a folder of that name")
    before = _files(workspace)
    with pytest.raises(OSError):
        replace(workspace, FILES, tmp_path / "ready")
    assert _files(workspace) == before


def test_a_restore_does_not_begin_while_the_workspace_is_being_opened(workspace: Workspace, run: Runs) -> None:
    WAYS["missing"](workspace.database)
    assert run("restore", "--json").code == 0
    WAYS["missing"](workspace.database)
    before = _files(workspace)
    with not_while_mended(workspace.root):
        said = run("restore")
    assert said.code == 1 and "nothing was touched" in said.err
    assert _files(workspace) == before


def test_a_restore_of_many_acts_takes_them_at_once(tmp_path: Path) -> None:
    damaged, target = tmp_path / "damaged.sqlite", tmp_path / "ledger.sqlite"
    SqliteLedger(damaged).close()
    _decided(damaged, 20_000)
    began = time.monotonic()
    assert salvage(damaged, target).acts == 20_000
    assert time.monotonic() - began < 10, "20,000 flushes of the disk take a minute"


def test_acts_that_cannot_be_written_are_not_left_out_in_silence(tmp_path: Path) -> None:
    damaged, target = tmp_path / "damaged.sqlite", tmp_path / "ledger.sqlite"
    for path in (damaged, target):
        SqliteLedger(path).close()
    _decided(damaged, 10)
    with closing(sqlite3.connect(target)) as ledger, ledger:
        ledger.execute("CREATE TRIGGER broken AFTER INSERT ON decisions BEGIN INSERT INTO nowhere VALUES (1); END")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        salvage(damaged, target)


@pytest.mark.parametrize("file", FILES)
def test_a_backup_of_what_was_damaged_already_is_passed_over(
    workspace: Workspace, run: Runs, made: Made, file: str
) -> None:
    newer = get_backup(workspace, run("backup", "--json").json["name"])
    WAYS["flipped_within"](newer.path / file)
    signed_anew(workspace, newer)
    assert run("check").code == 0
    WAYS["flipped_in_front"](workspace.root / file)
    asked = run("restore", newer.name)
    assert asked.code == 1 and f"{file} of the backup {newer.name} is damaged" in asked.err
    assert run("check").code == 1
    done = run("restore", "--json")
    assert done.code == 0 and done.json["backup"] not in (newer.name, None), done.err
    with opened(workspace) as context:
        assert content_of(context) == made.content
    assert run("check").code == 0


def test_a_letter_that_changed_is_found_though_the_newest_copy_cannot_be_read(workspace: Workspace, run: Runs) -> None:
    newer = get_backup(workspace, run("backup", "--json").json["name"])
    WAYS["flipped_within"](newer.path / "ledger.sqlite")
    signed_anew(workspace, newer)
    with closing(sqlite3.connect(workspace.ledger, isolation_level=None)) as ledger:
        ledger.execute("UPDATE decisions SET new_label = 'pets' WHERE client_key = 'before-1'")
    said = run("check")
    assert said.code == 1 and "1 acts read otherwise than in the backup" in said.out


def test_whole_backups_outlive_their_days_where_the_newest_is_of_damage(workspace: Workspace) -> None:
    (first,) = list_backups(workspace)
    for days in (8, 9):
        manifest = Path(shutil.copytree(first.path, workspace.backups / f"old-{days}")) / "manifest.json"
        content = json.loads(manifest.read_text())
        manifest.write_text(json.dumps(content | {"made_at": (now() - timedelta(days=days)).isoformat()}))
    shutil.rmtree(first.path)
    with opened(workspace) as context:
        WAYS["flipped_within"](workspace.ledger)
        made = back_up_if_due(context)
        assert made is not None
        assert {one.name for one in list_backups(workspace)} == {made.name, "old-8", "old-9"}


def _files(workspace: Workspace) -> dict[str, bytes]:
    """What lies in the workspace's folder itself."""
    every = (path for path in workspace.root.iterdir() if path.name != "restore.lock")
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in every}


def _decided(ledger: Path, count: int) -> None:
    """So many acts more, on a dataset that nobody has."""
    with closing(sqlite3.connect(ledger)) as opened_ledger, opened_ledger:
        opened_ledger.execute(
            """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
               INSERT INTO decisions (decision_id, client_key, dataset_id, version_id, example_id, action, reviewer,
                                      decided_at, shown)
               SELECT 'many' || i, 'many' || i, 'gone', 'gone', i, 'exclude', 'ada', i, '{}' FROM n""",
            [count],
        )


def _put_back(path: Path, execute: Callable[..., object], days: int) -> None:
    assert path.exists()
    execute("UPDATE datasets SET trashed_at = ? WHERE state = 'trashed'", [stored(now() - timedelta(days=days))])


def _backed_up_from_the_trash(workspace: Workspace, days: int) -> str:
    """Makes a backup while the dataset is in the trash, for so many days already, and takes it out again."""
    with opened(workspace) as context:
        (dataset,) = list_datasets(context.store)
        datasets.delete(context, dataset.dataset_id)
        backup = make_backup(workspace, context.store, "asked")
        datasets.restore(context, dataset.dataset_id)
    assert backup is not None
    with closing(duckdb.connect(str(backup.path / "winnow.duckdb"))) as copy:
        _put_back(backup.path, copy.execute, days)
    return signed_anew(workspace, backup).name


def signed_anew(workspace: Workspace, backup: Backup) -> Backup:
    """A backup whose manifest says of its copies what they are now."""
    manifest = backup.path / "manifest.json"
    content = json.loads(manifest.read_text())
    for one in content["files"]:
        copy = (backup.path / one["name"]).read_bytes()
        one.update(size=len(copy), sha256=hashlib.sha256(copy).hexdigest())
    manifest.write_text(json.dumps(content))
    return get_backup(workspace, backup.name)

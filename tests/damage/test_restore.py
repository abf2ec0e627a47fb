"""A broken file comes back by the way that is named, with what was done before and after the backup."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.services.upkeep.backups import list_backups
from core.settings import Workspace
from tests.damage.conftest import AFTER, BEFORE, Made, content_of, decide, opened
from tests.damage.ways import WAYS
from tests.integration.cli_support import Ran

Runs = Callable[..., Ran]
DAMAGE = [way for way in WAYS if way != "newer"]


@pytest.mark.parametrize("way", DAMAGE)
def test_a_store_comes_back_with_the_versions_scans_and_predictions_of_after_the_backup(
    workspace: Workspace, run: Runs, made: Made, way: str
) -> None:
    WAYS[way](workspace.database)
    checked = run("check", "--json")
    assert checked.code == 1
    assert _of(checked, "winnow.duckdb")["state"] == ("missing" if way == "missing" else "damaged")
    assert "python -m core restore" in _of(checked, "winnow.duckdb")["step"]
    assert [_of(checked, name)["state"] for name in ("ledger.sqlite", "jobs.sqlite")] == ["whole", "whole"]
    done = run("restore", "--json")
    assert done.code == 0, done.err
    assert (done.json["files"], done.json["again"]["versions"], done.json["again"]["lost"]) == (
        ["winnow.duckdb"],
        2,
        [],
    )
    assert Path(done.json["aside"]).joinpath("winnow.duckdb").exists() is (way != "missing")
    with opened(workspace) as context:
        assert content_of(context) == made.content
    assert run("check").code == 0


@pytest.mark.parametrize("way", DAMAGE)
def test_a_ledger_comes_back_with_every_act_that_can_be_read(
    workspace: Workspace, run: Runs, made: Made, way: str
) -> None:
    WAYS[way](workspace.ledger)
    checked = run("check", "--json")
    assert checked.code == 1 and _of(checked, "ledger.sqlite")["wrong"]
    done = run("restore", "--json")
    assert done.code == 0, done.err
    assert done.json["files"] == ["ledger.sqlite"]
    with opened(workspace) as context:
        found = content_of(context)["notes"]
        newest = context.ledger.decisions.newest()
        decide(context, found["versions"][-1][0], [50], "next")
        (next_act,) = context.ledger.decisions.since(newest).column("seq").to_pylist()
    keys = {act["client_key"] for act in found["acts"]}
    before = {act["client_key"] for act in made.content["notes"]["acts"] if act["client_key"].startswith("before")}
    assert len(before) == BEFORE and before <= keys
    assert done.json["acts"] == len(keys) - BEFORE
    assert found["versions"] == made.content["notes"]["versions"]
    assert next_act > BEFORE + AFTER, "an act gets no number that a version knows already"
    if way == "flipped_in_front":
        assert found == made.content["notes"], "only the first page was lost"
        assert done.json["acts_missing"] == 0
    if way == "missing":
        assert done.json["acts_missing"] == AFTER, "the store knows how many acts its versions are made of"


def test_of_a_ledger_with_one_broken_page_all_acts_on_the_others_come_back(workspace: Workspace, run: Runs) -> None:
    with opened(workspace) as context:
        version = content_of(context)["notes"]["versions"][-1][0]
        for batch in range(40, 100, 10):
            decide(context, version, list(range(batch, batch + 10)), "many")
        count = context.ledger.decisions.count(content_dataset(context))
    broken = _leaf_of_decisions(workspace.ledger)
    content = bytearray(workspace.ledger.read_bytes())
    content[broken * 4096 : broken * 4096 + 16] = b"\xff" * 16
    workspace.ledger.write_bytes(content)
    done = run("restore", "--json").json
    with opened(workspace) as context:
        found = context.ledger.decisions.count(content_dataset(context))
    assert BEFORE + 20 < found < count
    assert done["acts_missing"] == count - found


def test_a_letter_that_changed_in_an_act_is_found_and_put_right(workspace: Workspace, run: Runs, made: Made) -> None:
    with closing(sqlite3.connect(workspace.ledger, isolation_level=None)) as ledger:
        ledger.execute("UPDATE decisions SET new_label = 'pets' WHERE client_key = 'before-1'")
    found = _of(run("check", "--json"), "ledger.sqlite")
    assert found["state"] == "damaged" and "1 acts read otherwise than in the backup" in found["said"]
    assert run("restore", "--json").json["files"] == ["ledger.sqlite"]
    with opened(workspace) as context:
        assert content_of(context) == made.content
    assert run("check").code == 0


@pytest.mark.parametrize("way", DAMAGE)
def test_the_table_of_jobs_is_made_anew_from_the_job_folders(
    workspace: Workspace, run: Runs, made: Made, way: str
) -> None:
    listed = {one["job_id"]: one for one in run("jobs", "--json").json}
    WAYS[way](workspace.jobs_database)
    assert _of(run("check", "--json"), "jobs.sqlite")["wrong"]
    done = run("repair", "--json")
    assert (done.code, done.json["jobs"]) == (0, len(listed)), done.err
    again = {one["job_id"]: one for one in run("jobs", "--json").json}
    for job_id, job in again.items():
        for name in ("kind", "title", "status", "dataset_id", "created_by"):
            assert job[name] == listed[job_id][name] or (job["kind"], name) == ("load", "dataset_id"), (job_id, name)
    with opened(workspace) as context:
        assert content_of(context) == made.content
    assert run("check").code == 0


def test_a_broken_log_that_a_kill_left_beside_the_store_is_named_and_restored(
    workspace: Workspace, run: Runs, made: Made
) -> None:
    killed = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
for number in range(50):
    connection.execute("INSERT INTO rejected_rows (line) VALUES (?)", [number])
os._exit(1)
"""
    subprocess.run([sys.executable, "-c", killed, str(workspace.database)], check=False)
    log = workspace.database.with_name("winnow.duckdb.wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    log.write_bytes(content)
    said = run("datasets")
    assert said.code == 1 and "is damaged" in said.err
    assert "Corrupt WAL" in said.err and "python -m core restore" in said.err
    done = run("restore", "--json")
    assert done.code == 0, done.err
    assert Path(done.json["aside"]).joinpath(log.name).exists()
    with opened(workspace) as context:
        assert content_of(context) == made.content


def test_a_workspace_in_which_all_three_files_are_broken_comes_back(
    workspace: Workspace, run: Runs, made: Made
) -> None:
    for file in (workspace.database, workspace.ledger, workspace.jobs_database):
        WAYS["replaced_by_text"](file)
    done = run("restore", "--json")
    assert done.code == 0, done.err
    with opened(workspace) as context:
        found = content_of(context)["notes"]
    assert [version[3] for version in found["versions"]] == ["load"]
    assert len(found["acts"]) == BEFORE


def test_all_goes_back_to_the_backup_and_keeps_what_was_there(workspace: Workspace, run: Runs, made: Made) -> None:
    refused = run("restore")
    assert refused.code == 2 and "None of the three files" in refused.err and "--all" in refused.err
    (backup,) = list_backups(workspace)
    done = run("restore", backup.name, "--all", "--json")
    assert done.code == 0, done.err
    with opened(workspace) as context:
        found = content_of(context)
    assert len(found["notes"]["acts"]) == BEFORE and len(found["notes"]["versions"]) == 1
    aside = Workspace(Path(done.json["aside"]))
    with opened(aside) as context:
        assert content_of(context) == made.content


def test_a_broken_backup_is_passed_over_and_named_where_it_is_asked_for(
    workspace: Workspace, run: Runs, made: Made
) -> None:
    newer = run("backup", "--json").json["name"]
    WAYS["flipped_within"](workspace.backups / newer / "winnow.duckdb")
    WAYS["cut_in_half"](workspace.database)
    asked = run("restore", newer)
    assert asked.code == 1 and "its digest is another" in asked.err and "python -m core backups" in asked.err
    done = run("restore", "--json")
    assert done.code == 0 and done.json["backup"] != newer
    with opened(workspace) as context:
        assert content_of(context) == made.content


def test_without_any_backup_a_store_is_not_made_empty_in_silence(workspace: Workspace, run: Runs) -> None:
    shutil.rmtree(workspace.backups)
    WAYS["emptied"](workspace.database)
    said = run("restore")
    assert said.code == 1 and "There is no backup of winnow.duckdb" in said.err and "by hand" in said.err
    assert workspace.database.stat().st_size == 0
    assert not list(workspace.root.glob("damaged-*"))


def test_a_backup_of_an_earlier_release_can_be_restored(workspace: Workspace, run: Runs, made: Made) -> None:
    (backup,) = list_backups(workspace)
    shutil.copyfile(backup.path / "winnow.duckdb", workspace.backups / "winnow-schema-5-20260101-000000-000000.duckdb")
    shutil.rmtree(backup.path)
    WAYS["replaced_by_text"](workspace.database)
    done = run("restore", "--json")
    assert done.code == 0, done.err
    with opened(workspace) as context:
        assert content_of(context) == made.content


@pytest.mark.parametrize("word", ["restore", "repair"])
def test_nothing_is_touched_while_another_process_has_the_workspace(
    workspace: Workspace, run: Runs, word: str, holder: int
) -> None:
    files = (workspace.database, workspace.ledger, workspace.jobs_database)
    before = [path.read_bytes() for path in files]
    said = run(word, *(["--all"] if word == "restore" else []))
    assert said.code == 1 and f"is open in process {holder}; nothing was touched" in said.err
    assert [path.read_bytes() for path in files] == before
    assert not list(workspace.root.glob("damaged-*"))
    checked = run("check", "--json")
    assert _of(checked, "winnow.duckdb")["state"] == "in use" and checked.code == 0


def _loaded_after_the_backup(workspace: Workspace, run: Runs, file: Path) -> dict[str, Any]:
    """Loads, splits and decides on a table; returns what there is then."""
    file.write_text("text,label\n" + "".join(f"some words {row},{'xy'[row % 2]}\n" for row in range(40)))
    assert run("load", str(file), "--name", "more").code == 0
    (file.parent / "decisions.csv").write_text("example_id,action,label\n0,relabel,y\n1,exclude,\n")
    assert run("decide", "more", "--file", str(file.parent / "decisions.csv"), "--reviewer", "ada").code == 0
    assert run("version", "more", "--note", "first pass").code == 0
    with opened(workspace) as context:
        return content_of(context)


@pytest.mark.parametrize("word", ["restore", "repair"])
def test_a_table_of_after_the_backup_is_loaded_again_under_its_ids_where_its_source_is_as_it_was(
    workspace: Workspace, run: Runs, tmp_path: Path, word: str
) -> None:
    content = _loaded_after_the_backup(workspace, run, tmp_path / "more.csv")
    if word == "restore":
        WAYS["cut_in_half"](workspace.database)
    else:  # the file itself is an older one
        shutil.copyfile(list_backups(workspace)[0].path / "winnow.duckdb", workspace.database)
        assert _of(run("check", "--json"), "datasets")["state"] == "missing"
    done = run(word, "--json")
    assert done.code == 0, done.err
    assert (done.json["again"]["datasets"], done.json["again"]["lost"]) == (["more"], [])
    with opened(workspace) as context:
        assert content_of(context) == content
    assert run("check").code == 0


@pytest.mark.parametrize("change", ["gone", "other rows"])
def test_a_table_of_after_the_backup_whose_source_is_not_as_it_was_is_named_with_why(
    workspace: Workspace, run: Runs, tmp_path: Path, change: str
) -> None:
    source = tmp_path / "more.csv"
    _loaded_after_the_backup(workspace, run, source)
    if change == "gone":
        source.unlink()
    else:
        source.write_text(source.read_text().replace("words 7", "letters 7"))
    WAYS["cut_in_half"](workspace.database)
    done = run("restore", "--json")
    assert done.code == 0 and done.json["again"]["datasets"] == []
    (said,) = (one for one in done.json["again"]["lost"] if "Load more" in one)
    assert "load it again from its source; acts on it stay in the ledger" in said
    assert ("Its source has changed since" if change == "other rows" else str(source)) in said
    checked = run("check", "--json")
    assert checked.code == 1 and "2 acts are on 1 datasets" in _of(checked, "datasets")["said"]
    assert [one["name"] for one in run("datasets", "--json").json] == ["notes"]


def _of(ran: Ran, name: str) -> dict[str, Any]:
    (found,) = (one for one in ran.json["findings"] if one["what"] == name)
    return found | {"wrong": found["state"] in ("damaged", "missing", "newer")}


def content_dataset(context: Any) -> str:
    (dataset_id,) = context.store.fetch_one("SELECT dataset_id FROM datasets")
    return str(dataset_id)


def _leaf_of_decisions(ledger: Path) -> int:
    """A page in the middle of the acts, counted from 0."""
    with closing(sqlite3.connect(ledger)) as opened_ledger:
        (root,) = opened_ledger.execute("SELECT rootpage FROM sqlite_master WHERE name = 'decisions'").fetchone()
    content = ledger.read_bytes()
    page = content[(root - 1) * 4096 : root * 4096]
    assert page[0] == 5, "the acts take several pages"
    cells = int.from_bytes(page[3:5], "big")
    at = int.from_bytes(page[12 + 2 * (cells // 2) : 14 + 2 * (cells // 2)], "big")
    return int.from_bytes(page[at : at + 4], "big") - 1

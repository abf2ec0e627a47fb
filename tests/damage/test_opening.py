"""A broken file is named in one true sentence with a next step, on the command line as on the pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import WorkspaceDamagedError
from core.services.context import open_context
from core.services.upkeep.backups import make_backup
from core.settings import Workspace
from tests.damage.conftest import opened
from tests.damage.ways import FILES, WAYS
from tests.integration.cli_support import Ran

STEP = {"jobs.sqlite": "python -m core repair"}


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("flipped_within", "cut_in_half", "newer")])
@pytest.mark.parametrize("file", FILES)
def test_a_broken_file_is_named_with_what_still_works_and_a_next_step(
    workspace: Workspace, run: Callable[..., Ran], file: str, way: str
) -> None:
    broken = workspace.root / file
    WAYS[way](broken)
    before = broken.read_bytes() if broken.is_file() else None
    said = run("datasets", "--json")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {file} of the workspace {workspace.root} is damaged: ")
    assert STEP.get(file, "python -m core restore") in said.err
    assert "apart from it" in said.err
    assert "already open" not in said.err
    assert (broken.read_bytes() if broken.is_file() else None) == before, "it was written over"


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_a_newer_release_is_refused(workspace: Workspace, run: Callable[..., Ran], file: str) -> None:
    WAYS["newer"](workspace.root / file)
    said = run("datasets")
    assert said.code == 1
    assert "is of a newer Winnow" in said.err and "Update Winnow" in said.err


@pytest.mark.parametrize("way", ["flipped_within", "cut_in_half"])
@pytest.mark.parametrize("file", FILES)
def test_a_file_broken_within_is_named_by_whoever_meets_the_damage(workspace: Workspace, file: str, way: str) -> None:
    WAYS[way](workspace.root / file)
    with pytest.raises(WorkspaceDamagedError, match=f"{file} of the workspace .* is damaged"):
        _read_all(workspace)


def test_only_a_file_that_is_open_is_said_to_be(workspace: Workspace, run: Callable[..., Ran], holder: int) -> None:
    said = run("datasets")
    assert said.code == 1 and "already open by" in said.err and f"(process {holder})" in said.err


def test_a_folder_whose_name_speaks_of_locks_is_not_said_to_be_open(tmp_path: Path) -> None:
    root = tmp_path / "lock" / "block"
    root.mkdir(parents=True)
    (root / "winnow.duckdb").write_text("no database\n" * 1000)
    with pytest.raises(WorkspaceDamagedError, match="not a valid DuckDB database file"):
        open_context(Workspace(root))


def test_a_backup_leaves_the_lock_on_the_file(workspace: Workspace, run: Callable[..., Ran]) -> None:
    with opened(workspace) as context:
        make_backup(workspace, context.store, "asked")
        trying = "import sys, duckdb; duckdb.connect(sys.argv[1])"
        other = subprocess.run([sys.executable, "-c", trying, str(workspace.database)], capture_output=True, text=True)
    assert "Could not set lock" in other.stderr


def test_an_empty_folder_is_still_a_new_workspace(tmp_path: Path) -> None:
    with opened(Workspace(tmp_path / "new")) as context:
        assert context.store.fetch("SELECT * FROM datasets") == []
    with opened(Workspace(tmp_path / "new")) as context:
        assert context.ledger.decisions.newest() == 0


def _read_all(workspace: Workspace) -> None:
    """Every row of every file, by those who keep it."""
    with opened(workspace) as context:
        context.store.fetch("SELECT schema_version.version FROM schema_version")
        for (table,) in context.store.fetch(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        ):
            context.store.fetch(f'SELECT * FROM "{table}"')
        context.ledger.decisions.since(0)
        context.queue.list()

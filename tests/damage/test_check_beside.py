"""A check while another process has the workspace open: the same answer as alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import PROJECT, Workspace
from tests.damage.ways import FILES, WAYS
from tests.integration.cli_support import Ran

SERVING = """
import sys
from core.commands import answer
from core.services.context import open_context
from core.settings import workspace
from core.together.server import serve
context = open_context(workspace(sys.argv[1]))
serve(context, answer)
context.store.fetch("SELECT * FROM datasets")
print("open", flush=True)
sys.stdin.read()
context.close()
"""


@pytest.fixture
def serving(workspace: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the workspace open and takes commands, as the app does."""
    command = [sys.executable, "-c", SERVING, str(workspace.root)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout
        other.stdout.readline()
        yield other
        other.stdin.close()


def test_a_check_answers_beside_the_app_as_alone_and_leaves_nothing(
    workspace: Workspace, run: Callable[..., Ran], serving: subprocess.Popen[bytes]
) -> None:
    before = sorted(workspace.root.iterdir())
    beside, beside_json = run("check"), run("check", "--json")
    assert sorted(workspace.root.iterdir()) == before
    assert serving.stdin is not None
    serving.stdin.close()
    serving.wait(20)
    alone, alone_json = run("check"), run("check", "--json")
    assert (beside.code, beside.out) == (alone.code, alone.out)
    assert (beside_json.code, beside_json.json) == (alone_json.code, alone_json.json)
    assert beside.code == 0 and "1 datasets, 3 versions" in beside.out


@pytest.mark.usefixtures("serving")
@pytest.mark.parametrize("file", FILES)
def test_what_is_damaged_on_the_disk_is_found_though_the_app_may_still_have_it_in_mind(
    workspace: Workspace, run: Callable[..., Ran], file: str
) -> None:
    _flip_in_place(workspace.root / file)
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == file)
    assert (checked.code, found["state"]) == (1, "damaged")
    assert "python -m core re" in found["step"]


@pytest.mark.usefixtures("serving")
def test_a_store_that_cannot_be_copied_is_said_to_be_unread_and_why(
    workspace: Workspace, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.together.client.release", lambda: "99.0")
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "winnow.duckdb")
    assert (checked.code, found["state"]) == (0, "in use")
    assert "could not have it read: The app that has the workspace open is Winnow" in found["said"]


def _flip_in_place(file: Path) -> None:
    """Damages a file that another process has open."""
    content = file.read_bytes()
    copy = file.with_name("flipped" + file.suffix)
    copy.write_bytes(content)
    WAYS["flipped_within"](copy)
    with file.open("r+b") as opened:
        opened.write(copy.read_bytes())
    copy.unlink()

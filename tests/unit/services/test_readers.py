"""The process that reads what people bring belongs to an open workspace, and ends with it."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from core.context import Context
from core.errors import SourceError
from core.reading.ask import readers
from core.services.context import open_context
from core.services.load import preview
from core.settings import Workspace
from tests.integration.job_support import lives, wait_until


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "t.csv"
    path.write_text("text,label\na,x\nb,y\n")
    return str(path)


def pid_of(context: Context) -> int:
    return readers(context.beside).warm()._process.pid


def test_each_open_workspace_has_a_reader_of_its_own_which_ends_with_it(tmp_path: Path, table: str) -> None:
    one, other = (open_context(Workspace(tmp_path / name)) for name in ("one", "other"))
    with closing(other):
        with closing(one):
            assert len(preview(one, [table]).rows) == len(preview(other, [table]).rows) == 2
            first, second = pid_of(one), pid_of(other)
            assert first != second and lives(first) and lives(second)
        assert not lives(first)
        with pytest.raises(SourceError, match="workspace was closed"):
            preview(one, [table])
        assert len(preview(other, [table]).rows) == 2 and pid_of(other) == second
    assert not lives(second)


def test_a_reader_that_was_ended_is_started_anew(workspace: Workspace, table: str) -> None:
    with closing(open_context(workspace)) as context:
        preview(context, [table])
        pid = pid_of(context)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not lives(pid), "the end of the reader")
        assert len(preview(context, [table]).rows) == 2
        assert pid_of(context) != pid

"""The process that reads what people bring belongs to an open workspace, and ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
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


@pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="the system does not say how long a thread waited"
)
def test_a_reader_that_waits_for_a_processor_has_the_time_it_would_have_alone(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = tmp_path / "wide.csv"
    row = ",".join(str(column) for column in range(2_000))
    wide.write_text("".join([f"text,label,{row.replace('1', 'c1')}\n", *(f"a,x,{row}\n" for _ in range(50))]))
    with closing(open_context(workspace)) as context, ExitStack() as busy:
        nursery, core = pid_of(context), min(os.sched_getaffinity(0))
        os.sched_setaffinity(nursery, {core})
        alone = min(_seconds(lambda: preview(context, [str(wide)], "csv")) for _ in range(3))
        monkeypatch.setattr("core.services.load.PREVIEW_SECONDS", 2 * alone)
        for _ in range(8):
            loop = busy.enter_context(endless())
            os.sched_setaffinity(loop.pid, {core})
        among_others = _seconds(lambda: preview(context, [str(wide)], "csv"))
        assert among_others > 2 * alone, "nothing was in its way"


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@contextmanager
def endless() -> Iterator[subprocess.Popen[bytes]]:
    """A process that keeps a processor busy, apart from all others: so each gets the same share."""
    loop = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    try:
        yield loop
    finally:
        loop.kill()
        loop.wait()

"""What is run while somebody waits ends when they no longer do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.identity import identify
from core.jobs.foreground import passing_folder, run_module
from core.progress import watched
from core.queue import JobFolder

MODULE = "tests.unit.jobs.waiting"


def test_an_interrupt_ends_the_process_too() -> None:
    with passing_folder() as folder:
        began = folder.path / "pid"

        def interrupt_once_it_runs() -> None:
            if began.exists() and began.read_text():
                raise KeyboardInterrupt

        with watched(interrupt_once_it_runs), pytest.raises(KeyboardInterrupt):
            run_module(MODULE, folder)
        assert identify(int(began.read_text())) is None


def test_more_time_than_it_has_ends_it(tmp_path: Path) -> None:
    import subprocess

    folder = JobFolder(tmp_path).create()
    began = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        run_module(MODULE, folder, 1.0)
    assert time.monotonic() - began < 20


def test_the_last_line_says_why_it_failed() -> None:
    with passing_folder() as folder:
        assert "nowhere_at_all" in run_module("nowhere_at_all", folder)

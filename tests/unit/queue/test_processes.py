"""Telling a job's processes from all others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.identity import Identity, identify
from core.queue.local.processes import MARK, group_members, kill_job

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own that belongs to no job."""
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def _identity(pid: int) -> Identity:
    identity = identify(pid)
    assert identity is not None
    return identity


def test_a_process_is_identified_by_start_time_and_command_line(stranger: subprocess.Popen[bytes]) -> None:
    identity = _identity(stranger.pid)
    assert "time.sleep(60)" in identity.command
    assert identity == _identity(stranger.pid)


def test_a_dead_process_has_no_identity_even_before_it_is_waited_for() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert identify(process.pid) is None
    process.wait()


def test_the_saved_process_group_is_killed(stranger: subprocess.Popen[bytes]) -> None:
    assert group_members(stranger.pid) == [stranger.pid]
    assert kill_job("a-job", _identity(stranger.pid))
    assert stranger.wait() == -9


@pytest.mark.parametrize("change", [{"started": "boot:1"}, {"command": "python -m core.jobs.scan.run /runs/1"}])
def test_a_pid_that_another_process_has_now_is_not_killed(
    stranger: subprocess.Popen[bytes], change: dict[str, str]
) -> None:
    assert kill_job("a-job", replace(_identity(stranger.pid), **change))
    assert stranger.poll() is None


def test_a_marked_process_is_killed_wherever_it_went(stranger: subprocess.Popen[bytes]) -> None:
    marked = subprocess.Popen(SLEEP, env=os.environ | {MARK: "a-job"}, start_new_session=True)
    other = subprocess.Popen(SLEEP, env=os.environ | {MARK: "a-job-2"}, start_new_session=True)
    try:
        assert kill_job("a-job", None)
        assert marked.wait() == -9
        assert other.poll() is None and stranger.poll() is None
    finally:
        other.kill()
        other.wait()

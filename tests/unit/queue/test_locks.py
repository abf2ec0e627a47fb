"""Locks that die with their process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.queue.local.locks import try_lock, unlock


def test_a_lock_is_had_once_even_within_one_process(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "slots" / "cpu.lock")
    assert held is not None
    assert try_lock(tmp_path / "slots" / "cpu.lock") is None
    unlock(held)
    again = try_lock(tmp_path / "slots" / "cpu.lock")
    assert again is not None
    unlock(again)


def test_a_lock_handed_to_a_child_lives_exactly_as_long_as_the_child(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "alive.lock")
    assert held is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(held,))
    unlock(held)
    assert try_lock(tmp_path / "alive.lock") is None
    child.kill()
    child.wait()
    again = try_lock(tmp_path / "alive.lock")
    assert again is not None
    unlock(again)
    assert child.stdin is not None
    child.stdin.close()

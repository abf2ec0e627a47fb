"""A disk of a few megabytes, to be filled to the last byte."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MB = 1_000_000
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """What is mounted at `path`."""

    path: Path

    @property
    def free(self) -> int:
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize

    def fill(self, left: int = 0) -> None:
        """Takes all room but so many bytes."""
        self.empty()
        with suppress(OSError), (self.path / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"\1" * (256 * _BLOCK if self.free > 512 * _BLOCK else _BLOCK))
        if left:
            os.truncate(self.path / "filler", max(0, (self.path / "filler").stat().st_size - left))

    def empty(self) -> None:
        """Gives the room back."""
        (self.path / "filler").unlink(missing_ok=True)


@contextmanager
def mounted(path: Path, size: int) -> Iterator[SmallDisk | None]:
    """A disk in memory of so many bytes at `path`; None where this process may not mount one."""
    path.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    try:
        allowed = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    try:
        yield SmallDisk(path) if allowed else None
    finally:
        if allowed:
            subprocess.run(["umount", "--lazy", str(path)], check=True)

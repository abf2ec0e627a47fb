"""Fixtures of a small disk, and of pages on a workspace of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_disk.small_disk import MB, SmallDisk, mounted
from tests.pages.conftest import app, open_at

__all__ = ["app", "disk", "open_at"]

SIZE = 96 * MB


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mounted(tmp_path / "disk", SIZE) as small:
        if small is None:
            pytest.skip("this process may not mount a small disk")
        yield small

"""What the source tests work with: an engine that looks into files, and images made on the spot."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.reading.work import query
from core.sources import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench with a scratch folder of its own."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Bench(query, scratch)

"""Fixtures that every test folder shares: a fresh workspace, an open context on it, and the real data where it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.settings import Workspace

if TYPE_CHECKING:
    from core.services.context import Context

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes: each with threads for all cores would be slower
    os.environ.setdefault("OMP_NUM_THREADS", "1")

PROJECT = Path(__file__).resolve().parent.parent
UNIT = PROJECT / "tests" / "unit"
SLOW = frozenset(
    {
        *("as_written", "association", "classifier", "cleaning", "effect", "evaluation"),
        *("export", "forecast", "ingest", "label", "loop", "models"),
        *("noise", "out_of_sample", "pixels", "predict", "recomputation", "review"),
        *("round_trip", "rows", "saved_heads", "scan", "share", "sizes"),
        *("text_model", "train", "train_head", "train_images", "trash"),
    }
)
"""What the modules of unit tests are about that compute for 3 seconds or more; all others are quick."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `make quick` runs."""
    for item in items:
        if UNIT in item.path.parents and item.path.stem.removeprefix("test_") not in SLOW:
            item.add_marker("quick")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace of its own for each test."""
    return Workspace(tmp_path / "workspace").create()


@pytest.fixture
def context(workspace: Workspace) -> Iterator[Context]:
    """The workspace, opened as the app opens it."""
    from core.services.context import open_context

    opened = open_context(workspace)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real datasets: `$WINNOW_DATA`, else `../shared/data` beside the project."""
    folder = Path(os.environ.get("WINNOW_DATA") or PROJECT.parent / "shared" / "data")
    if not (folder / "banking77").is_dir():
        pytest.skip(f"real data not found at {folder}: set WINNOW_DATA")
    return folder

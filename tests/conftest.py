"""Fixtures that every test folder shares: a fresh workspace, an open context on it, and the real data where it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.settings import Workspace

if TYPE_CHECKING:
    from core.context import Context

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("WINNOW_TOKEN", "")  # servers that tests start ask no browser for it
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 8 << 30:  # workspaces that no disk is waited for
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes: each with threads for all cores would be slower
    os.environ.setdefault("OMP_NUM_THREADS", "1")

PROJECT = Path(__file__).resolve().parent.parent
UNIT = PROJECT / "tests" / "unit"
SLOW = (
    *("arrays", "bench", "duplicates", "finetune", "heads", "issues", "jobs", "modalities"),  # rooms that load torch
    "services",  # a loaded dataset for each test
    *("evaluation/test_bootstrap.py", "evaluation/test_costs.py", "evaluation/test_curves.py"),
    "evaluation/test_effect.py",
    *(
        "evaluation/test_metrics.py",
        "evaluation/test_multi_label.py",
        "profile/test_association.py",
        "queue/test_accelerate_config.py",
    ),
    *("queue/test_start.py", "sources/test_as_written.py", "store/test_ingest.py", "store/test_issues.py"),
    *("store/test_rows.py", "store/test_versions.py"),
)
"""Rooms and modules of unit tests that take many seconds; all others are quick."""
_SLOW = {UNIT / name for name in SLOW}
LEFT_TO_CI = tuple(
    f"{folder}/{name}.py"
    for folder, names in {
        "browser": (
            "test_accessible test_by_keyboard test_class_names test_data test_empty_states test_evaluation "
            "test_first_steps test_fix_here test_issues test_jobs_page test_journey test_keyboard test_map "
            "test_review_desk test_review_mishaps test_review_several test_similar test_sounds test_spans test_story "
            "test_words"
        ),
        "damage": "test_arrays test_check_beside test_logs test_restore",
        "full_disk": "test_no_room",
        "integration": (
            "test_bench_gpu test_beside_the_app test_cli_map test_cli_predict test_cli_scan test_cli_table_rows "
            "test_cli_train test_door test_fine_tune test_jobs_collect test_jobs_run test_journey test_light_web "
            "test_load_bad_rows test_load_columns test_load_hub test_load_images test_load_several test_load_sounds "
            "test_load_spans test_memory_estimate test_odd_files test_package test_python_api test_readme "
            "test_resident test_scan_spans test_several test_similar_asked test_train_endings test_unlabelled"
        ),
        "pages": (
            "test_number_list test_story_places test_table_rows test_training_several test_training_use "
            "test_training_use_spans"
        ),
        "unit/evaluation": "test_multi_label",
        "unit/issues/label": "test_disagreement test_share",
        "unit/jobs": "test_map test_train_numbers",
        "unit/services": "test_export test_round_trip test_sql_attacks",
    }.items()
    for name in names.split()
)
"""Modules of whole jobs, servers and journeys, each of half a minute or more: `make slow` runs them, and CI."""
_LEFT = {PROJECT / "tests" / name for name in LEFT_TO_CI}
LONGEST = (
    *("integration/test_fine_tune.py", "browser/test_accessible.py", "browser/test_words.py"),
    *("browser/test_journey.py", "integration/test_beside_the_app.py", "browser/test_first_steps.py"),
    *("integration/test_bench_gpu.py", "browser/test_empty_states.py", "integration/test_readme.py"),
    *("browser/test_keyboard.py", "integration/test_cli_map.py", "browser/test_review_desk.py"),
    *("browser/test_story.py", "integration/test_cli_train.py", "integration/test_resident.py"),
)
"""Modules that go first, so that none of them is left over while other processes have nothing more to do: those that
compute beside those that wait for a browser."""
_FIRST = {PROJECT / "tests" / name: place for place, name in enumerate(LONGEST)}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m quick` does not even import the slow ones, which takes as long as all the quick ones."""
    return True if config.option.markexpr == "quick" and collection_path in _SLOW else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is quick, and what is left to CI; the longest modules come first."""
    items.sort(key=lambda item: _FIRST.get(item.path, len(_FIRST)))
    for item in items:
        if item.path in _LEFT:
            item.add_marker("slow")
        if UNIT in item.path.parents and _SLOW.isdisjoint([item.path, *item.path.parents]):
            item.add_marker("quick")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace of its own for each test."""
    return Workspace(tmp_path / "workspace").create()


@pytest.fixture
def one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workspaces of these tests read with one warm process, lent to each: starting their own takes a second.
    `tests/unit/services/test_readers.py` has what a workspace's own does."""
    _lend_the_reader(monkeypatch)


def _lend_the_reader(patch: pytest.MonkeyPatch) -> None:
    from tests.lent_reader import lent

    patch.setattr("core.reading.ask.Nursery", lent)


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has been opened and closed: what a first opening makes is copied from it, in half the time."""
    from core.services.context import open_context

    root = tmp_path_factory.mktemp("opened-once") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        _lend_the_reader(patch)
        open_context(Workspace(root).create()).close()
    return root


@pytest.fixture
def context(workspace: Workspace, opened_once: Path, one_reader: None) -> Iterator[Context]:
    """The workspace, opened as the app opens it."""
    from core.services.context import open_context

    shutil.copytree(opened_once, workspace.root, dirs_exist_ok=True)
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

"""What a workspace takes of its disk, and what is cleared of it: what can be computed again and nobody uses."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.arrays.embeddings import EmbeddingCache
from core.context import Context
from core.errors import JobError, UsageError
from core.records import Job
from core.services import datasets
from core.services.trash import empty
from core.services.upkeep.backups import make_backup
from core.services.upkeep.space import DAY, KINDS, Cleared, Space, clear, space
from core.store.datasets import list_datasets
from tests.integration.job_support import load_stories

NAMES = (
    "embeddings",
    "pixels",
    "tokens",
    "maps",
    "checkpoints",
    "queries",
    "search",
    "jobs",
    "models",
    "runs",
    "media",
    "database",
    "backups",
)


def shard(context: Context, name: str = "encoder", rows: int = 1000, days: float = 0.0) -> list[Path]:
    """The files of a shard of embeddings that is so many days old."""
    folder = context.workspace.arrays / "embeddings" / name
    digests = np.array([f"{name}{days}{row}"[:16] for row in range(rows)], "S16")
    made = EmbeddingCache(folder).append(digests, np.zeros((rows, 8), np.float32))
    files = sorted(folder.glob(f"{made.name.partition('.')[0]}.*"))
    then = time.time() - days * DAY
    for file in files:
        os.utime(file, (then, then))
    return files


def job(context: Context, kind: str, **content: bytes) -> Job:
    """A job of this process with files in its folder: `output_model` is `output/model/it`."""
    made = context.queue.start_local(kind, f"A {kind}", {}, None, "ann")
    for name, written in content.items():
        file = Path(made.folder, *name.split("_"), "it")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
    return made


def size_of(found: Space, name: str) -> int:
    return next(one.size for one in found.kinds if one.kind.name == name)


def test_every_byte_of_the_workspace_is_counted_once(context: Context, tmp_path: Path) -> None:
    load_stories(context, tmp_path)
    shard(context)
    train = job(context, "train", output_checkpoint=b"1" * 9000, output_model=b"1" * 20000, input=b"1" * 5000)
    job(context, "scan", output_0=b"1" * 30000)
    (context.workspace.uploads / "table.csv").write_bytes(b"1" * 100)
    found = space(context.workspace)
    assert (size_of(found, "checkpoints"), size_of(found, "models")) == (12288, 20480)
    assert size_of(found, "embeddings") >= 32 * 1000 and size_of(found, "database") > 100_000
    everything = [path for path in context.workspace.root.rglob("*") if path.is_file()]
    left_out = {"reserve", "alive.lock", "spec.json", "job.json", "progress.jsonl"}
    counted = sum(512 * path.stat().st_blocks for path in everything if path.name not in left_out)
    counted += sum(512 * path.stat().st_blocks for path in Path(train.folder).iterdir() if path.is_file())
    assert found.size == counted
    assert found.again == sum(size_of(found, name) for name in NAMES[:8])


def test_what_is_old_enough_goes_and_the_rest_stays(context: Context) -> None:
    old, new = shard(context, days=40), shard(context, days=3)
    size = sum(512 * file.stat().st_blocks for file in old)
    assert clear(context.workspace, context.queue, "embeddings", 30) == Cleared("embeddings", 1, size)
    assert not any(file.exists() for file in old) and all(file.exists() for file in new)
    clear(context.workspace, context.queue, "embeddings", 0)
    assert not any(file.exists() for file in new)


def test_what_jobs_may_be_reading_is_left_while_one_runs(context: Context) -> None:
    files = shard(context)
    running = job(context, "scan")
    with pytest.raises(JobError, match="'A scan' is under way"):
        clear(context.workspace, context.queue, "embeddings", 0)
    assert all(file.exists() for file in files)
    context.queue.finish_local(running.job_id, "done")
    assert clear(context.workspace, context.queue, "embeddings", 0).count == 1


def test_a_running_jobs_checkpoint_and_folder_are_left(context: Context) -> None:
    running = job(context, "train", output_checkpoint=b"1")
    ended = job(context, "train", output_checkpoint=b"1", output_model=b"1")
    context.queue.finish_local(ended.job_id, "stopped")
    assert clear(context.workspace, context.queue, "checkpoints", 0).count == 1
    assert Path(running.folder, "output/checkpoint/it").exists()
    assert not Path(ended.folder, "output/checkpoint").exists()
    assert Path(ended.folder, "output/model/it").exists()


def test_of_a_job_that_is_taken_in_settings_and_log_stay(context: Context) -> None:
    scan, running = job(context, "scan", output_0=b"1", input=b"1"), job(context, "groups", input=b"1")
    context.queue.folder(scan.job_id).log_path.write_text("It printed this.")
    context.queue.finish_local(scan.job_id, "done")
    assert clear(context.workspace, context.queue, "jobs", 0).count == 1
    assert context.queue.log_tail(scan.job_id) == "It printed this."
    assert context.queue.folder(scan.job_id).spec() == {}
    assert not list(Path(scan.folder, "output").iterdir()) and Path(running.folder, "input/it").exists()


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if not kind.clearable] + ["nonsense"])
def test_what_people_would_miss_is_never_cleared(context: Context, tmp_path: Path, name: str) -> None:
    load_stories(context, tmp_path)
    with pytest.raises(UsageError, match=f"'{name}' cannot be cleared"):
        clear(context.workspace, context.queue, name, 0, sure=True)
    assert [dataset.name for dataset in list_datasets(context.store)] == ["stories"]


def test_a_result_that_could_not_be_taken_in_is_left(context: Context) -> None:
    failed = job(context, "scan", output_0=b"1")
    context.queue.folder(failed.job_id).write_result({})
    context.queue.finish_local(failed.job_id, "done")
    context.queue.fail(failed.job_id, "no room")
    assert context.queue.is_untaken(failed.job_id)
    clear(context.workspace, context.queue, "jobs", 0)
    assert Path(failed.folder, "output/0/it").exists()


def test_old_backups_go_where_somebody_is_sure_but_not_the_newest_that_is_whole(context: Context) -> None:
    made = [make_backup(context.workspace, context.store, "asked") for _ in range(3)]
    oldest, middle, newest = (one.path for one in made if one)
    (newest / "ledger.sqlite").write_bytes(b"broken")
    with pytest.raises(UsageError, match=r"2 of backups .* cannot be computed again"):
        clear(context.workspace, context.queue, "backups", 0)
    assert clear(context.workspace, context.queue, "backups", 30, sure=True).count == 0
    assert clear(context.workspace, context.queue, "backups", 0, sure=True).count == 2
    assert (oldest.exists(), middle.exists(), newest.exists()) == (False, True, False)
    (middle / "ledger.sqlite").write_bytes(b"broken")
    assert clear(context.workspace, context.queue, "backups", 0, sure=True).count == 0, "no other is whole"


def test_what_a_restore_has_set_aside_and_uploads_go_where_somebody_is_sure(context: Context) -> None:
    for name in ("damaged-20260101-000000/winnow.duckdb", "uploads/session/table.csv"):
        file = context.workspace.root / name
        file.parent.mkdir(parents=True)
        file.write_bytes(b"1")
    for kind in ("damaged", "uploads"):
        with pytest.raises(UsageError, match="Add --yes"):
            clear(context.workspace, context.queue, kind, 0)
        assert clear(context.workspace, context.queue, kind, 0, sure=True).count == 1
    assert not list(context.workspace.root.glob("damaged-*")) and not list(context.workspace.uploads.iterdir())


def test_the_trash_is_emptied_now_by_age_but_not_of_what_a_job_works_on(context: Context, tmp_path: Path) -> None:
    dataset = load_stories(context, tmp_path)
    datasets.delete(context, dataset.dataset_id)
    assert empty(context, days=1) == []
    running = context.queue.start_local("scan", "A scan", {}, dataset.dataset_id, "ann")
    with pytest.raises(JobError, match="'A scan' works on a dataset in the trash"):
        empty(context)
    context.queue.finish_local(running.job_id, "done")
    assert empty(context) == [dataset.dataset_id]
    assert list_datasets(context.store, "trashed") == []

"""What goes when the trash is emptied, and what stays."""

import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.arrays.shards import Shards
from core.context import Context
from core.modalities.payloads import digests
from core.modalities.text.token_store import tokenised
from core.records import Dataset
from core.review.records import Act
from core.services import datasets
from core.services.collect import empty_trash
from core.services.context import open_context
from core.services.follow import follow
from core.services.load import preview, start_load
from core.services.review.decisions import make_version, record
from core.services.trash import purge
from core.store.datasets import contents, list_datasets
from core.store.ids import new_id
from core.store.maps.points import folder_of_maps
from core.store.times import now, stored
from tests.images import png
from tests.integration.load_support import loaded


def _images(context: Context) -> list[Path]:
    """Originals and thumbnails."""
    return [file for file in context.workspace.media.rglob("*.*") if file.is_file()]


def _purge(context: Context) -> list[str]:
    """As on a day when everything in the trash is due."""
    return purge(context.store, context.ledger, context.queue, context.workspace, now() + timedelta(days=8))


def test_opening_the_workspace_removes_what_is_due_in_the_trash_with_its_images(
    context: Context, pets: Dataset, news: Dataset
) -> None:
    stray = context.workspace.media / "ab" / f"{'0' * 64}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    datasets.delete(context, pets.dataset_id)
    context.store.fetch(
        "UPDATE datasets SET trashed_at = ? WHERE dataset_id = ?", [stored(now() - timedelta(days=8)), pets.dataset_id]
    )
    context.close()
    with closing(open_context(context.workspace)) as reopened:
        assert [dataset.name for dataset in list_datasets(reopened.store)] == ["news"]
        assert list_datasets(reopened.store, "trashed") == []
        assert _images(reopened) == []


def test_images_that_another_dataset_has_stay_also_those_that_its_newest_version_excludes(
    context: Context, pets: Dataset, tmp_path: Path
) -> None:
    other = loaded(context, tmp_path / "pets", name="again")
    record(context, other.latest_version_id, "ada", [Act(new_id(), "exclude", 0)])
    make_version(context, other.latest_version_id, "", "ada")
    datasets.delete(context, pets.dataset_id)
    assert _purge(context) == [pets.dataset_id]
    assert len(_images(context)) == 12


def test_images_of_a_load_that_the_store_has_not_taken_in_yet_stay(
    context: Context, pets: Dataset, tmp_path: Path
) -> None:
    for seed, label in ((90, "a"), (91, "b")):
        (tmp_path / "more" / label).mkdir(parents=True)
        (tmp_path / "more" / label / "1.png").write_bytes(png(seed))
    place = [str(tmp_path / "more")]
    job = start_load(context, place, preview(context, place).guess, name="more", by="ada")
    while context.queue.get(job.job_id).status != "done":
        time.sleep(0.02)
    datasets.delete(context, pets.dataset_id)
    assert _purge(context) == [pets.dataset_id]
    follow(context, job.job_id)
    assert len(_images(context)) == 16


def test_a_deleted_dataset_comes_back_with_its_images(context: Context, pets: Dataset) -> None:
    datasets.delete(context, pets.dataset_id)
    assert purge(context.store, context.ledger, context.queue, context.workspace) == []
    assert datasets.restore(context, pets.dataset_id).row_count == 6
    assert len(_images(context)) == 12


def test_a_workspace_that_stays_open_lets_go_of_datasets_and_leaves_shared_files_to_the_next_opening(
    context: Context, pets: Dataset, news: Dataset
) -> None:
    datasets.delete(context, pets.dataset_id)
    assert empty_trash(context) == []
    long_ago = stored(now() - timedelta(days=8))
    context.store.fetch("UPDATE datasets SET trashed_at = ? WHERE dataset_id = ?", [long_ago, pets.dataset_id])
    assert empty_trash(context) == [pets.dataset_id]
    assert list_datasets(context.store, "trashed") == [] and len(_images(context)) == 12
    context.close()
    with closing(open_context(context.workspace)) as reopened:
        assert _images(reopened) == [] and list(reopened.workspace.trash.iterdir()) == []


def test_a_clock_that_steps_back_lengthens_the_trash_by_its_days_alone(context: Context, news: Dataset) -> None:
    datasets.delete(context, news.dataset_id)
    context.store.fetch("UPDATE datasets SET trashed_at = ?", [stored(now() + timedelta(days=4000))])
    assert purge(context.store, context.ledger, context.queue, context.workspace) == []
    assert _purge(context) == [news.dataset_id]


def _kept(context: Context, kind: str, *chosen: tuple[Dataset, int]) -> Path:
    """One shard of an encoder's vectors, or of pixels, with the first contents of each of these datasets."""
    cache = Shards(context.workspace.arrays / kind / "a-way-to-make-them")
    before = set(cache.folder.glob("*"))
    found = np.concatenate([digests(contents(context.store, dataset.dataset_id))[:n] for dataset, n in chosen])
    cache.append(found, np.ones((len(found), 4), np.float32))
    (shard,) = [file for file in cache.folder.glob("*.vectors.npy") if file not in before]
    return shard


@pytest.mark.parametrize("kind", ["embeddings", "pixels"])
def test_runs_embeddings_and_pixels_go_with_the_dataset_that_alone_had_them(
    context: Context, pets: Dataset, news: Dataset, kind: str
) -> None:
    loads = [job for dataset in (pets, news) for job in context.queue.of("load", dataset.dataset_id)]
    alone, shared, other = (
        _kept(context, kind, (pets, 6)),
        _kept(context, kind, (pets, 2), (news, 2)),
        _kept(context, kind, (news, 5)),
    )
    maps = [folder_of_maps(context.store, one.dataset_id) for one in (pets, news)]
    for one in maps:
        one.mkdir(parents=True, exist_ok=True)
    datasets.delete(context, pets.dataset_id)
    assert _purge(context) == [pets.dataset_id]
    assert [one.exists() for one in maps] == [False, True]
    assert [job.dataset_id for job in loads if Path(job.folder).exists()] == [news.dataset_id]
    assert [job.dataset_id for job in context.queue.list()] == [news.dataset_id]
    assert [shard.exists() for shard in (alone, shared, other)] == [False, True, True]
    assert len(list(alone.parent.glob("*"))) == 6
    datasets.delete(context, news.dataset_id)
    assert _purge(context) == [news.dataset_id]
    assert list(context.workspace.runs.iterdir()) == []
    assert list(context.workspace.arrays.rglob("*.npy")) == []


def _cut(context: Context, *chosen: tuple[Dataset, int]) -> Path:
    """One shard of a model's tokens of the first contents of each of these datasets."""
    folder = context.workspace.arrays / "tokens" / "a-model"
    before = set(folder.glob("*"))
    found = np.concatenate([digests(contents(context.store, dataset.dataset_id))[:n] for dataset, n in chosen])
    tokenised(folder, found, lambda rows: ["a"] * len(rows), lambda texts: [[1]] * len(texts), lambda done, total: None)
    (shard,) = [file for file in folder.glob("*.tokens.npy") if file not in before]
    return shard


def test_the_tokens_of_deleted_texts_go_with_them(context: Context, news: Dataset, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("text,label\n" + "".join(f"another {n},{'ab'[n % 2]}\n" for n in range(8)))
    more = loaded(context, tmp_path / "more.csv", name="more")
    alone, shared = _cut(context, (more, 3)), _cut(context, (more, 5), (news, 2))
    of_an_older_release = alone.parent / "dead.parquet"
    of_an_older_release.write_bytes(b"tokens")
    datasets.delete(context, more.dataset_id)
    assert _purge(context) == [more.dataset_id]
    assert (alone.exists(), shared.exists(), of_an_older_release.exists()) == (False, True, False)
    assert len(list(alone.parent.iterdir())) == 4

import os
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.records import Dataset
from core.review.records import Act
from core.store.datasets import list_datasets
from core.store.ids import new_id
from core.store.times import now, stored
from core.workflow import datasets
from core.workflow.context import Context, open_context
from core.workflow.media import original, thumbnail
from core.workflow.review import make_version, record
from core.workflow.trash import purge
from tests.integration.load_support import loaded


@pytest.mark.parametrize(
    "media_id", ["../winnow.duckdb", "ab/../../winnow.duckdb", "/etc/passwd", "", f"ab/{'0' * 64}.exe"]
)
def test_a_media_id_names_nothing_outside_the_media_folder(context: Context, media_id: str) -> None:
    for read in (thumbnail, original):
        with pytest.raises(NotFoundError, match="no image of this workspace"):
            read(context, media_id)


def test_an_image_that_is_gone_is_named(context: Context) -> None:
    with pytest.raises(NotFoundError, match="is missing"):
        original(context, f"ab/{'0' * 64}.png")


def test_opening_the_workspace_removes_what_is_due_in_the_trash_with_its_images(
    context: Context, pets: Dataset, news: Dataset
) -> None:
    media = context.workspace.media
    before = {file for file in media.rglob("*.*") if file.is_file()}
    stray = media / "ab" / f"{'0' * 64}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    for file in (*before, stray):
        os.utime(file, (time.time() - 9e5,) * 2)
    datasets.delete(context, pets.dataset_id)
    context.store.fetch(
        "UPDATE datasets SET trashed_at = ? WHERE dataset_id = ?", [stored(now() - timedelta(days=8)), pets.dataset_id]
    )
    context.close()
    with closing(open_context(context.workspace)) as reopened:
        assert [dataset.name for dataset in list_datasets(reopened.store)] == ["news"]
        assert list_datasets(reopened.store, "trashed") == []
    assert not [file for file in media.rglob("*.*") if file.is_file()]


def test_images_that_another_dataset_has_stay_when_one_is_removed_also_those_its_newest_version_excludes(
    context: Context, pets: Dataset, tmp_path: Path
) -> None:
    other = loaded(context, tmp_path / "pets", name="again")
    record(context, other.latest_version_id, "ada", [Act(new_id(), "exclude", 0)])
    make_version(context, other.latest_version_id, "", "ada")
    for file in context.workspace.media.rglob("*.*"):
        os.utime(file, (time.time() - 9e5,) * 2)
    datasets.delete(context, pets.dataset_id)
    assert purge(context.store, context.workspace, now() + timedelta(days=8)) == [pets.dataset_id]
    assert len(list(context.workspace.media.rglob("*.webp"))) == 6


def test_a_deleted_dataset_comes_back_with_its_images(context: Context, pets: Dataset) -> None:
    datasets.delete(context, pets.dataset_id)
    assert purge(context.store, context.workspace) == []
    assert datasets.restore(context, pets.dataset_id).row_count == 6
    assert len(list(context.workspace.media.rglob("*.webp"))) == 6

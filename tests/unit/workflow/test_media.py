import os
import time
from datetime import timedelta

import pytest

from core.errors import NotFoundError
from core.records import Dataset
from core.store.times import now, stored
from core.workflow import datasets
from core.workflow.context import Context
from core.workflow.media import original, thumbnail


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


def test_images_of_a_purged_dataset_go_and_those_of_others_stay(context: Context, pets: Dataset) -> None:
    media = context.workspace.media
    before = {file for file in media.rglob("*.*") if file.is_file()}
    stray = media / "ab" / f"{'0' * 64}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    for file in (*before, stray):
        os.utime(file, (time.time() - 9e5,) * 2)
    assert datasets.purge(context) == []
    datasets.delete(context, pets.dataset_id)
    context.store.fetch("UPDATE datasets SET trashed_at = ?", [stored(now() - timedelta(days=8))])
    assert datasets.purge(context) == [pets.dataset_id]
    assert not [file for file in media.rglob("*.*") if file.is_file()]


def test_a_deleted_dataset_comes_back_with_its_images(context: Context, pets: Dataset) -> None:
    datasets.delete(context, pets.dataset_id)
    assert datasets.purge(context) == []
    assert datasets.restore(context, pets.dataset_id).row_count == 6
    assert len(list(context.workspace.media.rglob("*.webp"))) == 6

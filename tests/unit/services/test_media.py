import io

import pytest
from PIL import Image

from core.context import Context
from core.errors import NotFoundError
from core.services.media import original, shown, thumbnail
from core.sources.images.image import keep
from tests.images import png


@pytest.mark.parametrize(
    "media_id", ["../winnow.duckdb", "ab/../../winnow.duckdb", "/etc/passwd", "", f"ab/{'0' * 64}.exe"]
)
def test_a_media_id_names_nothing_outside_the_media_folder(context: Context, media_id: str) -> None:
    for read in (thumbnail, shown, original):
        with pytest.raises(NotFoundError, match="no file of this workspace"):
            read(context, media_id)


def test_an_image_that_is_gone_is_named(context: Context) -> None:
    with pytest.raises(NotFoundError, match="is missing"):
        original(context, f"ab/{'0' * 64}.png")


def test_a_large_photo_is_shown_by_its_preview_and_its_original_stays(context: Context) -> None:
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).save(out, "JPEG", quality=95)
    media_id = keep(out.getvalue(), context.workspace.media).media_id
    content, mime = shown(context, media_id)
    assert (mime, Image.open(io.BytesIO(content)).size) == ("image/webp", (1280, 853))
    assert len(content) < len(out.getvalue()) / 4
    assert original(context, media_id) == (out.getvalue(), "image/jpeg")


def test_a_small_image_is_shown_as_it_is(context: Context) -> None:
    media_id = keep(png(1), context.workspace.media).media_id
    assert shown(context, media_id) == original(context, media_id)


def test_a_large_photo_that_was_loaded_without_a_preview_is_shown_as_it_is(context: Context) -> None:
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(out, "JPEG")
    media_id = keep(out.getvalue(), context.workspace.media).media_id
    (preview,) = (context.workspace.media / "previews").rglob("*.webp")
    preview.unlink()
    assert shown(context, media_id) == (out.getvalue(), "image/jpeg")

import pytest

from core.errors import NotFoundError
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

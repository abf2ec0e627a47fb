import io
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from core.errors import SourceError
from core.modalities.image.opening import ImageFault, open_image, size_of
from core.settings import MAX_CELL_BYTES
from core.sources.images.image import PREVIEW_SIDE, THUMBNAIL_SIDE, keep
from tests.images import declared_png, png


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_an_image_is_stored_under_the_address_of_its_content_with_a_thumbnail(tmp_path: Path) -> None:
    content = png(1, width=300, height=200)
    found = keep(content, tmp_path)
    assert (found.width, found.height) == (300, 200)
    assert found.media_id == f"{found.content_hash[:2]}/{found.content_hash}.png"
    assert (tmp_path / found.media_id).read_bytes() == content
    thumbnail = Image.open(tmp_path / "thumbnails" / found.content_hash[:2] / f"{found.content_hash}.webp")
    assert max(thumbnail.size) == THUMBNAIL_SIDE


@pytest.mark.parametrize(("width", "height", "shown"), [(2560, 640, (1280, 320)), (700, 2000, (448, 1280))])
def test_a_large_photo_gets_a_preview_beside_it(
    tmp_path: Path, width: int, height: int, shown: tuple[int, int]
) -> None:
    found = keep(_saved(Image.new("RGB", (width, height), "red"), "JPEG"), tmp_path)
    preview = Image.open(tmp_path / "previews" / found.content_hash[:2] / f"{found.content_hash}.webp")
    assert preview.size == shown


def test_only_what_a_browser_cannot_show_or_is_large_gets_a_preview(tmp_path: Path) -> None:
    keep(png(1, width=PREVIEW_SIDE, height=9), tmp_path)
    assert not (tmp_path / "previews").exists()
    found = keep(_saved(Image.new("RGB", (5, 4), "red"), "TIFF"), tmp_path)
    assert (tmp_path / "previews" / found.content_hash[:2] / f"{found.content_hash}.webp").exists()


@pytest.mark.parametrize(("grey", "brightness"), [(0, 0.0), (255, 1.0), (51, 0.2)])
def test_brightness_is_the_mean_and_contrast_the_spread_of_the_luma(
    tmp_path: Path, grey: int, brightness: float
) -> None:
    found = keep(_saved(Image.new("L", (8, 8), grey), "PNG"), tmp_path)
    assert found.brightness == pytest.approx(brightness)
    assert found.contrast == pytest.approx(0, abs=1e-9)


def test_contrast_is_that_of_numpy(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16), dtype=np.uint8)
    found = keep(_saved(Image.fromarray(pixels), "PNG"), tmp_path)
    assert found.contrast == pytest.approx(float((pixels / 255).std()))


def test_a_photo_is_turned_as_the_camera_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = keep(_saved(Image.new("RGB", (30, 10)), "JPEG", exif=exif), tmp_path)
    assert (found.width, found.height) == (10, 30)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_every_format_is_read(tmp_path: Path, form: str) -> None:
    assert keep(_saved(Image.new("RGB", (5, 4), "red"), form), tmp_path).width == 5


def test_the_size_is_read_from_the_header_alone(tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(png(1, width=30, height=20)[:60])
    assert size_of(tmp_path / "cut.png") == (30, 20)
    with pytest.raises(SourceError, match=r"cut\.png cannot be read"):
        open_image(tmp_path / "cut.png")
    (tmp_path / "drawing.ppm").write_bytes(_saved(Image.new("RGB", (5, 4)), "PPM"))
    with pytest.raises(ImageFault, match="no known image format"):
        size_of(tmp_path / "drawing.ppm")


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "I;16", "CMYK", "1"])
def test_every_mode_is_read(tmp_path: Path, mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    assert keep(_saved(Image.new(mode, (5, 4)), form), tmp_path).height == 4


def test_30_000_by_30_000_pixels_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    with pytest.raises(ImageFault, match="limit of 64 megapixels"):
        keep(declared_png(30_000), tmp_path)
    with pytest.raises(ImageFault, match=r"9,000 × 9,000 pixels, the limit is 64 megapixels"):
        keep(declared_png(9_000), tmp_path)
    with pytest.warns(Image.DecompressionBombWarning), pytest.raises(ImageFault, match="limit is 64 megapixels"):
        keep(declared_png(12_000), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no image", png(1)[:100], b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_image_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImageFault, match="unreadable image"):
        keep(content, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_image_that_breaks_off_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(ImageFault, match=r"^unreadable image: the file breaks off before its end$"):
        keep(_saved(Image.effect_noise((60, 40), 99.0).convert("RGB"), "JPEG")[:900], tmp_path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(ImageFault, match="the limit is 32 MB"):
        keep(bytes(MAX_CELL_BYTES + 1), tmp_path)


def _keep_all(media: Path) -> int:
    return len([keep(png(number), media) for number in range(200)])


def test_processes_that_meet_the_same_images_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    with get_context("fork").Pool(2) as pool:
        assert pool.map(_keep_all, [tmp_path] * 2, chunksize=1) == [200, 200]
    assert not list(tmp_path.rglob("*.part"))


def _deep(low: int, high: int, form: str) -> bytes:
    """A grey gradient of 16 bits."""
    return _saved(Image.fromarray(np.linspace(low, high, 1024).astype(np.uint16).reshape(32, 32)), form)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize(("low", "high"), [(3_000, 12_000), (41_000, 60_000)])
def test_grey_of_16_bits_is_scaled_and_not_cut(tmp_path: Path, form: str, low: int, high: int) -> None:
    found = keep(_deep(low, high, form), tmp_path)
    assert found.brightness == pytest.approx((low + high) / 2 / 65_535, abs=0.005)
    assert found.contrast == pytest.approx((high - low) / 65_535 / 12**0.5, abs=0.005)
    thumbnail = Image.open(tmp_path / "thumbnails" / found.content_hash[:2] / f"{found.content_hash}.webp")
    assert len(thumbnail.convert("L").getcolors() or []) > 20
    pixels = np.asarray(open_image(tmp_path / found.media_id))
    assert pixels.mean() / 255 == pytest.approx(found.brightness)


def test_fractions_are_taken_for_black_to_white(tmp_path: Path) -> None:
    fractions = Image.fromarray(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8))
    assert keep(_saved(fractions, "TIFF"), tmp_path).brightness == pytest.approx(0.5, abs=0.005)


def test_white_may_be_zero_in_16_bits(tmp_path: Path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[262] = 0
    dark = Image.fromarray(np.full((4, 4), 65_535, np.uint16))
    assert keep(_saved(dark, "TIFF", tiffinfo=tags), tmp_path).brightness == 0


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.full((4, 4), -5.0, np.float32), "fractions from -5 to -5, where 0 to 1"),
        (np.full((4, 4), np.nan, np.float32), "fractions from nan to nan"),
        (np.full((4, 4), 70_000, np.int32), "whole numbers from 70000 to 70000, where 0 to 65535"),
    ],
)
def test_pixels_of_an_unknown_range_set_their_image_aside(
    tmp_path: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.float32]], said: str
) -> None:
    with pytest.raises(ImageFault, match=said):
        keep(_saved(Image.fromarray(pixels), "TIFF"), tmp_path)

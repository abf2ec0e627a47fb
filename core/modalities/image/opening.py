"""Opens images, the only place that does: formats that are known, size checked before decoding, upright, eight bits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import SourceError
from core.modalities.file_fault import FileFault
from core.settings import MAX_IMAGE_PIXELS
from core.words import stored

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
"""A JPEG with several images in it says MPO of itself once it is open."""
_DEEP = ("I", "F")
"""How the modes of more than eight bits begin, of which Pillow itself keeps the lowest eight."""
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
"""Of TIFF 6.0."""
_WHITE_IS_ZERO = 0
_ORIENTATION = 274
"""Of EXIF 2.3."""
_NO_TAGS = 20
"""Bytes of metadata that holds nothing: its name, its header and an empty list."""


class ImageFault(FileFault):
    """Why an image is set aside."""


def open_image(path: Path) -> Image.Image:
    """`opened` of an image that was loaded once. Raises SourceError where it cannot be read or is too large."""
    try:
        return opened(path)
    except ImageFault as fault:
        raise SourceError(f"The image {path.name} cannot be read: {fault}", "Load the dataset again.") from fault


def opened(source: Path | bytes) -> Image.Image:
    """The image upright in RGB, transparency on white. Raises ImageFault as `decoded` does."""
    shown, _ = decoded(source)
    return shown if shown.mode == "RGB" else shown.convert("RGB")


def decoded(source: Path | bytes) -> tuple[Image.Image, str]:
    """The image as `upright` has it, and the name of its format, of a file or of what stands in one.

    Raises ImageFault for anything that is no image, is broken, or has more than `MAX_IMAGE_PIXELS` pixels; the number
    of pixels is read from the header, so a bomb is never decoded.
    """
    with _open(source) as image:
        image.load()
        return upright(image), str(image.format)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height as the header has them: nothing is decoded. Raises ImageFault as `decoded` does."""
    with _open(path) as image:
        return image.size


def turned(path: Path) -> int | None:
    """How the pixels of an image lie in its file, by its metadata: 1 upright, 2 to 8 mirrored or turned, as EXIF 2.3
    numbers it. None where there is metadata that cannot be read; 1 where there is none. Raises ImageFault as `decoded`
    does."""
    with _open(path) as image:
        held = image.info.get("exif", b"")
        try:
            tags = dict(image.getexif())
        except Exception:  # Pillow raises anything on broken metadata, too
            return None
        if not tags and len(held) > _NO_TAGS:
            return None
        orientation = tags.get(_ORIENTATION, 1)
        return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


@contextmanager
def _open(source: Path | bytes) -> Iterator[Image.Image]:
    """An image of which only the header is read; what goes wrong within the block is the image's fault."""
    try:
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        with Image.open(file, formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_IMAGE_PIXELS:
                raise ImageFault(
                    stored(
                        f"image of {width:,} × {height:,} pixels, the limit is {MAX_IMAGE_PIXELS / 1e6:,.0f} megapixels"
                    )
                )
            yield image
    except ImageFault:
        raise
    except Image.DecompressionBombError as error:
        # Pillow refuses it before it says its size, and repeats in English what is said here.
        raise ImageFault(stored(f"image over the limit of {MAX_IMAGE_PIXELS / 1e6:,.0f} megapixels")) from error
    except UnidentifiedImageError as error:
        raise ImageFault(stored("unreadable image: the file is broken, or of no known image format")) from error
    except Exception as error:  # Pillow's plugins raise anything on broken files: struct.error, SyntaxError, KeyError …
        if "truncated" in str(error).lower():
            raise ImageFault(stored("unreadable image: the file breaks off before its end")) from error
        raise ImageFault(stored(f"unreadable image: {error or type(error).__name__}")) from error


def upright(image: Image.Image) -> Image.Image:
    """In RGB or grey of eight bits, turned as the camera says, transparency on white.

    Grey of more bits is scaled from its whole range, so that the images of a set keep their brightness to each other;
    fractions are taken for 0 black to 1 white. Raises ValueError for numbers outside of that.
    """
    top, inverted = _range(image)
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(_DEEP):
        return _eight_bits(turned, top, inverted)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return turned if turned.mode in ("RGB", "L") else turned.convert("RGB")


def _range(image: Image.Image) -> tuple[float, bool]:
    """The number that is white in a mode of more than eight bits, and whether black and white are exchanged."""
    if image.mode == "F":
        return 1.0, False
    tags = getattr(image, "tag_v2", {})
    bits = int(tags.get(_BITS_PER_SAMPLE, (16,))[0])
    return float(2 ** min(bits, 16) - 1), tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def _eight_bits(image: Image.Image, top: float, inverted: bool) -> Image.Image:
    numbers = np.asarray(image, dtype=np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    if not 0 <= low <= high <= top:
        kind = "fractions" if image.mode == "F" else "whole numbers"
        raise ValueError(
            f"its pixels are {kind} from {low:g} to {high:g}, where 0 to {top:g} is known as black to white"
        )
    scaled = numbers / top
    return Image.fromarray(np.rint(255 * (1 - scaled if inverted else scaled)).astype(np.uint8))

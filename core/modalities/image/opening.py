"""Opens images for loads and models: size checked before decoding, upright, eight bits a channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import SourceError
from core.settings import MAX_IMAGE_PIXELS

_DEEP = ("I", "F")
"""How the modes of more than eight bits begin, of which Pillow itself keeps the lowest eight."""
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
"""Of TIFF 6.0."""
_WHITE_IS_ZERO = 0


def open_image(path: Path) -> Image.Image:
    """The image upright in RGB, transparency on white. Raises SourceError where it cannot be read or is too large."""
    try:
        image = Image.open(path)
        if image.width * image.height > MAX_IMAGE_PIXELS:
            raise SourceError(f"{path.name} has {image.width} × {image.height} pixels.", "Make it smaller.")
        shown = upright(image)
        return shown if shown.mode == "RGB" else shown.convert("RGB")
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise SourceError(f"The image {path.name} cannot be read: {error}", "Load the dataset again.") from error


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

"""Opens images for models: size checked before decoding, upright, in RGB."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import SourceError
from core.settings import MAX_IMAGE_PIXELS


def open_image(path: Path) -> Image.Image:
    """The image upright in RGB, transparency on white. Raises SourceError where it cannot be read or is too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path)
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise SourceError(f"{path.name} has {image.width} × {image.height} pixels.", "Make it smaller.")
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                white = Image.new("RGBA", upright.size, "white")
                return Image.alpha_composite(white, upright.convert("RGBA")).convert("RGB")
            return upright.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise SourceError(f"The image {path.name} cannot be read: {error}", "Load the dataset again.") from error

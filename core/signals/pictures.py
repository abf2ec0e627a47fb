"""Opens images for encoders: size checked before decoding, upright, in RGB."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import SourceError
from core.settings import MAX_IMAGE_PIXELS
from core.signals.payloads import Payloads

THREADS = 4


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


def prepared(
    payloads: Payloads, rows: NDArray[np.int64], prepare: Callable[[Image.Image], NDArray[np.float32]], batch: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Rows in batches with what `prepare` makes of their images, opened by several threads one batch ahead."""

    def load(part: NDArray[np.int64]) -> NDArray[np.float32]:
        paths = [payloads.path(media_id) for media_id in payloads.take(part)]
        return np.stack(list(pool.map(lambda path: prepare(open_image(path)), paths)))

    parts = [rows[start : start + batch] for start in range(0, len(rows), batch)]
    with ThreadPoolExecutor(THREADS) as pool, ThreadPoolExecutor(1) as ahead:
        following = ahead.submit(load, parts[0]) if parts else None
        for index, part in enumerate(parts):
            if following is None:
                return
            loaded = following.result()
            following = ahead.submit(load, parts[index + 1]) if index + 1 < len(parts) else None
            yield part, loaded

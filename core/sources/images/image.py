"""One image: refused by its size before it is decoded, then measured and stored under the address of its content."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.files import whole
from core.modalities.image.opening import ImageFault, decoded
from core.settings import MAX_CELL_BYTES
from core.words import stored

THUMBNAIL_SIDE = 128
PREVIEW_SIDE = 1280
"""Pixels of the longest side from which on an image is shown by a preview of that size."""
_SUFFIX = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "BMP": "bmp", "TIFF": "tiff", "MPO": "jpg"}


@dataclass(frozen=True, slots=True)
class StoredImage:
    """What is kept of an image beside its bytes."""

    content_hash: str
    """SHA-256 of the file, hex."""
    media_id: str
    """`<2 hex>/<sha256>.<suffix>` below the media folder."""
    width: int
    """Pixels, as shown: the camera's orientation is applied."""
    height: int
    brightness: float
    """Mean luma (ITU-R 601) in 0–1."""
    contrast: float
    """Standard deviation of the luma in 0–1."""


def keep(content: bytes, media: Path) -> StoredImage:
    """Stores the original, its thumbnail and, where it needs one, its preview below `media`; returns the measures.

    Raises ImageFault for more than `MAX_CELL_BYTES` bytes, and as `decoded` does.
    """
    if len(content) > MAX_CELL_BYTES:
        raise ImageFault(
            stored(f"image file of {len(content) / 1024**2:,.0f} MB, the limit is {MAX_CELL_BYTES // 1024**2} MB")
        )
    shown, form = decoded(content)
    suffix = _SUFFIX[form]
    digest = hashlib.sha256(content).hexdigest()
    write_once(media / digest[:2] / f"{digest}.{suffix}", content)
    thumbnail = media / "thumbnails" / digest[:2] / f"{digest}.webp"
    if not thumbnail.exists():
        write_once(thumbnail, _reduced(shown, THUMBNAIL_SIDE))
    preview = media / "previews" / digest[:2] / f"{digest}.webp"
    if (max(shown.size) > PREVIEW_SIDE or suffix == "tiff") and not preview.exists():
        write_once(preview, _reduced(shown, PREVIEW_SIDE))
    brightness, contrast = _luma(shown)
    return StoredImage(digest, f"{digest[:2]}/{digest}.{suffix}", shown.width, shown.height, brightness, contrast)


def thumbnail_of(content: bytes) -> bytes:
    """The image as WebP, longest side at most `THUMBNAIL_SIDE`, for a preview. Raises ImageFault."""
    return _reduced(decoded(content)[0], THUMBNAIL_SIDE)


def _luma(image: Image.Image) -> tuple[float, float]:
    """Mean and standard deviation of the luma in 0–1, from its 256-bin histogram: exact, with no array in memory."""
    counts = np.asarray(image.convert("L").histogram(), dtype=np.float64)
    levels = np.arange(256) / 255
    mean = float(counts @ levels / counts.sum())
    return mean, float(np.sqrt(counts @ (levels - mean) ** 2 / counts.sum()))


def _reduced(image: Image.Image, side: int) -> bytes:
    """WebP, longest side at most `side`; small images without loss, since they are mostly line art."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    lossless = image.width * image.height <= 4096
    small.save(out, "WEBP", lossless=lossless, quality=80, method=0)
    return out.getvalue()


def write_once(path: Path, content: bytes) -> None:
    """Writes what is not there yet. Another process may write the same content at the same time. Not flushed one by
    one: of a million images that would take an hour."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path, flush=False) as part:
        part.write_bytes(content)

"""One sound: refused by its length before it is decoded, then measured and stored under the address of its content,
with two images of its spectrogram."""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from core.modalities.audio.measures import Measures, measured, spectrogram
from core.modalities.audio.opening import SoundFault, Wave, decoded
from core.settings import MAX_CELL_BYTES
from core.sources.images.image import write_once
from core.words import stored

SMALL, LARGE = (128, 64), (640, 160)
"""Width and height of the two images."""


@dataclass(frozen=True, slots=True)
class StoredSound(Measures):
    """What is kept of a sound beside its bytes."""

    content_hash: str
    """SHA-256 of the file, hex."""
    media_id: str
    """`<2 hex>/<sha256>.<suffix>` below the media folder."""


def keep(content: bytes, media: Path) -> StoredSound:
    """Stores the original and its spectrogram, small and large, below `media`; returns the measures.

    Raises SoundFault for more than `MAX_CELL_BYTES` bytes, and as `decoded` does.
    """
    samples, rate, suffix = _checked(content)
    digest = hashlib.sha256(content).hexdigest()
    write_once(media / digest[:2] / f"{digest}.{suffix}", content)
    wave = samples.mean(1)
    for folder, size in (("thumbnails", SMALL), ("previews", LARGE)):
        image = media / folder / digest[:2] / f"{digest}.webp"
        if not image.exists():
            write_once(image, _saved(spectrogram(wave, rate, *size)))
    measures = asdict(measured(samples, rate))
    return StoredSound(content_hash=digest, media_id=f"{digest[:2]}/{digest}.{suffix}", **measures)


def thumbnail_of(content: bytes) -> bytes:
    """The sound's spectrogram as WebP, for a preview. Raises SoundFault."""
    samples, rate, _ = _checked(content)
    return _saved(spectrogram(samples.mean(1), rate, *SMALL))


def _checked(content: bytes) -> tuple[Wave, int, str]:
    if len(content) > MAX_CELL_BYTES:
        raise SoundFault(
            stored(f"sound file of {len(content) / 1024**2:,.0f} MB, the limit is {MAX_CELL_BYTES // 1024**2} MB")
        )
    return decoded(content)


def _saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80, method=0)
    return out.getvalue()

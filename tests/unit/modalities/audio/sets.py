"""Sounds as a job has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from core.modalities.payloads import Payloads
from core.sources.images.sound import keep


def stored(media: Path, contents: Sequence[bytes]) -> Payloads:
    """The sounds, kept below `media` as a load does."""
    kept = [keep(content, media) for content in contents]
    ids, hashes = ([getattr(one, name) for one in kept] for name in ("media_id", "content_hash"))
    return Payloads.of(pa.chunked_array([ids]), pa.chunked_array([hashes]), media)

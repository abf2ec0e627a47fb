"""The instant encoder of images: the image itself, small. Also what tells near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.arrays.ahead import ahead
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.image.image_encoder import paths
from core.modalities.image.pixels import Resized, decoded
from core.modalities.kept import PIXELS
from core.modalities.kept import PIXELS_SIDE as SIDE
from core.modalities.payloads import Payloads

BATCH = 512


class Pixels(RowEncoder):
    """Each image as 16 × 16 RGB values in 0–1."""

    kind: Literal["image"] = "image"
    name = "pixels"
    key = PIXELS

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        """Not from the store: what is kept of it as embeddings is as small as pixels get."""
        cut = Resized(SIDE, SIDE, Image.Resampling.BILINEAR)
        parts = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
        for part, pixels in ahead(parts, lambda part: decoded(paths(payloads, part), cut)):
            yield part, pixels.reshape(len(part), -1).astype(np.float32) / np.float32(255)

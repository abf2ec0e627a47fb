"""The instant encoder of images: the picture itself, small. Also what tells near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.signals.encoder import Batch, RowEncoder
from core.signals.payloads import Payloads
from core.signals.pictures import prepared

SIDE = 16


class Pixels(RowEncoder):
    """Each image as 16 × 16 RGB values in 0–1."""

    kind: Literal["image"] = "image"
    name = "pixels"
    key = f"pixels-1-{SIDE}"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        yield from prepared(payloads, rows, _small, 512)


def _small(image: Image.Image) -> NDArray[np.float32]:
    resized = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32).reshape(-1) / np.float32(255)

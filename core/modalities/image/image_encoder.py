"""Images of many rows on their way through an encoder: pixels from the store, made ahead of the model that waits for
them, in batches that suit the device."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.ahead import ahead
from core.arrays.device import device
from core.arrays.memory import give_back, ran_out
from core.arrays.precision import fast_products
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.image.lite import side_for
from core.modalities.image.opening import size_of
from core.modalities.image.pixels import StoredPixels, threads
from core.modalities.image.processors import Halves
from core.modalities.payloads import Payloads
from core.progress import Report

PIXELS_ON_CPU, PIXELS = 1 << 19, 1 << 24
"""Pixels of a batch, per channel: on the CPU, and on any other device."""
AT_ONCE, SECONDS = 16, 1.0
"""Vectors are copied back from another device after so many batches or seconds: each time is a wait for it."""


class ImageEncoder(RowEncoder):
    """An encoder of images whose pixels are found in the store, or put there."""

    kind: Literal["image"] = "image"
    _arrays: Path

    def embed(self, payloads: Payloads, arrays: Path, tick: Report) -> NDArray[np.float32]:
        self._arrays = arrays
        return super().embed(payloads, arrays, tick)

    def through(
        self, payloads: Payloads, rows: NDArray[np.int64], halves: Halves, run: Callable[[Tensor], Tensor]
    ) -> Iterator[Batch]:
        """What `run` gives (m, d) for the scaled pixels (m, 3, height, width) of each batch of rows."""

        def scaled(pixels: Tensor) -> Tensor:
            return run(halves.scaling(pixels.permute(0, 3, 1, 2)))

        with stored_pixels(payloads, self._arrays, halves.cut) as pixels:
            yield from batches(rows, math.prod(halves.cut.size), pixels.of, scaled)


def stored_pixels(payloads: Payloads, arrays: Path, cut: Any) -> StoredPixels:
    """The pixels of these images below `arrays`."""
    return StoredPixels(arrays / "pixels", payloads.digests, lambda rows: paths(payloads, rows), cut)


def paths(payloads: Payloads, rows: NDArray[np.int64]) -> list[Path]:
    """Where the images of some rows lie."""
    return [payloads.path(media_id) for media_id in payloads.take(rows)]


def batches(
    rows: NDArray[np.int64],
    each: int,
    load: Callable[[NDArray[np.int64]], NDArray[Any]],
    run: Callable[[Tensor], Tensor],
) -> Iterator[Batch]:
    """Rows with what `run` makes, float32 (m, d), of what `load` gives for them, m of `each` pixels; the next batch is
    loaded meanwhile. Where memory runs out, a batch goes through in halves.

    Elsewhere than on the CPU products may round to TensorFloat-32, not to bfloat16: with that the bundled network's
    embeddings of 200 CIFAR-10N images had cosines from .9956 with those in float32.
    """
    where = device()
    size = max(1, (PIXELS_ON_CPU if where.type == "cpu" else PIXELS) // each)

    def loaded(part: NDArray[np.int64]) -> Tensor:
        tensor = torch.from_numpy(load(part))
        return tensor.pin_memory() if where.type == "cuda" else tensor

    waiting: list[tuple[NDArray[np.int64], Tensor]] = []
    copied = time.monotonic()
    for part, batch in ahead([rows[start : start + size] for start in range(0, len(rows), size)], loaded):
        with torch.inference_mode(), nullcontext() if where.type == "cpu" else fast_products(to_bfloat16=False):
            waiting.append((part, _fitting(run, batch.to(where, non_blocking=True))))
        if where.type == "cpu" or len(waiting) >= AT_ONCE or time.monotonic() - copied > SECONDS:
            yield _copied(waiting)
            waiting, copied = [], time.monotonic()
    if waiting:
        yield _copied(waiting)


def on_device(model: Any) -> Any:
    """The model in evaluation mode where it runs; elsewhere than on the CPU with its convolutions' weights channels
    last, as the pixels are, which spares a GPU turning them."""
    where = device()
    model = model.eval().to(where)
    return model if where.type == "cpu" else model.to(memory_format=torch.channels_last)


def fitting_sides(payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The input size of the bundled EfficientNet that suits each image, shape (m,): reads the files' headers alone."""
    with ThreadPoolExecutor(threads()) as pool:
        sizes = pool.map(size_of, paths(payloads, rows), chunksize=64)
        return np.array([side_for(size) for size in sizes], np.int64)


def _fitting(run: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    try:
        return run(batch)
    except (RuntimeError, MemoryError) as error:
        if len(batch) == 1 or not ran_out(error):
            raise
    # Here and not above, where the error still holds on to what filled the memory.
    give_back(batch.device)
    return torch.cat([_fitting(run, half) for half in batch.tensor_split(2)])


def _copied(waiting: list[tuple[NDArray[np.int64], Tensor]]) -> Batch:
    vectors = torch.cat([found.float() for _, found in waiting]).cpu().numpy()
    return np.concatenate([part for part, _ in waiting]), vectors

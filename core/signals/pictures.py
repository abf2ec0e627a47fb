"""Images of many rows, opened ahead of the encoder that waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.models.pictures import open_image
from core.signals.payloads import Payloads

THREADS = 4


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

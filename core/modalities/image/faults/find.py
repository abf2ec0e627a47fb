"""What is wrong with images as they are. Each is measured once, whatever dataset it is in, and what was measured kept
by its content.

Blur: Crété-Roffet, Dolmiere, Ladet & Nicolas, The blur effect, 2007, holds what blurring takes from an image against
the image itself, so that contrast does not count. Second over first differences say the same in one pass: of CIFAR-10's
photographs blurred by one pixel AUROC .9996, beside .969–.999 by that measure and .998 by the Laplacian.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from core.modalities.encoder import Batch, RowEncoder
from core.modalities.image.faults import ABRUPT, BITS, BLACK, COLOUR, DARK, LIGHT, NO_BITS, TIMES, WHITE
from core.modalities.image.opening import open_image
from core.modalities.image.pixels import threads
from core.modalities.payloads import Payloads
from core.modalities.suspicion import Suspicion
from core.progress import Report

SIDE = 256
"""Pixels of the longest side at which a larger image is looked at."""
AT_ONCE = 256
FLAT = 0.5
"""Of 255: an image that changes less from pixel to pixel is neither sharp nor blurred."""
COLUMNS = ("width", "height", "lightest", "darkest", "bits", "colour", "abrupt")


class Looks(RowEncoder):
    """`COLUMNS` of each image."""

    kind: Literal["image"] = "image"
    name = "looks"
    key = "looks-1"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        with ThreadPoolExecutor(threads()) as pool:
            for start in range(0, len(rows), AT_ONCE):
                part = rows[start : start + AT_ONCE]
                yield part, np.stack(list(pool.map(lambda path: looks(open_image(path)), payloads.items(part))))


def looks(image: Image.Image) -> NDArray[np.float32]:
    """`COLUMNS` of an image in RGB."""
    width, height = image.size
    if max(image.size) > SIDE:
        image = image.copy()
        image.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    grey = image.convert("L")
    darkest, lightest, bits = _levels(grey)
    red, green, blue = image.split()
    apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    colour = _level(np.asarray(apart.histogram(), np.float64), 0.99)
    return np.array([width, height, lightest, darkest, bits, colour, abruptness(np.asarray(grey))], np.float32)


def abruptness(grey: NDArray[np.uint8]) -> float:
    """How abruptly levels change from pixel to pixel: the mean second difference over the mean first one. About 1.2 of
    sharp photographs, 0 of one slope; NaN where nothing changes, or there are too few pixels to say."""
    if min(grey.shape) < 4:
        return float("nan")
    levels = grey.astype(np.int16)
    first = [np.diff(levels, axis=axis) for axis in (0, 1)]
    once = sum(float(np.abs(one).mean()) for one in first)
    twice = sum(float(np.abs(np.diff(one, axis=axis)).mean()) for axis, one in enumerate(first))
    return twice / once if once >= FLAT else float("nan")


def _levels(grey: Image.Image) -> tuple[float, float, float]:
    """The level that one pixel in a hundred is darker than, that which one is lighter than, and the entropy."""
    counts = np.asarray(grey.histogram(), np.float64)
    shares = counts[counts > 0] / counts.sum()
    return _level(counts, 0.01), _level(counts, 0.99), float(-(shares * np.log2(shares)).sum())


def _level(counts: NDArray[np.float64], share: float) -> float:
    """The level up to which that share of the pixels lies."""
    return float(np.searchsorted(np.cumsum(counts), share * counts.sum()))


def suspicions(looked: NDArray[np.float32]) -> dict[str, Suspicion]:
    """Of n images by their `COLUMNS` (n, 7). To be grey is the least of these: such images come after the others."""
    width, height, lightest, darkest, bits, colour, abrupt = np.asarray(looked, np.float64).T
    side, shape = np.sqrt(width * height), width / height
    sizes = [f"{across:.0f} × {down:.0f}" for across, down in zip(width, height, strict=True)]
    return {
        "dark": Suspicion(lightest, DARK, low=True, certain=BLACK),
        "light": Suspicion(darkest, LIGHT, certain=WHITE),
        "blurred": Suspicion(abrupt, ABRUPT, low=True),
        "little_information": Suspicion(bits, BITS, low=True, certain=NO_BITS),
        "odd_size": _odd(side, sizes),
        "odd_shape": _odd(shape, sizes),
        "grey": Suspicion(np.maximum(colour, COLOUR - 1), COLOUR, low=True, certain=COLOUR),
    }


def _odd(value: NDArray[np.float64], sizes: list[str]) -> Suspicion:
    """What is many times as large or as small as the median."""
    median = float(np.median(value)) if len(value) else 1.0
    times = np.exp(np.abs(np.log(value / median)))
    return Suspicion(times, TIMES * (1 - 1e-6), ratios=True, usual=median, found=sizes)


def find(payloads: Payloads, arrays: Path, tick: Report) -> dict[str, Suspicion]:
    """As `core.modalities.heavy` says."""
    return suspicions(Looks().embed(payloads, arrays, tick))

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
from core.modalities.image.faults import ABRUPT, BITS, BLACK, BORDERS, COLOUR, DARK, LIGHT, NO_BITS, TIMES, WHITE
from core.modalities.image.opening import open_image, turned
from core.modalities.image.pixels import threads
from core.modalities.payloads import Payloads
from core.modalities.suspicion import Suspicion
from core.progress import Report

SIDE = 256
"""Pixels of the longest side at which a larger image is looked at."""
AT_ONCE = 256
FLAT = 0.5
"""Of 255: an image that changes less from pixel to pixel is neither sharp nor blurred."""
COLUMNS = ("width", "height", "lightest", "darkest", "bits", "colour", "abrupt", "borders", "turned")
ONE_COLOUR = 6
"""Of 255: levels by which the pixels of a line of a border are off its colour on average, at most."""
ENDS = 0.6
"""Share of a border's length at which the picture begins."""
NARROW = 0.02
"""A border of a smaller share of the side is a frame or a line of the picture."""


class Looks(RowEncoder):
    """`COLUMNS` of each image."""

    kind: Literal["image"] = "image"
    name = "looks"
    key = "looks-2"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        with ThreadPoolExecutor(threads()) as pool:
            for start in range(0, len(rows), AT_ONCE):
                part = rows[start : start + AT_ONCE]
                yield part, np.stack(list(pool.map(_looks_of, payloads.items(part))))


def _looks_of(path: Path) -> NDArray[np.float32]:
    return looks(open_image(path), turned(path))


def looks(image: Image.Image, lies: int | None = 1) -> NDArray[np.float32]:
    """`COLUMNS` of an image in RGB that `lies` so in its file; 0 for metadata that cannot be read."""
    width, height = image.size
    if max(image.size) > SIDE:
        image = image.copy()
        image.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    grey = image.convert("L")
    darkest, lightest, bits = _levels(grey)
    red, green, blue = image.split()
    apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    colour = _level(np.asarray(apart.histogram(), np.float64), 0.99)
    abrupt, edges = abruptness(np.asarray(grey)), borders(np.asarray(image))
    return np.array([width, height, lightest, darkest, bits, colour, abrupt, edges, lies or 0], np.float32)


def borders(levels: NDArray[np.uint8]) -> float:
    """The share of an image (h, w, 3) that lies in borders: rows at its top and at its bottom, or columns at both of
    its sides, of one colour each. 0 for an image of one colour."""
    inside = 1.0
    for along in (levels, levels.swapaxes(0, 1)):
        first, last = _alike(along), _alike(along[::-1])
        if first + last >= len(along):
            return 0.0
        if min(first, last) >= max(1, NARROW * len(along)):
            inside *= 1 - (first + last) / len(along)
    return 1 - inside


def _alike(lines: NDArray[np.uint8]) -> int:
    """How many of the first lines (n, m, 3) are of one colour, all of them the same; 0 where it goes on behind them, as
    a sky does or the ground that a thing lies on: of a border most ends in one line, or in the next."""
    colour = np.median(lines[0], axis=0).astype(np.int16)
    for place, line in enumerate(lines):
        if np.abs(line - colour).mean(0).max() > ONE_COLOUR:
            behind = np.abs(lines[place : place + 2] - colour).max(2) > 3 * ONE_COLOUR
            return place if behind.mean(1).max() >= ENDS else 0
    return len(lines)


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
    """Of n images by their `COLUMNS` (n, 9). To be grey is the least of these: such images come after the others."""
    width, height, lightest, darkest, bits, colour, abrupt, edges, lies = np.asarray(looked, np.float64).T
    side, shape = np.sqrt(width * height), width / height
    sizes = [f"{across:.0f} × {down:.0f}" for across, down in zip(width, height, strict=True)]
    return {
        "dark": Suspicion(lightest, DARK, low=True, certain=BLACK),
        "light": Suspicion(darkest, LIGHT, certain=WHITE),
        "blurred": Suspicion(abrupt, ABRUPT, low=True),
        "little_information": Suspicion(bits, BITS, low=True, certain=NO_BITS),
        "odd_size": _odd(side, sizes),
        "odd_shape": _odd(shape, sizes),
        "borders": Suspicion(edges, BORDERS, amiss=True),
        "turned": Suspicion(lies, 1.5, certain=1.5, amiss=True),
        "unreadable_metadata": Suspicion((lies == 0).astype(float), 0.5, certain=0.5, amiss=True),
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

"""Pixels of images, kept per content: decoded, turned upright and resized once for all that look at them later.

A folder per way of cutting an image to pixels, in it shards of uint8 (m, height, width, 3), as `core.arrays.shards`
writes them, which are read from the files as they are used.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.arrays.shards import Shards
from core.modalities.image.opening import open_image
from core.progress import Report

SHARD_BYTES, FLUSH_SECONDS = 1 << 26, 20.0
"""New pixels go to disk at the latest after so many bytes or seconds."""
FREE = 2
"""Pixels are kept only where so many times their bytes are free on the disk."""
TASK = 16
"""Images that a thread is given at a time at most: a small one takes less time than handing it over."""

Uint8 = NDArray[np.uint8]
Paths = Callable[[NDArray[np.int64]], Sequence[Path]]


class Cut(Protocol):
    """How an image becomes pixels of one size."""

    @property
    def key(self) -> str:
        """Names what is done and its version: another key, other pixels."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""

    def __call__(self, image: Image.Image) -> Uint8:
        """The pixels, (height, width, 3), of an image upright in RGB."""


@dataclass(frozen=True, slots=True)
class Resized:
    """The whole image, whatever its shape, at one size."""

    height: int
    width: int
    resampling: Image.Resampling

    @property
    def key(self) -> str:
        return f"resized-{self.height}x{self.width}-{self.resampling.name.lower()}-1"

    @property
    def size(self) -> tuple[int, int]:
        return self.height, self.width

    def __call__(self, image: Image.Image) -> Uint8:
        return np.asarray(image.resize((self.width, self.height), self.resampling))


class StoredPixels:
    """The pixels of n images by position: from the store, made and kept where it has none. Used in a `with`, at whose
    end everything made is kept, also after an exception.

    Where the disk has no room for those of all images they are made anew each time. For one thread at a time.
    """

    def __init__(self, folder: Path, digests: NDArray[np.bytes_], paths: Paths, cut: Cut) -> None:
        """`folder` has a folder per cut; `digests` (n,) are the contents, `paths` gives the files of some positions."""
        self.cut = cut
        self._shards, self._digests, self._paths = Shards(folder / cut.key), digests, paths
        self._arrays: list[Uint8] = []
        self._array = np.full(len(digests), -1, np.int64)
        """(n,) which of `_arrays` has the pixels; −1 where none has."""
        self._place = np.zeros(len(digests), np.int64)
        """(n,) where in it."""
        self._order = np.argsort(digests, kind="stable")
        self._ordered = digests[self._order]
        for shard in self._shards.all():
            held = Shards.digests(shard)
            if np.isin(held, self._ordered).any() and self._shards.is_whole(shard):
                self._take_in(held, Shards.arrays(shard))
        self._new: list[int] = []
        """Which of `_arrays` are in memory and not on disk yet."""
        self._flushed = time.monotonic()
        self._keeps = self._has_room()

    def __enter__(self) -> StoredPixels:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()

    def fill(self, rows: NDArray[np.int64], tick: Report) -> None:
        """Makes what is missing of some rows, where there is room to keep it; `tick` (done, total) may raise to stop.
        Raises SourceError for an image that cannot be read."""
        missing = self._missing(rows) if self._keeps else rows[:0]
        step = TASK * threads()
        for start in range(0, len(missing), step):
            tick(start, len(missing))
            self._make(missing[start : start + step])
        self._flush()

    def of(self, rows: NDArray[np.int64]) -> Uint8:
        """The pixels of some rows, (m, height, width, 3), in memory. Raises SourceError for an image that cannot be
        read."""
        if self._keeps:
            self._make(self._missing(rows))
        found = np.empty((len(rows), *self.cut.size, 3), np.uint8)
        arrays = self._array[rows]
        for index in np.unique(arrays):
            here = np.flatnonzero(arrays == index)
            if index < 0:
                found[here] = decoded(self._paths(rows[here]), self.cut)
            else:
                found[here] = self._arrays[index][self._place[rows[here]]]
        return found

    def _missing(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some rows whose content has no pixels yet, one per content, in order."""
        absent = rows[self._array[rows] < 0]
        return absent[np.sort(np.unique(self._digests[absent], return_index=True)[1])]

    def _make(self, rows: NDArray[np.int64]) -> None:
        if len(rows):
            made = decoded(self._paths(rows), self.cut)
            self._new.append(len(self._arrays))
            self._take_in(self._digests[rows], made)
        held = sum(self._arrays[index].nbytes for index in self._new)
        if held >= SHARD_BYTES or time.monotonic() - self._flushed > FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        """Puts what is new on disk, and reads it from there from now on."""
        self._flushed = time.monotonic()
        if not self._new:
            return
        rows = np.flatnonzero(np.isin(self._array, self._new))
        rows = rows[np.unique(self._digests[rows], return_index=True)[1]]
        pixels = np.empty((len(rows), *self.cut.size, 3), np.uint8)
        for index in self._new:
            here = self._array[rows] == index
            pixels[here] = self._arrays[index][self._place[rows[here]]]
            self._arrays[index] = self._arrays[index][:0].copy()
        self._new = []
        shard = self._shards.append(self._digests[rows], pixels)
        self._take_in(Shards.digests(shard), Shards.arrays(shard))

    def _take_in(self, digests: NDArray[np.bytes_], pixels: Uint8) -> None:
        """From now on the rows of these contents (m,) have the pixels (m, height, width, 3)."""
        start, stop = (np.searchsorted(self._ordered, digests, side) for side in ("left", "right"))
        counts = stop - start
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self._order[np.repeat(start, counts) + within]
        if len(rows):
            self._array[rows], self._place[rows] = len(self._arrays), np.repeat(np.arange(len(digests)), counts)
            self._arrays.append(pixels)

    def _has_room(self) -> bool:
        missing = len(np.unique(self._digests[self._array < 0]))
        existing = next(folder for folder in self._shards.folder.absolute().parents if folder.exists())
        return not missing or shutil.disk_usage(existing).free > FREE * missing * 3 * math.prod(self.cut.size)


def decoded(images: Sequence[Path | Image.Image], cut: Cut) -> Uint8:
    """The pixels of images, (m, height, width, 3), opened where they are paths, by several threads: decoding and
    resizing leave the interpreter to the others. Raises SourceError for an image that cannot be read."""
    found = np.empty((len(images), *cut.size, 3), np.uint8)
    task = max(1, min(TASK, len(images) // (4 * threads())))

    def work(start: int) -> None:
        for place in range(start, min(start + task, len(images))):
            image = images[place]
            found[place] = cut(image if isinstance(image, Image.Image) else open_image(image))

    with ThreadPoolExecutor(threads()) as pool:
        try:
            list(pool.map(work, range(0, len(images), task)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def threads() -> int:
    """For work that leaves the interpreter to others: the processors that this process may use, within reason."""
    return min(16, max(4, len(os.sched_getaffinity(0))))

"""Arrays that may be larger than memory: in RAM while they are small, in an unnamed file once they are not."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.generic)
RAM_BYTES = 1 << 30
"""An array above this many bytes lives in a file."""


def empty(shape: tuple[int, int], folder: Path | None = None) -> NDArray[np.float32]:
    """A float32 matrix of undefined content, see `empty_of`."""
    return empty_of(np.float32, shape, folder)


def empty_of(dtype: type[Number], shape: tuple[int, int], folder: Path | None = None) -> NDArray[Number]:
    """A matrix of undefined content. A file behind it has no name and is gone with the array, also after a crash.

    Raises OSError where the disk has no room for it: what is mapped and not there ends the process when it is filled.
    """
    size = np.dtype(dtype).itemsize * shape[0] * shape[1]
    if size <= RAM_BYTES:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, size)
        return np.memmap(file, dtype=dtype, mode="r+", shape=shape)


def empty_npy(path: Path, shape: tuple[int, ...], *, fortran_order: bool = False) -> np.memmap[Any, Any]:
    """A float32 `.npy` file of zeros, mapped to be filled. Raises OSError, and leaves none, where the disk has no room
    for it."""
    matrix = np.lib.format.open_memmap(path, "w+", np.float32, shape, fortran_order)
    try:
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError:
        path.unlink()
        raise
    return matrix


def row_chunks(rows: int, columns: int, budget: int = 1 << 25) -> list[slice]:
    """Slices over `rows` that hold at most `budget` cells of a matrix with `columns` columns each."""
    step = max(1, budget // max(1, columns))
    return [slice(start, min(rows, start + step)) for start in range(0, rows, step)]

"""The examples as encoders see them: texts or image files, by position, with a digest of each one's content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.arrays.shards import DIGEST

Measures: TypeAlias = Mapping[str, NDArray[Any]]
"""(n,) what is known of examples beside themselves: what their load has measured, what is derived of them."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """n examples."""

    column: pa.ChunkedArray
    """(n,) what cells hold, such as texts; of files the media ids."""
    digests: NDArray[np.bytes_]
    """(n,) `DIGEST`."""
    media: Path | None = None
    """The folder that media ids are relative to."""

    @staticmethod
    def of(column: pa.ChunkedArray, content_hashes: pa.ChunkedArray, media: Path | None = None) -> Payloads:
        """Of what cells hold, or of the files below `media` that they name, with hex content hashes."""
        return Payloads(column.cast(pa.large_string()), digests(content_hashes), media)

    def __len__(self) -> int:
        return len(self.digests)

    def take(self, rows: NDArray[np.int64] | slice) -> list[str]:
        """The texts or media ids of some rows, in the order asked."""
        if isinstance(rows, slice):
            start, stop, _ = rows.indices(len(self))
            part = self.column.slice(start, stop - start)
        else:
            part = self.column.take(pa.array(rows))
        return [value or "" for value in part.to_pylist()]

    def items(self, rows: NDArray[np.int64] | slice) -> list[Any]:
        """The texts, or the paths of the files, of some rows, in the order asked."""
        taken = self.take(rows)
        return taken if self.media is None else [self.media / media_id for media_id in taken]

    def subset(self, rows: NDArray[np.int64]) -> Payloads:
        """Some of the examples, in the order asked."""
        return Payloads(self.column.take(pa.array(rows)), self.digests[rows], self.media)

    def path(self, media_id: str) -> Path:
        """Where an image lies."""
        if self.media is None:
            raise ValueError("Only images lie in files.")
        return self.media / media_id


def digests(content_hashes: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Hex content hashes as `DIGEST`, shape (n,)."""
    hexadecimal = np.asarray(pc.utf8_slice_codeunits(content_hashes, 0, 32).to_numpy(), dtype="S32")
    nibbles = np.frombuffer(hexadecimal.tobytes(), np.uint8).reshape(-1, 32)
    values = np.where(nibbles >= ord("a"), nibbles - ord("a") + 10, nibbles - ord("0")).astype(np.uint8)
    return np.ascontiguousarray(values[:, ::2] << 4 | values[:, 1::2]).view(DIGEST).reshape(-1)

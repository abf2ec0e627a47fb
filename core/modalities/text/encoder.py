"""Texts through a text model: mean over the tokens of the last hidden layer, scaled to length 1."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.kept import text_costs, text_key
from core.modalities.model_files import model_folder
from core.modalities.payloads import Payloads
from core.modalities.text.backends import TextEncoder, open_text_encoder
from core.modalities.text.tokens import FlatTokens
from core.modalities.text.word_vectors import word_vectors
from core.progress import Report

MAX_TOKENS = 512
"""A text is cut here unless told otherwise: as far as BERT can see. On news articles the half of it made a quarter more
mistakes."""
WINDOW = 4096
"""Texts tokenised at a time."""
UNDER_WAY = 4
"""Batches that a device other than the CPU is given before the first of their results is read."""

Window = tuple[NDArray[np.int64], FlatTokens]
"""Positions of texts and their tokens."""


class TextModel(RowEncoder):
    """Any text model that transformers' AutoModel loads from safetensors, by folder or hub id."""

    kind: Literal["text"] = "text"

    def __init__(self, name: str, folder: Path | None = None, max_tokens: int = MAX_TOKENS) -> None:
        self.name = name
        self.folder = folder or model_folder(name)
        self._max_tokens = max_tokens

    @cached_property
    def key(self) -> str:
        """Says nothing of the device and its precision: vectors computed in bfloat16 point where those of float32 do
        (cosine .9999 to 1 on real texts), and heads on them rank wrong labels as well. So what a GPU has encoded is not
        encoded again on a CPU."""
        return text_key(self.folder, self._max_tokens)

    def words(
        self, payloads: Payloads, bounds: Sequence[NDArray[np.int64]], arrays: Path, tick: Report
    ) -> NDArray[np.float16]:
        """See `core.modalities.text.word_vectors`."""
        found = word_vectors(self.name, self.folder, payloads.take, bounds, payloads.digests, arrays, tick)
        return found.values

    def costs(self, payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        sizes = pc.binary_length(payloads.column.take(pa.array(rows)))
        return text_costs(pc.fill_null(sizes, 0).to_numpy(), self._max_tokens)

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        """Longest first: what does not fit fails at once, and the time left is never underestimated.

        A device is never waited for but by the reading of a batch that it was given `UNDER_WAY` batches ago.
        """
        where = device()
        encoder = open_text_encoder(self.name, self.folder, self._max_tokens, where)
        windows = _windows(encoder, payloads, rows)
        waiting: deque[tuple[NDArray[np.int64], _OnItsWay]] = deque()
        for window, tokens in windows if where.type == "cpu" else _ahead(windows):
            for batch in encoder.batches(tokens.lengths):
                waiting.append((window[batch], _OnItsWay.of(_unit_means(encoder, tokens, batch))))
                if where.type == "cpu" or len(waiting) > UNDER_WAY:
                    done, vectors = waiting.popleft()
                    yield done, vectors.arrived()
        for done, vectors in waiting:
            yield done, vectors.arrived()


def _windows(encoder: TextEncoder, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Window]:
    lengths = pc.utf8_length(payloads.column.take(pa.array(rows))).to_numpy()
    ordered = rows[np.argsort(-lengths, kind="stable")]
    for start in range(0, len(ordered), WINDOW):
        window = ordered[start : start + WINDOW]
        yield window, encoder.tokens(payloads.take(window))


def _ahead(windows: Iterator[Window]) -> Iterator[Window]:
    """The same, each made in a thread while the one before is in use. A CPU is busy with the model instead."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, windows, None)
        while (window := coming.result()) is not None:
            coming = thread.submit(next, windows, None)
            yield window


def _unit_means(encoder: TextEncoder, tokens: FlatTokens, rows: NDArray[np.int64]) -> Tensor:
    """(m, d) on the device, of length 1; in halves where its memory runs out."""
    try:
        return torch.nn.functional.normalize(encoder.means(tokens, rows), dim=1)
    except torch.OutOfMemoryError:
        if len(rows) == 1:
            raise
    half = len(rows) // 2
    return torch.cat([_unit_means(encoder, tokens, part) for part in (rows[:half], rows[half:])])


@dataclass(frozen=True, slots=True)
class _OnItsWay:
    """Vectors that a device may still be computing."""

    vectors: Tensor
    event: torch.Event | None

    @staticmethod
    def of(vectors: Tensor) -> _OnItsWay:
        if vectors.device.type != "cuda":
            return _OnItsWay(vectors, None)
        # The copy goes to pinned memory right behind the computation; the event says when it is there.
        copied, event = vectors.to("cpu", non_blocking=True), torch.Event("cuda")
        event.record()
        return _OnItsWay(copied, event)

    def arrived(self) -> NDArray[np.float32]:
        """(m, d), waiting for it where necessary."""
        if self.event is not None:
            self.event.synchronize()
        return np.asarray(self.vectors.cpu().numpy(), np.float32)

"""The instant encoder of sounds: what their log-mel spectrogram comes to in a few hundred numbers. Also what tells
near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.arrays.ahead import ahead
from core.modalities.audio.features import BANDS, PARTS, RATE, statistics
from core.modalities.audio.opening import waves
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.kept import LOG_MEL
from core.modalities.payloads import Payloads

AT_ONCE = 64
"""Sounds that are open at a time."""


class LogMelStatistics(RowEncoder):
    """Means, deviations and changes of each band of pitch."""

    kind: Literal["audio"] = "audio"
    name = "log-mel"
    key = LOG_MEL

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        parts = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
        for part, sounds in ahead(parts, lambda part: waves(payloads.items(part), RATE)):
            yield part, np.stack([statistics(one) for one in sounds])


def near_rows(found: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, d) as near-duplicates are looked for, of statistics: the means of bands over parts of time alone, each row
    less its own mean, scaled to length 1."""
    parts = found[:, : PARTS * BANDS]
    centred = parts - parts.mean(1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-3, centred / np.maximum(lengths, 1e-3), 0), np.float32)

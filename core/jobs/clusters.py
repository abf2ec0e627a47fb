"""Near-duplicates of a job's rows, by the instant encoder of their kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.duplicates.near import IMAGE_SIMILARITY, TEXT_SIMILARITY, near_duplicate_groups, unit_rows
from core.modalities.payloads import Payloads
from core.modalities.text.lexical import Lexical
from core.queue import ProgressWriter

STAGE = "near-duplicates"


def find_clusters(
    payloads: Payloads, arrays: Path, progress: ProgressWriter, lexical: Lexical | None = None
) -> NDArray[np.int64]:
    """The cluster of each row, shape (n,): the position of its first row. `lexical` keeps the terms for the scan."""

    def reading(done: float, total: float) -> None:
        progress.update("reading", done, total)

    def comparing(done: float, total: float) -> None:
        progress.update(STAGE, done, total)

    if payloads.kind == "text":
        terms = (lexical or Lexical()).terms(payloads, reading)
        return near_duplicate_groups(terms, payloads.digests, TEXT_SIMILARITY, comparing)
    from core.modalities.image.pixels_encoder import Pixels

    pixels = unit_rows(Pixels().embed(payloads, arrays, reading))
    return near_duplicate_groups(pixels, payloads.digests, IMAGE_SIMILARITY, comparing)

"""Near-duplicates of a job's rows, in the space of their modality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.duplicates.near import near_duplicate_groups
from core.modalities import Modality
from core.modalities.encoder import Encoder
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.queue import ProgressWriter

STAGE = "near-duplicates"
MOST = 0.5
"""Share of all rows that a cluster may hold and still share a fold."""


def find_clusters(
    modality: Modality, payloads: Payloads, arrays: Path, progress: ProgressWriter, encoders: Sequence[Encoder] = ()
) -> NDArray[np.int64]:
    """The cluster of each row, shape (n,): the position of its first row. `encoders` keep what they make on the way."""
    progress.update("reading", 0)
    space = heavy_modality(modality).near_space(payloads, arrays, encoders, progress.stage("reading"))
    progress.update(STAGE, 0)
    return near_duplicate_groups(space, payloads.digests, modality.near_similarity, progress.stage(STAGE))


def kept_together(clusters: NDArray[np.int64], payloads: Payloads) -> NDArray[np.int64]:
    """The cluster (n,) whose rows must share a fold: the near-duplicates' own, as they are, while none has more than
    half of all rows. A larger one would leave a model less to learn from than it is asked about: of that only equal
    contents stay together."""
    large = np.bincount(clusters)[clusters] > MOST * len(clusters)
    if not large.any():
        return clusters
    _, first, which = np.unique(payloads.digests, return_index=True, return_inverse=True)
    return np.where(large, first[which], clusters)

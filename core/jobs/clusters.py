"""Near-duplicates of a job's rows, in the space of their modality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.duplicates.near import near_duplicate_groups
from core.modalities import Modality
from core.modalities.encoder import Encoder
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.queue import ProgressWriter

Told: TypeAlias = "NDArray[np.bool_] | NDArray[np.int64]"
"""The rows that have a label, as a mask (n,) or by position (m,)."""
STAGE = "near-duplicates"
MOST = 0.5
"""Share of the rows with a label that is too much for one fold."""


def find_clusters(
    modality: Modality, payloads: Payloads, arrays: Path, progress: ProgressWriter, encoders: Sequence[Encoder] = ()
) -> NDArray[np.int64]:
    """The cluster of each row, shape (n,): the position of its first row. `encoders` keep what they make on the way."""
    progress.update("reading", 0)
    space = heavy_modality(modality).near_space(payloads, arrays, encoders, progress.stage("reading"))
    progress.update(STAGE, 0)
    return near_duplicate_groups(space, payloads.digests, modality.near_similarity, progress.stage(STAGE))


def kept_together(clusters: NDArray[np.int64], payloads: Payloads, told: Told) -> NDArray[np.int64]:
    """The cluster (n,) whose rows must share a fold: the near-duplicates' own, as they are, while none has half of the
    rows that have a label. A larger one would leave a model no more to learn from than it is asked about: of that only
    equal contents stay together."""
    large = of_one_cluster(clusters, told) >= MOST * max(1, len(clusters[told]))
    if not large.any():
        return clusters
    _, first, which = np.unique(payloads.digests, return_index=True, return_inverse=True)
    return np.where(large, first[which], clusters)


def of_one_cluster(clusters: NDArray[np.int64], told: Told) -> NDArray[np.int64]:
    """(n,) how many of the rows that have a label are in each row's cluster."""
    return np.asarray(np.bincount(clusters[told], minlength=len(clusters))[clusters], np.int64)

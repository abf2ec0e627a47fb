"""Embeddings on disk as an encoder leaves them, without any that encodes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays.embeddings import EmbeddingCache
from core.context import Context
from core.jobs.foresight import kept_folder
from core.modalities.payloads import digests
from core.records import Dataset
from core.store.samples import contents
from core.tasks import task_named


def keep(
    context: Context, dataset: Dataset, encoder: str, vectors: NDArray[np.float32], rows: list[int], shards: int = 3
) -> None:
    """Embeddings of some rows in several shards, as an encoder leaves them; in no order of the rows."""
    folder = kept_folder(context.workspace.arrays / "embeddings", task_named(dataset.task).modality, encoder)
    assert folder is not None
    table = contents(context.store, dataset.latest_version_id)
    of = dict(zip(table.column("example_id").to_pylist(), digests(table.column("content_hash")), strict=True))
    mixed = np.random.default_rng(1).permutation(rows)
    for part in np.array_split(mixed, shards):
        EmbeddingCache(folder).append(np.array([of[int(row)] for row in part], "S16"), vectors[part])

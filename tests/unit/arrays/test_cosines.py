"""Cosines of embeddings that lie in several shards."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.arrays.cosines import Held
from core.arrays.embeddings import EmbeddingCache
from core.arrays.shards import Shards


def test_the_files_of_shards_are_opened_by_the_thread_that_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where several threads parse the heads of arrays at a time, CPython 3.11 fails now and then."""
    names = np.array([b"%016d" % place for place in range(60)], "S16")
    vectors = np.random.default_rng(0).standard_normal((60, 8)).astype(np.float32)
    for part in np.array_split(np.arange(60), 5):
        EmbeddingCache(tmp_path).append(names[part], vectors[part])
    threads: list[int] = []
    opened = Shards.arrays

    def arrays(shard: Path, part: str = "vectors") -> NDArray[Any]:
        threads.append(threading.get_ident())
        return opened(shard, part)

    monkeypatch.setattr(Shards, "arrays", staticmethod(arrays))
    found = Held.of(tmp_path, names).cosines(vectors[7])
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.allclose(found, units @ units[7], atol=1e-5)
    assert threads == [threading.get_ident()] * 5

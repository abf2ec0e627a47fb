from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from core.arrays.embeddings import EmbeddingCache
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.payloads import Payloads
from tests.unit.modalities.corpus import silent, text_payloads


class Lengths(RowEncoder):
    """Encodes a text as its length and counts what it was asked for."""

    kind: Literal["text"] = "text"
    name = "lengths"
    key = "lengths-1"

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        for row in rows[::-1]:
            self.encoded += 1
            yield np.array([row]), np.array([[len(payloads.take(np.array([row]))[0]), 1.0]], np.float32)


def test_vectors_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache")
    cache.append(np.array([b"b", b"a"], "S16"), np.array([[2.0], [1.0]], np.float32))
    cache.append(np.array([b"c"], "S16"), np.array([[3.0]], np.float32))
    assert cache.gather(np.array([b"c", b"a", b"b", b"a"], "S16")).tolist() == [[3.0], [1.0], [2.0], [1.0]]
    assert cache.missing(np.array([b"x", b"a", b"x", b"y"], "S16")).tolist() == [0, 3]


def test_an_added_row_costs_one_row_and_a_repeated_text_nothing(tmp_path: Path) -> None:
    encoder, texts = Lengths(), ["one", "three", "one"]
    assert encoder.embed(text_payloads(texts), tmp_path, silent)[:, 0].tolist() == [3, 5, 3]
    assert encoder.encoded == 2
    assert encoder.embed(text_payloads([*texts, "seventeen"]), tmp_path, silent)[:, 0].tolist() == [3, 5, 3, 9]
    assert encoder.encoded == 3


def test_what_was_encoded_before_a_stop_is_kept(tmp_path: Path) -> None:
    encoder, payloads = Lengths(), text_payloads([f"{'x' * size}" for size in range(1, 11)])

    def stop_after_four(done: float, total: float) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.embed(payloads, tmp_path, stop_after_four)
    encoder.embed(payloads, tmp_path, silent)
    assert encoder.encoded == 10


def test_a_shard_cut_short_by_a_kill_does_not_count(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path)
    cache.append(np.array([b"a"], "S16"), np.ones((1, 2), np.float32))
    (tmp_path / "dead.vectors.npy").write_bytes(b"half")
    (tmp_path / "dead.digests.part").write_bytes(b"half")
    assert cache.missing(np.array([b"a", b"b"], "S16")).tolist() == [1]
    assert cache.gather(np.array([b"a"], "S16")).tolist() == [[1.0, 1.0]]

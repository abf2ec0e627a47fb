"""Texts are cut into tokens once, whoever asks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.modalities.text import token_store as module
from core.modalities.text.token_store import Tokens, tokenised

TEXTS = ["a bb ccc", "", "dd", "a bb ccc", "e f g h"]
DIGESTS = np.array([b"one", b"two\0x", b"three", b"one", bytes(range(16))], "S16")


def lists(tokens: Tokens) -> list[list[int]]:
    return [part.tolist() for part in np.split(tokens.values, tokens.offsets[1:-1])]


def test_contents_are_encoded_once_and_come_back_in_the_order_asked(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(texts: list[str]) -> list[list[int]]:
        asked.extend(texts)
        return [[len(word) for word in text.split()] for text in texts]

    def texts(rows: np.ndarray) -> list[str]:
        return [TEXTS[row] for row in rows]

    first = tokenised(tmp_path, DIGESTS[:3], texts, encode, lambda done, total: None)
    assert lists(first) == [[1, 2, 3], [], [2]]
    again = tokenised(tmp_path, DIGESTS, texts, encode, lambda done, total: None)
    assert sorted(asked) == ["", "a bb ccc", "dd", "e f g h"]
    assert lists(again) == [[1, 2, 3], [], [2], [1, 2, 3], [1, 1, 1, 1]]
    assert again.lengths.tolist() == [3, 0, 1, 3, 4]
    assert again.occurring(np.array([2, 4])).tolist() == [1, 2]


def test_tokens_come_back_whatever_shard_they_are_in_and_however_long_they_are(tmp_path: Path) -> None:
    """Some shards need more bytes for an id than others, some hold only empty texts, and a kill has left its files."""
    random = np.random.default_rng(0)
    made = [
        random.integers(0, top, random.integers(0, 40)).tolist() for top in (200, 30_000, 100_000) for _ in range(60)
    ]
    made += [[], []]
    digests = np.array([f"{place:016d}".encode() for place in range(len(made))], "S16")

    def cut(chosen: np.ndarray) -> Tokens:
        where = {digest: place for place, digest in enumerate(digests.tolist())}
        rows = [where[one] for one in digests[chosen].tolist()]
        texts = {str(place): tokens for place, tokens in enumerate(made)}
        return tokenised(
            tmp_path,
            digests[chosen],
            lambda asked: [str(rows[place]) for place in asked],
            lambda names: [texts[name] for name in names],
            lambda done, total: None,
        )

    for part in np.array_split(np.arange(len(made)), 4):
        cut(part)
    (tmp_path / "dead.tokens.npy").write_bytes(b"half")
    (tmp_path / "dead.digests.npy.0.part").write_bytes(b"half")
    chosen = random.integers(0, len(made), 500)
    assert lists(cut(chosen)) == [made[place] for place in chosen]


def test_what_was_made_before_a_stop_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    made: list[int] = []

    def encode(texts: list[str]) -> list[list[int]]:
        made.append(len(texts))
        return [[1] for _ in texts]

    def stop(done: float, total: float) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    def texts(rows: np.ndarray) -> list[str]:
        return [TEXTS[row] for row in rows]

    with pytest.raises(KeyboardInterrupt):
        tokenised(tmp_path, DIGESTS, texts, encode, stop)
    tokenised(tmp_path, DIGESTS, texts, encode, lambda done, total: None)
    assert made == [2, 2]

"""Words of texts through a text model: what a layer in its middle says of the subwords of each.

A long text goes through the model in windows that overlap, and each subword is taken from the one in which it has most
text around it: no word is cut off. What was made is kept per text and its words, in half precision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.arrays.disk_backed import empty_of
from core.arrays.shards import DIGEST, Shards, Wanted
from core.modalities.model_files import config, fingerprint
from core.modalities.text.backends import TextEncoder, open_text_encoder
from core.modalities.text.tokens import FlatTokens
from core.progress import Report, unheard

LAYER = 0.5
"""How far up the model the hidden state is that words are told by. The last layers are for whole sentences: heads on
MiniLM's middle layer ranked wrong entities with an average precision of .53, on its last one with .41 (3,394 sentences,
8 % with planted errors), and more layers side by side added nothing."""
MAX_TOKENS = 512
Bounds = NDArray[np.int64]
"""(w, 2) start and stop of each word, in characters of its text."""
STRIDE = 64
"""Tokens that two windows of a text share."""
CHUNK = 1024
"""Texts that are encoded before what was made goes to disk."""


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The words of n texts."""

    values: NDArray[np.float16]
    """(w, d): the mean over the word's subwords."""
    offsets: NDArray[np.int64]
    """(n + 1,) where the words of each text begin, and the last ones end."""


def word_vectors(
    name: str,
    folder: Path,
    texts: Callable[[NDArray[np.int64]], list[str]],
    bounds: Sequence[Bounds],
    digests: NDArray[np.bytes_],
    arrays: Path,
    tick: Report = unheard,
) -> WordVectors:
    """Of the words at `bounds` of n texts, whose contents are `digests` and which `texts` gives by their places: kept
    below `arrays`, and made where they are not. `name` is the model's, for messages, `folder` where it lies."""
    layer = round(LAYER * int(config(folder).get("num_hidden_layers", 2)))
    cache = Shards(arrays / "embeddings" / f"words-{fingerprint(folder)}-{MAX_TOKENS}-{layer}")
    keys = _keys(digests, bounds)
    missing = cache.missing(keys)
    if len(missing):
        encoder = open_text_encoder(name, folder, MAX_TOKENS, device())
        # Longest first, as texts are elsewhere: what does not fit fails at once, and batches are even.
        ordered = missing[np.argsort([-len(bounds[row]) for row in missing], kind="stable")]
        tick(0, len(missing))
        for start in range(0, len(ordered), CHUNK):
            rows = ordered[start : start + CHUNK]
            made = list(encoded(encoder, layer, texts(rows), [bounds[row] for row in rows]))
            offsets = np.cumsum([0, *map(len, made)])
            cache.append_parts(keys[rows], {"vectors": np.concatenate(made), "offsets": offsets})
            tick(start + len(rows), len(missing))
    return _gathered(cache, keys, np.array([len(one) for one in bounds], np.int64))


def encoded(
    encoder: TextEncoder, layer: int, texts: Sequence[str], bounds: Sequence[Bounds]
) -> Iterator[NDArray[np.float16]]:
    """(w, d) of each text's words, from the hidden states after a layer; a word of which the tokenizer makes nothing is
    all 0."""
    pieces = encoder.pieces(texts)
    room = max(1, pieces.limit - len(pieces.before) - len(pieces.after))
    parts_of = [(text, start, stop) for text, ids in enumerate(pieces.ids) for start, stop in windows(len(ids), room)]
    tokens = FlatTokens.of(
        [(*pieces.before, *pieces.ids[text][start:stop], *pieces.after) for text, start, stop in parts_of]
    )
    states: list[Tensor | None] = [None] * len(parts_of)
    for batch in encoder.batches(tokens.lengths):
        parts = torch.split(encoder.states(tokens, batch, layer), tokens.lengths[batch].tolist())
        for window, part in zip(batch.tolist(), parts, strict=True):
            states[window] = part[len(pieces.before) : len(part) - len(pieces.after)]
    width = next(one.shape[1] for one in states if one is not None)
    at = 0
    for text, ids in enumerate(pieces.ids):
        mine = []
        for start, stop in windows(len(ids), room):
            seen = states[at]
            at += 1
            assert seen is not None
            # The half of what two windows share goes to each of them.
            half = shared(room) // 2
            begin, end = (half if start else 0), (half if stop < len(ids) else 0)
            mine.append(seen[begin : len(seen) - end])
        whole = torch.cat(mine) if ids else torch.zeros(0, width)
        yield _pooled(whole.float().cpu(), np.array(pieces.ends[text], np.int64).reshape(-1, 2), bounds[text])


def windows(tokens: int, room: int) -> list[tuple[int, int]]:
    """Start and stop of each window over so many tokens."""
    if tokens <= room:
        return [(0, tokens)]
    overlap = shared(room)
    starts = range(0, tokens - overlap, room - overlap)
    return [(start, min(start + room, tokens)) for start in starts]


def shared(room: int) -> int:
    """Tokens that windows of `room` tokens share: an even number."""
    return min(STRIDE, room // 2) // 2 * 2


def _pooled(states: Tensor, ends: Bounds, words: Bounds) -> NDArray[np.float16]:
    """(w, d) of subword states (s, d), which stand for the characters at `ends` (s, 2)."""
    first = np.searchsorted(ends[:, 1], words[:, 0], "right")
    last = np.maximum(first, np.searchsorted(ends[:, 0], words[:, 1], "left"))
    sums = torch.cat([torch.zeros(1, states.shape[1]), states.cumsum(0, dtype=torch.float64).float()])
    count = torch.from_numpy(last - first)
    means = (sums[last] - sums[first]) / count.clamp_min(1)[:, None]
    return means.half().numpy()


def _keys(digests: NDArray[np.bytes_], bounds: Sequence[Bounds]) -> NDArray[np.bytes_]:
    """(n,) digests of each text and where its words lie."""
    keys = [
        hashlib.blake2b(digest.tobytes() + one.tobytes(), digest_size=16).digest()
        for digest, one in zip(digests, bounds, strict=True)
    ]
    return np.array(keys, DIGEST)


def _gathered(cache: Shards, keys: NDArray[np.bytes_], counts: NDArray[np.int64]) -> WordVectors:
    offsets = np.concatenate([[0], np.cumsum(counts)])
    wanted, values = Wanted.of(keys), None
    for shard in cache.all():
        source, target = wanted.found(cache.digests(shard))
        if not len(source) or not cache.is_whole(shard):
            continue
        vectors, starts = cache.arrays(shard), cache.arrays(shard, "offsets")
        if values is None:
            values = empty_of(np.float16, (int(offsets[-1]), vectors.shape[1]), cache.folder)
        for one, row in zip(source.tolist(), target.tolist(), strict=True):
            values[offsets[row] : offsets[row + 1]] = vectors[starts[one] : starts[one + 1]]
    assert values is not None
    return WordVectors(values, offsets)

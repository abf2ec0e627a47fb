"""Clusters of near-duplicates: rows that must never be on both sides of a fold or a split.

Random hyperplanes turn each row into bits (Charikar, Similarity estimation techniques from rounding algorithms, 2002);
rows that agree in a whole band of bits are compared, first bit by bit, then exactly. Never all pairs: time and memory
grow with n log n. Equal rows and equal contents always meet.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from core.arrays.disk_backed import row_chunks
from core.progress import Report

Rows: TypeAlias = "NDArray[np.float32] | sp.csr_matrix"
"""(n, d): rows of length 1, or of length 0 where there is nothing to compare."""

BANDS = 48
WINDOW = 8
"""Within a band, a row is compared with so many of those next to it in the order of their other bits."""
SKETCH = 512
"""Dimensions in which sparse rows are cut by planes."""
MARGIN = 4
"""Standard deviations that the estimate from bits may be off before a pair is dropped unseen."""


def near_duplicate_groups(
    rows: Rows, digests: NDArray[np.bytes_], similarity: float, tick: Report
) -> NDArray[np.int64]:
    """The cluster of each row, shape (n,): the position of its first row.

    Rows are in one cluster when they are joined by a chain of pairs that have the same content or a cosine of at
    least `similarity`. A pair at exactly `similarity` 0.9 is found with a probability above .95 at 1M rows, one at 0.95
    with one above .999.
    """
    count = len(digests)
    edges = [_equal_contents(digests)]
    bits = max(8, int(np.ceil(np.log2(max(2, count)))) - 2)
    signatures, keys = _signatures(rows, bits)
    allowed = int(_bit_bound(similarity, signatures.shape[1] * 64))
    first_word = int(_bit_bound(similarity, 64))
    useful = np.asarray(np.abs(rows).sum(1)).reshape(-1) > 0
    component = _components(count, edges)
    for band in range(BANDS):
        left, right = _neighbours_in_band(keys[:, band], signatures, useful, bits, first_word)
        apart = component[left] != component[right]
        left, right = left[apart], right[apart]
        close = np.bitwise_count(signatures[left] ^ signatures[right]).sum(1) <= allowed
        left, right = left[close], right[close]
        alike = _cosines(rows, left, right) >= similarity - 1e-6
        if alike.any():
            edges.append(np.stack([left[alike], right[alike]]))
            component = _components(count, edges)
        tick(band + 1, BANDS)
    return component


def _equal_contents(digests: NDArray[np.bytes_]) -> NDArray[np.int64]:
    order = np.argsort(digests, kind="stable")
    same = digests[order[1:]] == digests[order[:-1]]
    return np.stack([order[:-1][same], order[1:][same]])


def _signatures(rows: Rows, bits: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """All bits of each row packed into words (n, w), and the key of each band (n, BANDS)."""
    generator = np.random.default_rng(0)
    count, width = rows.shape
    sketch = _Sketch(width, generator) if sp.issparse(rows) and width > SKETCH else None
    planes = generator.standard_normal((SKETCH if sketch else width, BANDS * bits), np.float32)
    powers = 1 << np.arange(bits, dtype=np.int64)
    words = -(-BANDS * bits // 64)
    packed, keys = np.empty((count, words), np.uint64), np.empty((count, BANDS), np.int64)
    for part in row_chunks(count, BANDS * bits):
        some = sketch.of(rows[part]) if sketch else rows[part]
        signs = np.asarray(some @ planes) > 0
        keys[part] = signs.reshape(-1, BANDS, bits) @ powers
        padded = np.zeros((len(signs), words * 64), bool)
        padded[:, : signs.shape[1]] = signs
        packed[part] = np.packbits(padded, axis=1).view(np.uint64)
    return packed, keys


class _Sketch:
    """Sparse rows in few dimensions, so that planes are dense products: each term has one of them and a sign (Charikar,
    Chen and Farach-Colton, Finding frequent items in data streams, 2002). A cosine of .9 stays within ± .008, one
    standard deviation; what the bits then leave is compared by the rows themselves."""

    def __init__(self, width: int, generator: np.random.Generator) -> None:
        self._place = generator.integers(SKETCH, size=width)
        self._sign = generator.choice(np.array([-1, 1], np.float32), width)

    def of(self, rows: sp.csr_matrix) -> NDArray[np.float32]:
        """(n, SKETCH) float32."""
        row = np.repeat(np.arange(rows.shape[0]) * SKETCH, np.diff(rows.indptr))
        cells = np.bincount(
            row + self._place[rows.indices], rows.data * self._sign[rows.indices], rows.shape[0] * SKETCH
        )
        return cells.reshape(-1, SKETCH).astype(np.float32)


def _bit_bound(similarity: float, bits: int) -> float:
    """How many of `bits` may differ: the expected share is the angle over π."""
    share = np.arccos(min(1.0, similarity)) / np.pi
    return float(bits * share + MARGIN * np.sqrt(bits * share * (1 - share)))


def _neighbours_in_band(
    keys: NDArray[np.int64], signatures: NDArray[np.uint64], useful: NDArray[np.bool_], bits: int, first_word: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows with equal keys that stand close together when sorted by their other bits, and differ by no more
    than `first_word` of their first 64."""
    words = signatures[:, 0]
    order = np.argsort(keys.astype(np.uint64) << np.uint64(64 - bits) | words >> np.uint64(bits), kind="stable")
    order = order[useful[order]]
    sorted_keys, words = keys[order], words[order]
    lefts, rights = [], []
    for shift in range(1, WINDOW + 1):
        near = np.flatnonzero(sorted_keys[:-shift] == sorted_keys[shift:])
        near = near[np.bitwise_count(words[near] ^ words[near + shift]) <= first_word]
        lefts.append(order[near])
        rights.append(order[near + shift])
    return np.concatenate(lefts), np.concatenate(rights)


def _cosines(rows: Rows, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    parts = [np.empty(0, np.float32)]
    for part in row_chunks(len(left), 512):
        one, other = rows[left[part]], rows[right[part]]
        product = one * other if isinstance(one, np.ndarray) else one.multiply(other)
        parts.append(np.asarray(product.sum(1), np.float32).reshape(-1))
    return np.concatenate(parts)


def _components(count: int, edges: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    left, right = np.concatenate(edges, axis=1)
    graph = sp.coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    found, component = connected_components(graph, directed=False)
    first = np.empty(found, np.int64)
    first[component[::-1]] = np.arange(count)[::-1]  # the last that is written is the first row of each
    return np.asarray(first[component], np.int64)

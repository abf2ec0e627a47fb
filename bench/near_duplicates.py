"""Near-duplicates among a million short texts: seconds, memory, and how many of the planted ones are found.

`python -m bench near_duplicates`. The texts are drawn word by word as often as words stand in real reviews, tweets and
questions, 8 to 24 of them, so that hardly two are alike by chance; beside them stand copies in which one word is
another, of which those count that are as similar as a copy has to be. The usual way beside it is all pairs, block by
block with a product of sparse matrices, timed on a part of the rows and scaled by their square.
"""

from __future__ import annotations

import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from bench.data import DATA, columns
from bench.row import Row
from core.duplicates.near import near_duplicate_groups
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT

ROWS = int(os.environ.get("WINNOW_BENCH_ROWS", 1_000_000))
COPIES = 0.02
"""Share of the rows that are a copy of another."""
SOURCES = (("amazon_isbook", "questions.csv"), ("disaster_tweets", "test.csv"), ("banking77", "train.csv"))
PART = 20_000
"""Rows of which all pairs are compared."""
EXACT = ROWS // 100
"""Rows that are wholly the same as another."""


def run() -> list[Row]:
    return list(_rows())


def _rows() -> Iterator[Row]:
    texts, copies, originals = _texts()
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    payloads = Payloads.of(pa.chunked_array([texts]), pa.chunked_array([hashes]))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        space = heavy_modality(TEXT).near_space(payloads, Path(folder), (), _silent)
        vectors = time.perf_counter() - began
        groups = near_duplicate_groups(space, payloads.digests, TEXT.near_similarity, _silent)
        seconds = time.perf_counter() - began
    terms = sp.csr_matrix(space)
    cosines = np.asarray(terms[copies].multiply(terms[originals]).sum(1)).ravel()
    alike = cosines >= TEXT.near_similarity
    found = groups[copies] == groups[originals]
    sizes = np.bincount(groups, minlength=len(texts))[groups] > 1
    known = np.zeros(len(texts), bool)
    known[np.r_[copies[alike], originals[alike]]] = True
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    note = f"{vectors:.0f} s of it TF-IDF; peak {peak:.1f} GB"
    yield Row(f"near-duplicates: {len(texts):,} short texts", seconds, "s", _all_pairs(terms), "all pairs", note=note)
    note = f"{int(alike.sum()):,} planted at a cosine of {TEXT.near_similarity} or more"
    yield Row("near-duplicates: planted ones found", float(found[alike].mean()), "", higher_is_better=True, note=note)
    yield Row(
        "near-duplicates: rows in groups that are planted",
        float((known & sizes).sum() / max(1, sizes.sum())),
        "",
        higher_is_better=True,
    )


def _texts() -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """The texts, and which of them are copies of which."""
    generator = np.random.default_rng(0)
    real = (columns(DATA / folder / name)["text"] for folder, name in SOURCES)
    words, counts = np.unique([word for texts in real for text in texts for word in text.split()], return_counts=True)
    lengths = generator.integers(8, 25, ROWS)
    drawn = generator.choice(len(words), int(lengths.sum()), p=counts / counts.sum())
    rows = np.split(drawn, np.cumsum(lengths)[:-1])
    chosen = generator.permutation(ROWS)
    many = int(ROWS * COPIES)
    copies, originals = chosen[:many], chosen[many : 2 * many]
    for place, (copy, original) in enumerate(zip(copies, originals, strict=True)):
        rows[copy] = rows[original].copy()
        if place >= EXACT:
            rows[copy][generator.integers(len(rows[copy]))] = generator.integers(len(words))
    return [" ".join(words[row]) for row in rows], copies, originals


def _all_pairs(space: sp.csr_matrix) -> float:
    """Seconds that all pairs take, by a part of them."""
    part = space[:PART]
    began = time.perf_counter()
    for start in range(0, PART, 1000):
        _ = (part[start : start + 1000] @ part.T) > TEXT.near_similarity
    return (time.perf_counter() - began) * (len(space.indptr) / PART) ** 2


def _silent(done: float, total: float | None) -> None:
    pass

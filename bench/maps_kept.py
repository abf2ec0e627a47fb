"""How true maps are: of the 15 rows nearest to a row by the embeddings, how many are among the 15 nearest on the map,
and how far those that are not are in truth (trustworthiness: Venna and Kaski, Neighborhood preservation in nonlinear
projection methods, 2001).

Run alone: `python -m bench maps_kept`, on some 17,000 real texts: questions to a bank, tweets, reviews, posts. By
principal components, by UMAP of all of them, and by UMAP of a sample with the others placed amid it, as a million rows
are: there the sample is a twentieth.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.data import DATA, columns
from bench.row import Row
from core.arrays.cosines import Held
from core.arrays.embeddings import EmbeddingCache
from core.arrays.principal import fit
from core.jobs.map import run as job
from core.jobs.map.amid import unit
from core.jobs.map.spec import FITTED, MapSpec
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads, digests
from core.modalities.text.facts import TEXT
from core.progress import unheard
from core.queue import JobFolder, ProgressWriter
from core.typed import to_json

NEAREST = 15
ASKED = 1_500
"""Rows whose nearest are looked at."""
SHARES = (4, 20)
"""One of so many is learnt from."""


def run() -> list[Row]:
    """A row for each way, beside principal components."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        vectors = _embedded(Path(folder))
        known = Path(folder) / "known"
        hashes = pa.chunked_array([[f"{row:032x}" for row in range(len(vectors))]])
        EmbeddingCache(known).append(digests(hashes), vectors)
        _, plain = fit(Held.of(known, digests(hashes)), unheard)
        beside = how_true(vectors, plain)
        rows = []
        for share in (1, *SHARES):
            start = time.perf_counter()
            places = by_job(Path(folder) / str(share), known, hashes, -(-len(vectors) // share))
            kept, trust = how_true(vectors, places)
            of = "all" if share == 1 else f"one in {share}, the others amid them"
            seconds = f"{time.perf_counter() - start:.0f} s"
            note = f"trustworthiness {trust:.3f}, principal components {beside[1]:.3f}; {seconds}"
            name = f"UMAP of {len(vectors):,} texts, learnt from {of}: of the {NEAREST} nearest, on the map too"
            rows.append(Row(name, kept, "", beside[0], "principal components", higher_is_better=True, note=note))
        return rows


def how_true(vectors: NDArray[np.float32], places: NDArray[np.float32], asked: int = ASKED) -> tuple[float, float]:
    """The share of nearest rows that a map keeps, and its trustworthiness, both of a sample of the rows. `vectors`
    (n, d) with their `places` (n, 2)."""
    vectors, count = unit(vectors), len(vectors)
    shares, far = [], []
    for row in np.random.default_rng(1).choice(count, min(asked, count), replace=False):
        cosines = vectors @ vectors[row]
        cosines[row] = -np.inf
        true = np.argpartition(-cosines, NEAREST)[:NEAREST]
        apart = ((places - places[row]) ** 2).sum(1)
        apart[row] = np.inf
        near = np.argpartition(apart, NEAREST)[:NEAREST]
        shares.append(len(np.intersect1d(near, true)) / NEAREST)
        ranks = np.array([(cosines > cosines[one]).sum() + 1 for one in near])
        far.append(np.maximum(0, ranks - NEAREST).sum())
    most = NEAREST * (2 * count - 3 * NEAREST - 1)
    return float(np.mean(shares)), 1 - 2 * float(np.mean(far)) / most


def _embedded(folder: Path) -> NDArray[np.float32]:
    files = ("banking77/train.csv", "banking77/test.csv", "disaster_tweets/test.csv", "amazon_isbook/questions.csv")
    texts = {text for file in files for text in columns(DATA / file)["text"]}
    for file in sorted((DATA / "wnut17").glob("*.conll")) or sorted((DATA / "wnut17").iterdir()):
        for part in file.read_text("utf-8", "replace").split("\n\n"):
            texts.add(" ".join(line.split()[0] for line in part.splitlines() if line.split()))
    found = sorted(texts - {""})
    mixed = [found[row] for row in np.random.default_rng(0).permutation(len(found))]
    hashes = pa.chunked_array([[hashlib.sha256(text.encode()).hexdigest() for text in mixed]])
    payloads = Payloads.of(pa.chunked_array([pa.array(mixed, pa.large_string())]), hashes)
    made = make_encoder("minilm", TEXT.name).embed(payloads, folder / "embeddings", unheard)
    return np.asarray(made, np.float32)


def by_job(folder: Path, known: Path, hashes: pa.ChunkedArray, fitted: int = FITTED) -> NDArray[np.float32]:
    """The places (n, 2) that the job gives contents whose embeddings are in the folder `known`."""
    of_job = JobFolder(folder).create()
    rows = pa.table({"example_id": np.arange(len(hashes)), "content_hash": hashes})
    pq.write_table(rows, of_job.input / "rows.parquet")
    of_job.write_spec(to_json(MapSpec("d", "v", "umap-minilm", "minilm", known, folder, fitted=fitted)))
    job.main(of_job, ProgressWriter(of_job, raises_stopped=True))
    made = pq.read_table(of_job.output / "map.parquet")
    return np.stack([made.column(name).to_numpy() for name in "xy"], 1)

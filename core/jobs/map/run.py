"""A job that places rows by UMAP: `python -m core.jobs.map.run FOLDER`.

Reads a `MapSpec` and input/rows.parquet (example_id, content_hash, and the payload where it encodes the rows); writes
output/map.parquet (example_id, x, y).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.cosines import Held
from core.arrays.embeddings import EmbeddingCache
from core.arrays.principal import SIDE
from core.duplicates.neighbours import nearest
from core.errors import UsageError
from core.jobs.entry import run
from core.jobs.map.spec import FITTED, PAYLOAD, MapResult, MapSpec
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads, digests
from core.progress import Report
from core.queue import JobFolder, ProgressWriter
from core.records import EXAMPLE_ID

LEAST = 10
PLACED = 8_192
"""Contents that are placed at a time."""
NEAR = 5
"""Each lies amid so many of those that were learnt from, the nearest counting most: hours quicker than to have UMAP
move them as well."""
READING, ENCODING, FITTING, PLACING = "reading", "encoding", "fitting UMAP", "placing the rest"
_COUNT = re.compile(r"(\d+)/(\d+)")


class _Epochs:
    """What UMAP's bar is written to: it says how many epochs are done, and is the place to stop."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> None:
        if found := _COUNT.search(text):
            self._report(int(found[1]), int(found[2]))

    def flush(self) -> None:
        """Nothing is kept back."""


def main(folder: JobFolder, progress: ProgressWriter) -> MapResult:
    """Places every row that has an embedding; rows of the same content lie on one spot. The same seed gives the same
    places."""
    spec = folder.spec_as(MapSpec)
    progress.update(READING, 0)
    table = pq.read_table(folder.input / "rows.parquet")
    hashes = digests(table.column("content_hash"))
    unique, first, of = np.unique(hashes, return_index=True, return_inverse=True)
    kept = np.full(len(unique), bool(spec.encodes))
    for _, _, places in () if spec.encodes else Held.of(spec.embeddings, unique).parts:
        kept[places] = True
    if kept.sum() < LEAST:
        raise UsageError(
            f"Only {int(kept.sum()):,} different rows have an embedding: a map by UMAP takes {LEAST}.",
            "Load more rows." if spec.encodes else "Scan the dataset first.",
        )
    if spec.encodes:
        payloads = Payloads(table.column(PAYLOAD).cast(pa.large_string()), hashes).subset(first)
        vectors = make_encoder(spec.encoder, spec.encodes).embed(payloads, spec.embeddings, progress.stage(ENCODING))
    else:
        vectors = EmbeddingCache(spec.embeddings).gather(unique[kept])
    found = _placed(vectors, spec, progress)
    every = np.full((len(unique), 2), np.nan, np.float32)
    every[kept] = (found - found.min(0)) * (SIDE / max(float(np.ptp(found, axis=0).max()), 1e-12))
    rows, there = every[of], kept[of]
    example_ids = table.column(EXAMPLE_ID).to_numpy()[there]
    made = pa.table({EXAMPLE_ID: example_ids, "x": rows[there, 0], "y": rows[there, 1]})
    pq.write_table(made, folder.output / "map.parquet")
    return MapResult(len(example_ids), len(vectors), min(len(vectors), FITTED))


def _placed(vectors: NDArray[np.float32], spec: MapSpec, progress: ProgressWriter) -> NDArray[np.float32]:
    """(n, 2) by cosine, in which embeddings are compared. It begins with principal components, so that what is large
    stays where one expects it."""
    from umap import UMAP  # compiles for some seconds

    progress.update(FITTING, 0)
    few = np.asarray(vectors[:FITTED])
    bar: dict[str, Any] = {"file": _Epochs(progress.stage(FITTING)), "disable": False, "bar_format": "{n}/{total}"}
    model = UMAP(
        n_neighbors=min(spec.neighbours, len(few) - 1),
        metric="cosine",
        init="pca",
        random_state=spec.seed,
        n_jobs=1,
        tqdm_kwds=bar,
    )
    found = [np.asarray(model.fit_transform(few), np.float32)]
    for start in range(FITTED, len(vectors), PLACED):
        asked = np.arange(start, min(start + PLACED, len(vectors)))
        progress.update(PLACING, start - FITTED, len(vectors) - FITTED)
        near = nearest(vectors, asked, count=NEAR, among=np.arange(FITTED))
        weights = 1 / np.maximum(1 - near.similarities, 1e-3)[:, :, None]
        found.append((found[0][near.rows] * weights).sum(1) / weights.sum(1))
    return np.concatenate(found).astype(np.float32)


if __name__ == "__main__":
    run(main)

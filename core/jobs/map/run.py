"""A job that places rows by UMAP: `python -m core.jobs.map.run FOLDER`.

Reads a `MapSpec` and input/rows.parquet (example_id, content_hash, and the payload where it encodes the rows); writes
output/map.parquet (example_id, x, y).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.cosines import BLOCK, Held
from core.arrays.principal import SIDE
from core.errors import UsageError
from core.jobs.entry import run
from core.jobs.map.amid import Amid, unit
from core.jobs.map.spec import PAYLOAD, MapResult, MapSpec
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads, digests
from core.progress import Report
from core.queue import JobFolder, ProgressWriter
from core.records import EXAMPLE_ID

LEAST = 10
SAME = 1e-6
"""No number of two directions of length 1 differs by so much where only rounding sets them apart."""
READING, ENCODING, FITTING, PLACING = "reading", "encoding", "fitting UMAP", "placing the rest"
Blocks: TypeAlias = Iterator[tuple[NDArray[np.float32], NDArray[np.int32]]]
"""Embeddings (b, d) with the places (b,) of their contents."""
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
    held = None if spec.encodes else Held.of(spec.embeddings, unique)
    kept = np.full(len(unique), held is None)
    for _, _, places in () if held is None else held.parts:
        kept[places] = True
    if kept.sum() < LEAST:
        raise UsageError(
            f"Only {int(kept.sum()):,} different rows have an embedding: a map by UMAP takes {LEAST}.",
            "Load more rows." if spec.encodes else "Scan the dataset first.",
        )
    learnt = np.flatnonzero(kept)[: spec.fitted]
    found = np.full((len(unique), 2), np.nan, np.float32)
    if held is None:
        payloads = Payloads(table.column(PAYLOAD).cast(pa.large_string()), hashes).subset(first)
        vectors = make_encoder(spec.encoder, spec.encodes).embed(payloads, spec.embeddings, progress.stage(ENCODING))
        few, blocks = np.asarray(vectors[learnt]), _blocks(vectors)
    else:
        known, vectors = held.vectors(learnt)
        few, blocks = vectors[np.argsort(known)], held.blocks()
    directions = unit(few)
    if np.abs(directions - directions[0]).max() < SAME:
        raise UsageError(
            f"The embeddings of {len(few):,} different rows are all the same: a map by UMAP would make up what sets "
            "them apart.",
            "Look at the rows; another encoder may tell them apart.",
        )
    own = _learnt(few, spec, progress)
    lies = np.asarray(np.isfinite(own).all(1))  # what is like nothing gets no place from UMAP
    found[learnt[lies]] = own[lies]
    if rest := int(kept.sum() - lies.sum()):
        _place(found, Amid(few[lies], own[lies], spec.seed), blocks, progress.stage(PLACING), rest)
    found -= np.nanmin(found, 0)
    found *= SIDE / max(float(np.nanmax(found)), 1e-12)
    placed = np.asarray(np.isfinite(found).all(1))
    rows, there = found[of], placed[of]
    example_ids = table.column(EXAMPLE_ID).to_numpy()[there]
    made = pa.table({EXAMPLE_ID: example_ids, "x": rows[there, 0], "y": rows[there, 1]})
    pq.write_table(made, folder.output / "map.parquet")
    return MapResult(len(example_ids), int(placed.sum()), int(lies.sum()))


def _learnt(vectors: NDArray[np.float32], spec: MapSpec, progress: ProgressWriter) -> NDArray[np.float32]:
    """(m, 2) of embeddings (m, d), by cosine, in which these are compared. It begins with principal components, so that
    what is large stays where one expects it."""
    from umap import UMAP  # compiles for some seconds

    progress.update(FITTING, 0)
    bar: dict[str, Any] = {"file": _Epochs(progress.stage(FITTING)), "disable": False, "bar_format": "{n}/{total}"}
    model = UMAP(
        n_neighbors=min(spec.neighbours, len(vectors) - 1),
        metric="cosine",
        init="pca",
        random_state=spec.seed,
        n_jobs=1,
        tqdm_kwds=bar,
    )
    return np.asarray(model.fit_transform(vectors), np.float32)


def _place(found: NDArray[np.float32], amid: Amid, blocks: Blocks, report: Report, rest: int) -> None:
    """Puts what `found` (n, 2) has no place of amid what it has, block by block: the embeddings of all are never in
    memory together."""
    done = 0
    for vectors, places in blocks:
        report(done, rest)
        others = np.isnan(found[places, 0])
        found[places[others]] = amid.placed(vectors[others])
        done += int(others.sum())


def _blocks(vectors: NDArray[np.float32]) -> Blocks:
    for start in range(0, len(vectors), BLOCK):
        places = np.arange(start, min(start + BLOCK, len(vectors)), dtype=np.int32)
        yield np.asarray(vectors[start : start + BLOCK]), places


if __name__ == "__main__":
    run(main)

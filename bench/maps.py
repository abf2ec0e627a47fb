"""The map of a million rows: principal components of kept embeddings, the first picture, a part of it, the rows of
an area that is drawn, and the job that places them by UMAP.

Run alone: `python -m bench maps`. Beside the principal components stand scikit-learn's, of the same embeddings already
in memory.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from bench.large import load_large, seconds
from bench.maps_kept import by_job
from bench.row import Row
from core.arrays.embeddings import EmbeddingCache
from core.context import Context
from core.jobs.foresight import kept_folder
from core.jobs.map.spec import FITTED
from core.modalities.payloads import digests
from core.modalities.text.facts import TEXT
from core.records import ColumnFilter, Dataset, RowFilter
from core.services.map.projections import Projection, principal
from core.services.map.sight import Box
from core.store.datasets import get_dataset
from core.store.maps.area import write_area
from core.store.maps.points import contents_as_loaded
from core.store.row_facts.area import MAP
from core.store.rows import count_and_page_of_ids
from core.store.versions import get_version
from core.ui.map.route import Shown, told_sight

WIDTH = 384
SHARD = 50_000
TIMES = 5
CELLS = (320, 140)
"""Of a map that is 1,280 pixels wide."""
GROUPS = 30


def run() -> list[Row]:
    """Each figure once where a second time is answered from memory, else the median."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        os.environ["WINNOW_WORKSPACE"] = str(Path(folder) / "workspace")
        from core.ui.shell.context import app_context, close_contexts

        context = app_context()
        try:
            load_large(context, Path(folder))
            dataset = get_dataset(context.store, "large")
            vectors = write_embeddings(context, dataset)
            return [*_measured(context, dataset, vectors), _by_umap(context, dataset, Path(folder) / "umap")]
        finally:
            close_contexts()


def write_embeddings(context: Context, dataset: Dataset) -> NDArray[np.float32]:
    """Unit vectors around centres, as an encoder leaves them; in memory they are returned."""
    folder = _kept(context)
    unique = np.unique(digests(contents_as_loaded(context.store, dataset.dataset_id).column("content_hash")))
    draw, parts = np.random.default_rng(0), []
    centres = draw.standard_normal((GROUPS, WIDTH)).astype(np.float32)
    for start in range(0, len(unique), SHARD):
        part = unique[start : start + SHARD]
        vectors = centres[draw.integers(0, GROUPS, len(part))] + draw.standard_normal((len(part), WIDTH), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        EmbeddingCache(folder).append(part, vectors)
        parts.append(vectors)
    return np.concatenate(parts)


def _kept(context: Context) -> Path:
    folder = kept_folder(context.workspace.arrays / "embeddings", TEXT, "minilm")
    assert folder is not None
    return folder


def _by_umap(context: Context, dataset: Dataset, folder: Path) -> Row:
    hashes = contents_as_loaded(context.store, dataset.dataset_id).column("content_hash")
    taken = seconds(lambda: by_job(folder, _kept(context), hashes))
    return Row("map: the job by UMAP", taken, "s", note=f"learnt from {FITTED:,} rows")


def _measured(context: Context, dataset: Dataset, vectors: NDArray[np.float32]) -> list[Row]:
    found: list[Projection] = []
    ours = seconds(lambda: found.append(_made(context, dataset)))
    theirs = seconds(lambda: PCA(2, svd_solver="covariance_eigh").fit_transform(vectors))
    version = get_version(context.store, dataset.latest_version_id)
    [projection] = found
    shown = Shown(dataset, version, projection, "label")
    first = seconds(lambda: told_sight(context, shown, CELLS))
    told = told_sight(context, shown, CELLS)
    left, bottom, right, top = told["box"]
    x, y, wide, high = (left + right) / 2, (bottom + top) / 2, (right - left) / 3, (top - bottom) / 3
    zoomed = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    again = _median(lambda: told_sight(context, shown, CELLS, zoomed))
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    corners = [(round(x + wide * np.cos(one), 1), round(y + high * np.sin(one), 1)) for one in angles.tolist()]
    area = write_area(projection.name, tuple((float(one), float(other)) for one, other in corners))
    where = RowFilter(columns=(ColumnFilter(MAP.column, "=", (area,)),))
    counted: list[int] = []
    listed = _median(lambda: counted.append(count_and_page_of_ids(context.store, version.version_id, where, 50)[0]))
    return [
        Row("map: principal components, embeddings on disk", ours, "s", theirs, "scikit-learn, in memory"),
        Row("map: first picture", first * 1000, "ms", bound="≤ 1,500 ms", note=f"{len(json.dumps(told)):,} bytes"),
        Row("map: a ninth of it", again * 1000, "ms"),
        Row(
            "map: rows of an area with 64 corners", listed * 1000, "ms", note=f"{counted[0]:,} rows, {len(area)} bytes"
        ),
    ]


def _made(context: Context, dataset: Dataset) -> Projection:
    made = principal(context, dataset, lambda done, total: None)
    assert made is not None
    return made


def _median(work: Callable[[], object]) -> float:
    return statistics.median(seconds(work) for _ in range(TIMES))

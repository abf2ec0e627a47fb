"""The job that places rows by UMAP: every row with an embedding, the same ones each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from core.arrays.embeddings import EmbeddingCache
from core.arrays.principal import SIDE
from core.errors import UsageError
from core.jobs.map import run as job
from core.jobs.map.spec import MapResult, MapSpec
from core.modalities.payloads import digests
from core.queue import JobFolder, ProgressWriter, Stopped
from core.typed import to_json

ROWS = 120


def folder_of(path: Path, embedded: int) -> JobFolder:
    """Rows of three far groups, the last two of which have the same content; so many of them are embedded."""
    hashes = [f"{row:032x}" for row in range(ROWS - 1)]
    rows = pa.table({"example_id": range(ROWS), "content_hash": [*hashes, hashes[-1]]})
    draw = np.random.default_rng(0)
    centres = draw.standard_normal((3, 16)) * 8
    vectors = (centres[np.arange(ROWS - 1) % 3] + draw.standard_normal((ROWS - 1, 16))).astype(np.float32)
    kept = digests(pa.chunked_array([hashes]))
    EmbeddingCache(path / "minilm").append(kept[:embedded], vectors[:embedded])
    folder = JobFolder(path / "job").create()
    pq.write_table(rows, folder.input / "rows.parquet")
    folder.write_spec(to_json(MapSpec("d", "v", "umap-minilm", "minilm", path / "minilm", path / "media")))
    return folder


def made(folder: JobFolder) -> tuple[MapResult, NDArray[np.int64], NDArray[np.float64]]:
    result = job.main(folder, ProgressWriter(folder, raises_stopped=True))
    table = pq.read_table(folder.output / "map.parquet")
    places = np.stack([table.column(name).to_numpy() for name in "xy"], 1).astype(np.float64)
    return result, table.column("example_id").to_numpy(), places


@pytest.mark.parametrize("fitted", [50_000, 90])
def test_rows_that_are_alike_lie_together_also_those_that_were_not_learnt_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fitted: int
) -> None:
    monkeypatch.setattr(job, "FITTED", fitted)
    folder = folder_of(tmp_path, ROWS - 9)
    result, rows, places = made(folder)
    assert result == MapResult(ROWS - 9, ROWS - 9, min(fitted, ROWS - 9))
    assert rows.tolist() == list(range(ROWS - 9))
    assert places.min() == pytest.approx(0, abs=1e-3) and np.ptp(places, axis=0).max() == pytest.approx(SIDE, rel=1e-5)
    middles = np.stack([places[rows % 3 == group].mean(0) for group in range(3)])
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(1)
    assert np.array_equal(nearest, rows % 3)
    assert np.array_equal(made(folder)[2], places)


def test_what_cannot_be_placed_is_said_and_a_stop_is_heard_while_it_learns(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Only 9 different rows have an embedding"):
        made(folder_of(tmp_path / "few", 9))
    folder = folder_of(tmp_path / "all", ROWS - 1)
    folder.request_stop()
    epochs = job._Epochs(ProgressWriter(folder, raises_stopped=True).stage(job.FITTING))
    epochs.write("\r")
    with pytest.raises(Stopped):
        epochs.write("\r20/500")

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
from core.jobs.map.amid import BESIDE, NEAR, Amid, unit
from core.jobs.map.spec import FITTED, MapResult, MapSpec
from core.modalities.payloads import digests
from core.queue import JobFolder, ProgressWriter, Stopped
from core.typed import to_json

ROWS = 120


def folder_of(path: Path, embedded: int, fitted: int = FITTED) -> JobFolder:
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
    spec = MapSpec("d", "v", "umap-minilm", "minilm", path / "minilm", path / "media", fitted=fitted)
    folder.write_spec(to_json(spec))
    return folder


def made(folder: JobFolder) -> tuple[MapResult, NDArray[np.int64], NDArray[np.float64]]:
    result = job.main(folder, ProgressWriter(folder, raises_stopped=True))
    table = pq.read_table(folder.output / "map.parquet")
    places = np.stack([table.column(name).to_numpy() for name in "xy"], 1).astype(np.float64)
    return result, table.column("example_id").to_numpy(), places


@pytest.mark.parametrize("fitted", [50_000, 90])
def test_rows_that_are_alike_lie_together_also_those_that_were_not_learnt_from(tmp_path: Path, fitted: int) -> None:
    folder = folder_of(tmp_path, ROWS - 9, fitted)
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


def written(path: Path, shards: list[NDArray[np.float32]], fitted: int) -> JobFolder:
    """Rows with the embeddings of these shards, (n, d) each; those of the last shard come first."""
    hashes = [f"{row:032x}" for row in range(sum(map(len, shards)))]
    kept, end = digests(pa.chunked_array([hashes])), len(hashes)
    for vectors in shards:
        EmbeddingCache(path / "minilm").append(kept[end - len(vectors) : end], vectors)
        end -= len(vectors)
    folder = JobFolder(path / "job").create()
    pq.write_table(pa.table({"example_id": range(len(hashes)), "content_hash": hashes}), folder.input / "rows.parquet")
    spec = MapSpec("d", "v", "umap-minilm", "minilm", path / "minilm", path / "media", fitted=fitted)
    folder.write_spec(to_json(spec))
    return folder


def flat(vectors: NDArray[np.float32], spec: MapSpec, progress: ProgressWriter) -> NDArray[np.float32]:
    """In place of UMAP, which takes seconds."""
    return vectors[:, :2].copy()


def test_a_shard_may_hold_nothing_but_rows_that_were_learnt_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_learnt", flat)
    vectors = np.random.default_rng(0).standard_normal((120, 8)).astype(np.float32)
    result, rows, places = made(written(tmp_path, [vectors[2:], vectors[:2]], 90))
    assert result == MapResult(120, 120, 90)
    assert rows.tolist() == list(range(120)) and np.isfinite(places).all()


def test_every_row_has_a_place_where_many_embeddings_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_learnt", flat)
    draw = np.random.default_rng(0)
    vectors = draw.standard_normal((4_000, 16)).astype(np.float32)
    same = draw.random(4_000) < 0.4
    vectors[same] = vectors[0]
    result, _, places = made(written(tmp_path, [vectors], 2_500))
    assert result == MapResult(4_000, 4_000, 2_500)
    assert np.isfinite(places).all()
    assert np.ptp(places[same], axis=0).max() < 1, "what is the same lies on one spot"


def test_what_umap_gives_no_place_lies_amid_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_of_some(vectors: NDArray[np.float32], spec: MapSpec, progress: ProgressWriter) -> NDArray[np.float32]:
        places = flat(vectors, spec, progress)
        places[::10] = np.nan
        return places

    monkeypatch.setattr(job, "_learnt", none_of_some)
    vectors = np.random.default_rng(0).standard_normal((120, 8)).astype(np.float32)
    result, rows, places = made(written(tmp_path, [vectors], FITTED))
    assert result == MapResult(120, 120, 108)
    assert len(rows) == 120 and np.isfinite(places).all()


@pytest.mark.parametrize("length", [0, 1])
def test_embeddings_that_are_all_the_same_make_no_map_and_that_is_said(tmp_path: Path, length: int) -> None:
    one = np.random.default_rng(0).standard_normal(16) * length
    lengths = np.linspace(0.5, 2, 40)[:, None]  # by cosine, in which they are compared, that is no difference
    with pytest.raises(UsageError, match="The embeddings of 40 different rows are all the same"):
        made(written(tmp_path, [(one * lengths).astype(np.float32)], FITTED))


def test_what_was_not_learnt_from_finds_its_nearest_without_a_look_at_all() -> None:
    draw = np.random.default_rng(0)
    centres = draw.standard_normal((40, 24))
    vectors = (centres[draw.integers(0, 40, 2_300)] + 0.3 * draw.standard_normal((2_300, 24))).astype(np.float32)
    known, asked = vectors[:2_000], vectors[2_000:]
    places = draw.random((2_000, 2)).astype(np.float32)
    rows, cosines = Amid(known, places, 0).nearest(asked)
    exact = unit(asked) @ unit(known).T
    best = np.argsort(-exact, 1)[:, :NEAR]
    found = [len(np.intersect1d(mine, true)) / NEAR for mine, true in zip(rows, best, strict=True)]
    assert np.mean(found) > 0.95
    assert np.allclose(cosines, np.take_along_axis(exact, rows, 1), atol=1e-5)
    same = Amid(known, places, 0).placed(known[:5])
    assert np.linalg.norm(same - places[:5], axis=1).max() < 0.1, "one that is known lies where it lay"


def test_fewer_than_it_looks_for_are_enough_to_lie_amid() -> None:
    known = np.eye(3, dtype=np.float32)
    places = np.array([[0, 0], [9, 0], [0, 9]], np.float32)
    amid = Amid(known, places, 0)
    assert (amid.nearest(known)[0] == -1).sum() == 3 * (NEAR - 3)
    assert np.allclose(amid.placed(known), places, atol=0.1)
    assert np.isfinite(amid.placed(np.zeros((1, 3), np.float32))).all()


def test_a_row_lies_with_its_nearest_not_half_way_to_others_that_lie_elsewhere() -> None:
    known = np.eye(4, dtype=np.float32)
    places = np.array([[0, 0], [BESIDE / 2, 0], [9, 9], [-9, 9]], np.float32)
    asked = np.array([[0.8, 0.7, 0.6, 0.5]], np.float32)
    [[x, y]] = Amid(known, places, 0).placed(asked)
    assert 0 < x < BESIDE / 2 and y == 0


def test_equal_ones_leave_no_cell_empty_that_could_be_searched_in_vain() -> None:
    draw = np.random.default_rng(0)
    known = draw.standard_normal((2_000, 16)).astype(np.float32)
    known[draw.random(2_000) < 0.5] = known[0]
    asked = np.concatenate([known[:1], draw.standard_normal((50, 16)).astype(np.float32)])
    rows, cosines = Amid(known, draw.random((2_000, 2)).astype(np.float32), 0).nearest(asked)
    assert (rows >= 0).all() and cosines[0] == pytest.approx(1)
    assert Amid(known, known[:, :2], 0).placed(known[:0]).shape == (0, 2)

"""Rows like a row: all embeddings on disk are compared, whichever shards they lie in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.context import Context
from core.records import Dataset, RowFilter
from core.services.similar.nearest import Similar, similar_rows, state_of
from core.store.versions import get_version
from tests.embeddings import keep

ALL = RowFilter()


def vectors_of(dataset: Dataset, seed: int = 0, width: int = 8) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((dataset.row_count, width)).astype(np.float32)


def found(context: Context, dataset: Dataset, row: int, where: RowFilter = ALL, count: int = 100) -> Similar:
    version = get_version(context.store, dataset.latest_version_id)
    answer = similar_rows(context, dataset, version, row, where, count)
    assert answer is not None
    return answer


def test_the_rows_most_like_one_stand_by_their_cosine_and_it_stands_first_itself(
    context: Context, news: Dataset
) -> None:
    vectors = vectors_of(news)
    vectors[[4, 9]] = vectors[17] * 3  # as like it as it is itself
    keep(context, news, "minilm", vectors, list(range(40)))
    answer = found(context, news, 17, count=12)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = units @ units[17]
    by_hand = sorted(range(40), key=lambda row: (row != 17, -round(float(cosines[row]), 5), row))[:12]
    assert [row for row, _ in answer.rows] == by_hand
    assert by_hand[:3] == [17, 4, 9]
    assert [share for _, share in answer.rows] == pytest.approx(cosines[by_hand], abs=1e-5)
    assert (answer.encoder, answer.compared) == ("minilm", 40)


def test_only_rows_that_the_filter_keeps_are_ranked(context: Context, news: Dataset) -> None:
    keep(context, news, "minilm", vectors_of(news), list(range(40)))
    answer = found(context, news, 17, RowFilter(label="x"), count=5)
    assert len(answer.rows) == 5 and all(row % 2 == 0 or row == 39 for row, _ in answer.rows)
    whole = [row for row, _ in found(context, news, 17).rows]
    assert [row for row, _ in answer.rows] == [row for row in whole if row % 2 == 0 or row == 39][:5]


def test_rows_without_an_embedding_are_left_out_until_it_is_there(context: Context, news: Dataset) -> None:
    version = get_version(context.store, news.latest_version_id)
    assert similar_rows(context, news, version, 17, RowFilter()) is None
    vectors = vectors_of(news)
    keep(context, news, "minilm", vectors, list(range(10, 30)))
    before = state_of(context)
    assert similar_rows(context, news, version, 3, RowFilter()) is None, "it has none itself"
    assert found(context, news, 17).compared == 20
    keep(context, news, "minilm", vectors, [*range(10), *range(30, 40)])
    assert state_of(context) != before, "what a page has kept under it is asked for anew"
    assert found(context, news, 3).compared == 40


def test_images_are_compared_by_the_better_encoder_that_has_seen_the_row(context: Context, pets: Dataset) -> None:
    keep(context, pets, "pixels", vectors_of(pets), list(range(6)))
    assert found(context, pets, 2).encoder == "pixels"
    keep(context, pets, "efficientnet", vectors_of(pets, 1), [0, 1, 2], 1)
    assert found(context, pets, 2).encoder == "efficientnet"
    assert found(context, pets, 2).compared == 3
    assert found(context, pets, 5).encoder == "pixels", "the better one has not come to it yet"


def test_a_damaged_shard_is_left_out(context: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(context, news, "minilm", vectors_of(news), list(range(40)), 4)
    monkeypatch.setattr("core.arrays.shards._whole", set())
    folder = context.workspace.arrays / "embeddings"
    broken: Path = sorted(folder.glob("*/*.vectors.npy"))[0]
    broken.write_bytes(broken.read_bytes()[:-8])
    known = [row for row in range(40) if _has(context, news, row)]
    assert len(known) == 30
    assert found(context, news, known[0]).compared == 30


def _has(context: Context, dataset: Dataset, row: int) -> bool:
    version = get_version(context.store, dataset.latest_version_id)
    return similar_rows(context, dataset, version, row, RowFilter()) is not None

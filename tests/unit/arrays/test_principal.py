"""Principal components of embeddings that lie in several shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.arrays import principal
from core.arrays.cosines import Held
from core.arrays.embeddings import EmbeddingCache
from core.arrays.principal import SIDE, fit

NAMES = np.array([b"%016d" % place for place in range(400)], "S16")


def silent(done: float, total: float | None) -> None:
    """Nobody looks."""


def embeddings() -> NDArray[np.float32]:
    """Far from zero; they differ most along the fourth axis, then along the first."""
    drawn = np.random.default_rng(0).standard_normal((400, 6)) * [2, 0.1, 0.1, 5, 0.1, 0.1]
    return (drawn + 100).astype(np.float32)


def held(folder: Path, vectors: NDArray[np.float32], shards: int, order: NDArray[np.int64], seen: int = 400) -> Held:
    for part in np.array_split(order, shards):
        EmbeddingCache(folder).append(NAMES[part], vectors[part])
    return Held.of(folder, NAMES[:seen])


def test_places_are_those_of_a_decomposition_by_hand_however_the_shards_lie(tmp_path: Path) -> None:
    vectors = embeddings()
    axes, places = fit(held(tmp_path / "a", vectors, 1, np.arange(400)), silent)
    mixed = np.random.default_rng(1).permutation(400)
    _, same = fit(held(tmp_path / "b", vectors, 7, mixed), silent)
    assert np.allclose(places, same, atol=0.05)
    away = vectors - vectors.mean(0)
    _, singular, directions = np.linalg.svd(away.astype(np.float64), full_matrices=False)
    directions = directions[:2].T * np.sign(directions[:2, [3, 0]].diagonal())  # largest entries are positive
    by_hand = away @ directions
    low, high = by_hand.min(0), by_hand.max(0)
    assert np.allclose(places, (by_hand - low) / (high - low).max() * SIDE, atol=0.5)
    assert axes.explained == pytest.approx((singular[:2] ** 2 / (singular**2).sum()).tolist(), abs=1e-4)
    assert places.min() == pytest.approx(0, abs=1e-3) and places.max() == pytest.approx(SIDE, abs=1e-2)


def test_a_sample_of_many_contents_says_the_same_directions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = held(tmp_path, embeddings(), 3, np.arange(400))
    _, whole = fit(found, silent)
    monkeypatch.setattr(principal, "FITTED", 100)
    axes, places = fit(found, silent)
    assert np.corrcoef(whole[:, 0], places[:, 0])[0, 1] > 0.999
    assert np.array_equal(axes.placed(found, silent), places)


def test_a_few_embeddings_among_many_contents_say_the_directions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = embeddings()
    found = held(tmp_path, vectors, 1, np.arange(1, 400, 40))
    axes, _ = fit(found, silent)
    monkeypatch.setattr(principal, "FITTED", 100)
    sparse, places = fit(found, silent)
    assert np.array_equal(sparse.mean, axes.mean) and np.isfinite(places).all(1).sum() == 10
    monkeypatch.setattr(principal, "FITTED", 9)
    assert np.isfinite(fit(found, silent)[1]).all(1).sum() == 10, "none of them has an even place"


def test_a_content_without_an_embedding_has_no_place_until_it_gets_one(tmp_path: Path) -> None:
    vectors = embeddings()
    axes, places = fit(held(tmp_path, vectors, 2, np.arange(300)), silent)
    assert np.isnan(places[300:]).all() and np.isfinite(places[:300]).all()
    later = axes.placed(held(tmp_path, vectors, 1, np.arange(300, 400)), silent)
    assert np.array_equal(later[:300], places[:300]) and np.isfinite(later).all()


@pytest.mark.parametrize("width", [1, 3])
def test_embeddings_that_do_not_differ_lie_on_one_spot(tmp_path: Path, width: int) -> None:
    axes, places = fit(held(tmp_path, np.ones((400, width), np.float32), 1, np.arange(400)), silent)
    assert np.isfinite(places).all() and np.ptp(places) == 0
    assert axes.explained == (0.0, 0.0)

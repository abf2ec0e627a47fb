"""The map of a dataset: where its rows lie, what colours them, and what of it a browser is sent."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.context import Context
from core.errors import NotFoundError
from core.records import Dataset
from core.services.map import sight
from core.services.map.colours import NOTHING, OTHERS, Coloured, coloured, colours
from core.services.map.projections import Projection, principal, projections
from core.services.map.sight import Box, bounds, counts, in_sight
from core.store.maps.points import about_points
from core.store.maps.rows import points
from core.store.versions import get_version
from tests.embeddings import keep

from .test_similar import vectors_of


def silent(done: float, total: float | None) -> None:
    """Nobody looks."""


def placed(context: Context, dataset: Dataset, shown: Projection) -> dict[int, tuple[float, float]]:
    table = points(context.store, shown.path, dataset.latest_version_id, "NULL")
    return {row: (x, y) for row, x, y in zip(*(table.column(at).to_pylist() for at in range(3)), strict=True)}


def test_a_map_is_made_once_and_what_comes_later_moves_nothing(context: Context, news: Dataset) -> None:
    assert principal(context, news, silent) is None and projections(context, news) == []
    vectors = vectors_of(news)
    keep(context, news, "minilm", vectors, list(range(30)))
    first = principal(context, news, silent)
    assert first is not None
    assert (first.name, first.method, first.encoder, first.rows) == ("pca-minilm", "pca", "minilm", 30)
    assert 0 < first.explained < 1 and projections(context, news) == [first]
    written = first.path.stat().st_mtime_ns
    assert principal(context, news, silent) == first and first.path.stat().st_mtime_ns == written
    before = placed(context, news, first)
    vectors[30:] += 50
    keep(context, news, "minilm", vectors, list(range(30, news.row_count)))
    later = principal(context, news, silent)
    assert later is not None and later.rows == news.row_count
    after = placed(context, news, later)
    assert {row: after[row] for row in before} == before
    assert about_points(later.path)[1]["shards"] != "", "by which it is known as up to date"


def test_axes_of_embeddings_that_did_not_differ_are_found_anew_once_some_do(context: Context, news: Dataset) -> None:
    vectors = vectors_of(news)
    vectors[:30] = vectors[0]
    keep(context, news, "minilm", vectors, list(range(30)))
    first = principal(context, news, silent)
    assert first is not None and (first.rows, first.explained) == (30, 0)
    assert len(set(placed(context, news, first).values())) == 1
    keep(context, news, "minilm", vectors, list(range(30, news.row_count)))
    later = principal(context, news, silent)
    assert later is not None and later.rows == news.row_count and later.explained > 0
    places = np.array(list(placed(context, news, later).values()))
    assert np.ptp(places, axis=0).max() == pytest.approx(1_000, abs=1)


def test_points_are_coloured_by_what_is_known_of_rows(context: Context, news: Dataset) -> None:
    keep(context, news, "minilm", vectors_of(news), list(range(40)))
    shown = principal(context, news, silent)
    assert shown is not None
    version = get_version(context.store, news.latest_version_id)
    assert colours(context, news, version)[:2] == ["label", "split"], "nothing was scanned or trained"
    found = coloured(context, news, version, shown, "label")
    labels = dict(context.store.fetch(f"SELECT example_id, given_label FROM examples_{news.dataset_id}"))
    assert set(found.names) == set(labels.values())
    assert [labels[int(row)] for row in found.example_ids] == [found.names[code] for code in found.codes]
    assert list(found.example_ids) != sorted(found.example_ids), "the first of them are a sample"
    with pytest.raises(NotFoundError, match="cannot be coloured by 'issue'"):
        coloured(context, news, version, shown, "issue")


def _points(count: int, groups: int = 3) -> Coloured:
    places = np.random.default_rng(0).uniform(0, 1000, (count, 2)).astype(np.float32)
    codes = (np.arange(count) % groups).astype(np.uint8)
    return Coloured(np.arange(count), places, codes, ("a", "b", "c")[:groups], "label", False)


def _array(text: str, kind: str) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), kind)


def test_few_rows_are_sent_as_points_and_many_as_their_density(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "POINTS", 100)
    monkeypatch.setattr(sight, "SAMPLE", 10)
    shown = _points(1_000)
    told = in_sight(shown, bounds(shown), 8, 4)
    assert (told["total"], told["all"]) == (1_000, 1_000)
    density = told["density"]
    strength = _array(density["strength"], "u1")
    assert (len(strength), density["columns"], density["rows"], strength.max()) == (32, 8, 4, 255)
    assert len(_array(told["points"]["row"], "<u4")) == 10
    small = Box(100, 100, 300, 300)
    told = in_sight(shown, small, 8, 4)
    rows = _array(told["points"]["row"], "<u4")
    within = [row for row, (x, y) in enumerate(shown.places) if 100 <= x <= 300 and 100 <= y <= 300]
    assert "density" not in told and sorted(rows.tolist()) == within
    x = 100 + _array(told["points"]["x"], "<u2") / 65_535 * 200
    y = 300 - _array(told["points"]["y"], "<u2") / 65_535 * 200
    assert np.allclose(np.stack([x, y], 1), shown.places[rows], atol=0.02)
    only = in_sight(shown, small, 8, 4, only=1)
    assert set(_array(only["points"]["code"], "u1").tolist()) == {1} and only["total"] < told["total"]


def test_the_density_has_the_code_that_most_rows_of_a_cell_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "POINTS", 2)
    places = np.array([[1, 9], [1, 9], [1, 9], [9, 1], [9, 1]], np.float32)
    shown = Coloured(np.arange(5), places, np.array([2, 2, 0, 1, NOTHING], np.uint8), ("a", "b", "c"), "label", False)
    density = in_sight(shown, Box(0, 0, 10, 10), 2, 2)["density"]
    assert _array(density["code"], "u1").tolist() == [2, 0, 0, 1]
    assert [one > 0 for one in _array(density["strength"], "u1").tolist()] == [True, False, False, True]
    assert density["most"] == 3
    assert counts(shown).tolist() == [1, 1, 2, *[0] * (OTHERS - 2), 1]

"""Maps beside the store: rows narrowed by an area that was drawn on one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFoundError, UsageError
from core.store.database import Database
from core.store.maps.area import CORNERS, read_area, write_area
from core.store.maps.points import about_points, folder_of_maps, inside_sql, write_points

from .conftest import Load
from .test_row_facts import rows


def _inside(x: float, y: float, corners: list[tuple[float, float]]) -> bool:
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def test_an_area_has_the_points_within_it_also_where_it_is_hollow_or_crosses_itself(
    db: Database, tmp_path: Path
) -> None:
    places = np.random.default_rng(0).uniform(-100, 1100, (3_000, 2)).astype(np.float32)
    path = tmp_path / "it's.parquet"
    write_points(path, np.arange(3_000), places, {})
    hollow = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (600.0, 1000.0), (600.0, 200.0), (300.0, 900.5), (0.0, 1e-5)]
    crossed = [(0.0, 0.0), (900.0, 900.0), (900.0, 0.0), (0.0, 900.0)]
    for corners in (hollow, crossed):
        found = sorted(one for (one,) in db.fetch(inside_sql(path, corners)))
        assert found == [row for row, (x, y) in enumerate(places.tolist()) if _inside(x, y, corners)]
        assert 300 < len(found) < 2_000
    assert db.fetch(inside_sql(path, [(1.0, 5.0), (2.0, 5.0), (9.0, 5.0)])) == [], "it has no inside"


def test_rows_are_narrowed_by_areas(db: Database, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    left = "pca-minilm: 0,0 10,0 10,10 0,10"
    with pytest.raises(NotFoundError, match="no map 'pca-minilm'"):
        rows(db, version, "@map", "=", left)
    places = np.array([[5, 5], [50, 50], [np.nan, np.nan], [6, 6], [90, 90]], np.float32)
    write_points(folder_of_maps(db, dataset.dataset_id) / "pca-minilm.parquet", np.arange(5), places, {"method": "pca"})
    assert rows(db, version, "@map", "=", left) == [0, 3]
    assert rows(db, version, "@map", "!=", left) == [1, 2, 4]
    assert rows(db, version, "@map", "=", left, "pca-minilm: 80,80 99,80 99,99 80,99") == [0, 3, 4]
    assert rows(db, version, "@map", "missing") == [2]
    assert about_points(folder_of_maps(db, dataset.dataset_id) / "pca-minilm.parquet") == (4, {"method": "pca"})


def test_an_area_is_read_as_it_is_written() -> None:
    corners = ((1.0, 2.5), (-3.25, 4.0), (1e3, 0.125))
    assert write_area("pca-minilm", corners) == "pca-minilm: 1,2.5 -3.25,4 1000,0.125"
    assert read_area(write_area("pca-minilm", corners)) == ("pca-minilm", corners)
    many = " ".join(["1,1"] * (CORNERS + 1))
    for wrong in ("", "pca", "pca: 1,1 2,2", "pca: 1,1 2,2 x,3", f"pca: {many}", f"pca: 1,1 2,2 {'9' * 400},1"):
        with pytest.raises(UsageError, match="is no area of a map"):
            read_area(wrong)

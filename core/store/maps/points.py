"""Maps of a dataset's rows: a Parquet file each, of `example_id`, `x` and `y`, which queries read as it is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.files import whole
from core.modalities import WORDS
from core.records import EXAMPLE_ID
from core.settings import Workspace
from core.sql import literal
from core.store.database import Database
from core.store.ids import checked_id
from core.store.relations import relation_sql

Corner = tuple[float, float]


def write_points(
    path: Path, example_ids: NDArray[np.int64], places: NDArray[np.float32], about: Mapping[str, str]
) -> None:
    """Writes a map; rows whose place (n, 2) is NaN are left out. `about` is told by `about_points`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    there = np.isfinite(places).all(1)
    table = pa.table({EXAMPLE_ID: example_ids[there], "x": places[there, 0], "y": places[there, 1]})
    with whole(path) as part:
        pq.write_table(table.replace_schema_metadata(dict(about)), part)


def about_points(path: Path) -> tuple[int, dict[str, str]]:
    """How many rows a map has, and what was said of it."""
    file = pq.read_metadata(path)
    said = file.metadata or {}
    return file.num_rows, {key.decode(): value.decode() for key, value in said.items() if not key.startswith(b"ARROW:")}


def maps_of(db: Database, dataset_id: str) -> list[Path]:
    """The maps of a dataset by name, which lie beside the store."""
    return sorted(folder_of_maps(db, dataset_id).glob("*.parquet"))


def folder_of_maps(db: Database, dataset_id: str) -> Path:
    """Where the maps of a dataset lie."""
    return _folder(db) / checked_id(dataset_id, "dataset")


def state_of_maps(db: Database) -> Hashable:
    """Another one once a map was made, made anew or cleared, of whatever dataset: they lie beside the store, which does
    not know of it."""
    found = []
    for path in sorted(_folder(db).glob("*/*.parquet")):
        with suppress(FileNotFoundError):
            found.append((str(path), path.stat().st_mtime_ns))
    return tuple(found)


def _folder(db: Database) -> Path:
    return Workspace(db.path.parent).arrays / "maps"


def all_sql(path: Path) -> str:
    """A query for the ids of the rows that lie on a map."""
    return f"SELECT {EXAMPLE_ID} FROM {file_sql(path)}"


def inside_sql(path: Path, corners: Sequence[Corner]) -> str:
    """A query for the ids of the rows that lie within a polygon; where it crosses itself, of whose edges a ray meets an
    odd number. A row is held against the few edges that lie at its height: the heights of the corners cut the polygon
    into bands, among which its own is found by halving."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    box = f"x BETWEEN {min(xs)!r} AND {max(xs)!r} AND y BETWEEN {min(ys)!r} AND {max(ys)!r}"
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    heights = sorted(set(ys))
    return (
        f"SELECT {EXAMPLE_ID} FROM {file_sql(path)} WHERE CASE WHEN {box} THEN {_bands(heights, edges)} ELSE false END"
    )


def _bands(heights: Sequence[float], edges: Sequence[tuple[Corner, Corner]]) -> str:
    """Whether a row between the first and the last of these heights lies within."""
    if len(heights) > 2:
        middle = len(heights) // 2
        below, above = _bands(heights[: middle + 1], edges), _bands(heights[middle:], edges)
        return f"CASE WHEN y < {heights[middle]!r} THEN {below} ELSE {above} END"
    met = [
        f"(x < {(x2 - x1) / (y2 - y1)!r} * (y - {y1!r}) + {x1!r})"
        for (x1, y1), (x2, y2) in edges
        if len(heights) == 2 and min(y1, y2) <= heights[0] and max(y1, y2) >= heights[1]
    ]
    return reduce(lambda odd, one: f"({odd} <> {one})", met) if met else "false"


def contents_as_loaded(db: Database, dataset_id: str, words: str | None = None) -> pa.Table:
    """`example_id` and `content_hash` of every row of a dataset, whatever its versions leave out; and its example in
    words under the name `words`."""
    also = f", {WORDS} AS {words}" if words else ""
    with db.cursor() as cursor:
        sql = f"SELECT {EXAMPLE_ID}, content_hash{also} FROM {relation_sql(dataset_id, None)} ORDER BY {EXAMPLE_ID}"
        return cursor.execute(sql).to_arrow_table()


def file_sql(path: Path) -> str:
    """A map as a relation."""
    return f"read_parquet({literal(str(path))})"

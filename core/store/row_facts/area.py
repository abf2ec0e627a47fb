"""Which rows lie within an area that was drawn on a map of their dataset."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import NotFoundError
from core.store.database import Database
from core.store.maps.area import read_area
from core.store.maps.points import all_sql, inside_sql, maps_of
from core.store.row_facts.contract import RowFact
from core.store.versions import get_version


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    maps = {path.stem: path for path in maps_of(db, get_version(db, version_id).dataset_id)}
    queries = []
    for value in values:
        name, corners = read_area(value)
        if name not in maps:
            raise NotFoundError(
                f"The dataset has no map {name!r}.",
                f"It has: {', '.join(maps)}." if maps else "Make one: open Profile, view Map.",
            )
        queries.append(inside_sql(maps[name], corners))
    if not values:
        queries = [all_sql(path) for path in maps.values()]
    return " UNION ".join(queries) or "SELECT example_id FROM issues WHERE false", []


def _values(db: Database, version_id: str) -> Sequence[str]:
    """Areas are drawn, not chosen."""
    return ()


MAP = RowFact("map", _having, _values)

"""Loads DuckDB extensions from their wheels: no download, so it works offline."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb_extensions

from core.store.database import Cursor

BUNDLED = ("fts", "httpfs")


def load_extensions(cursor: Cursor, names: Sequence[str]) -> None:
    """Loads extensions that are pinned in requirements.txt; loading one twice does no harm."""
    for name in names:
        if name not in BUNDLED:
            raise ValueError(f"Extension {name!r} is not bundled: {', '.join(BUNDLED)} are.")
        duckdb_extensions.import_extension(name)
        cursor.load_extension(name)

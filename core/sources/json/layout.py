"""Where the table is in a JSON document that is one object: in a list within, or laid out as pandas writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import SourceError
from core.sources.base import FILE_SPLIT_COLUMN
from core.sources.guess import split_name

Document = Mapping[str, Any]
"""A JSON object of whoever made the file."""
_DEPTH = 3
"""How many objects deep the list of rows may lie in a document."""
Layout = tuple[str, Sequence[Any]]
"""How a document is laid out, in words, and its rows."""


def table_in(document: Document, name: str) -> Layout:
    """The table in an object. Raises SourceError where there are several, or the object's layout is not known."""
    for layout in (_split, _columns, _records):
        if found := layout(document):
            return found
    lists = _lists(document)
    parts = {key: rows for (*_, key), rows in lists.items()}
    if len(lists) > 1 and len(parts) == len(lists) and all(map(split_name, parts)):
        listed = ", ".join(f"'{key}'" for key in parts)
        return f"an object with the lists {listed}, one for each split", _with_split(parts)
    if len(lists) > 1:
        listed = ", ".join(f"'{'.'.join(keys)}' ({len(rows):,})" for keys, rows in lists.items())
        raise SourceError(
            f"{name} is one object with several lists of rows: {listed}.", "Save the one that is meant as a file."
        )
    if lists:
        ((keys, rows),) = lists.items()
        return f"an object with the list '{'.'.join(keys)}', whose elements are the rows", rows
    if any(isinstance(value, dict | list) for value in document.values()):
        kinds = ", ".join(f"'{key}' ({type(value).__name__})" for key, value in list(document.items())[:8])
        raise SourceError(
            f"{name} is one object and no layout of a table that Winnow knows. It has: {kinds}.",
            "Write JSON lines (one object a line), a list of objects, or one list per column.",
        )
    return "one JSON object", [document]


def _split(document: Document) -> Layout | None:
    """pandas' `orient="split"`."""
    names, rows = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or len(set(map(str, names))) != len(names):
        return None
    if not rows or not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    index = document.get("index")
    if not isinstance(index, list) or len(index) != len(rows) or index == list(range(len(rows))) or "index" in names:
        index = None
    keys = [*map(str, names), *(["index"] if index else [])]
    cells = [[*row, key] for row, key in zip(rows, index, strict=True)] if index else rows
    return "columns and data (pandas, split)", [dict(zip(keys, row, strict=True)) for row in cells]


def _columns(document: Document) -> Layout | None:
    """One list per column, all of one length, of plain values."""
    columns = list(document.values())
    if len(columns) < 2 or not all(isinstance(column, list) and column for column in columns):
        return None
    if len(set(map(len, columns))) > 1 or any(isinstance(column[0], dict) for column in columns):
        return None
    return "one list per column", [dict(zip(document, row, strict=True)) for row in zip(*columns, strict=True)]


def _records(document: Document) -> Layout | None:
    """pandas' `orient="columns"`, its default, and `orient="index"`: objects in an object, all with the same keys."""
    inner = list(document.values())
    if not inner or not all(isinstance(value, dict) and value for value in inner):
        return None
    keys = list(inner[0])
    if _is_index(keys) or (not _is_index(list(document)) and len(keys) > len(inner)):
        if any(value.keys() != inner[0].keys() for value in inner) or _nested(inner):
            return None
        rows = [{name: column[key] for name, column in document.items()} for key in keys]
        return "one object per column (pandas, columns)", _with_index(rows, keys)
    if len(inner) < 2 or _nested(inner):
        return None
    return "one object per row (pandas, index)", _with_index([dict(row) for row in inner], list(document))


def _nested(objects: Sequence[Mapping[str, Any]]) -> bool:
    return any(isinstance(value, dict) for one in objects for value in one.values())


def _is_index(keys: Sequence[str]) -> bool:
    return len(keys) > 1 and all(key.isdecimal() for key in keys)


def _with_index(rows: Sequence[Document], keys: Sequence[str]) -> Sequence[Document]:
    """Rows with their keys as a column, where these say more than the order does."""
    if list(keys) == [str(i) for i in range(len(keys))] or any("index" in row for row in rows):
        return rows
    return [{"index": key, **row} for row, key in zip(rows, keys, strict=True)]


def _lists(document: Document) -> dict[tuple[str, ...], list[Any]]:
    """The lists of objects that lie nearest to the top, by the keys that lead there."""
    level: dict[tuple[str, ...], Any] = {(): document}
    for _ in range(_DEPTH):
        below = {
            (*keys, key): v for keys, value in level.items() if isinstance(value, dict) for key, v in value.items()
        }
        found = {keys: v for keys, v in below.items() if isinstance(v, list) and v and isinstance(v[0], dict)}
        if found:
            return found
        level = below
    return {}


def _with_split(parts: Mapping[str, Sequence[Any]]) -> list[Any]:
    rows = [(key, row) for key, rows in parts.items() for row in rows]
    if any(isinstance(row, dict) and FILE_SPLIT_COLUMN in row for _, row in rows):
        return [row for _, row in rows]
    return [{**row, FILE_SPLIT_COLUMN: key} if isinstance(row, dict) else row for key, row in rows]

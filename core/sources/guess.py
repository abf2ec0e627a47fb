"""Which column plays which role: a first proposal that the person can overrule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.records import Column, Schema

LABEL_NAMES = (
    "label", "labels", "given_label", "noisy_label", "crowd_label", "category", "class", "intent", "target",
    "sentiment", "topic", "emotion", "tag", "y", "label_text", "class_name", "coarse_label", "fine_label",
    "gold_label", "answer", "stars", "rating",
)  # fmt: skip
TEXT_NAMES = (
    "text", "sentence", "content", "utterance", "tweet", "review", "comment", "message", "body", "document",
    "question", "query", "article", "description", "title",
)  # fmt: skip
IMAGE_NAMES = (
    "image", "img", "image_path", "image_uri", "image_url", "image_bytes", "path", "file", "file_name", "filename",
    "filepath", "uri", "url", "bytes",
)  # fmt: skip
SPLIT_NAMES = ("split", "set", "subset", "partition")
ID_NAMES = ("id", "uid", "uuid", "guid", "row_id", "example_id", "sample_id", "index", "idx", "question")

_IMAGE_TEXT = re.compile(r"data:image/|(?:.*\.(?:png|jpe?g|gif|webp|bmp|tiff?)(?:\?.*)?$)", re.IGNORECASE | re.DOTALL)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_SPLIT_WORDS = {"train": "train", "training": "train", "test": "test", "testing": "test", "dev": "validation",
                "val": "validation", "valid": "validation", "validation": "validation"}  # fmt: skip


def split_name(name: str) -> str | None:
    """The split that a file or folder name names: `banking_train.csv` → train."""
    words = re.split(r"[^a-z]+", name.lower())
    return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), None)


def describe(names: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Column, ...]:
    """Columns with their counts of distinct and missing values in `rows`."""
    columns = []
    for place, (name, kind) in enumerate(zip(names, types, strict=True)):
        values = [row[place] for row in rows]
        present = [value for value in values if value is not None and value != ""]
        columns.append(Column(name, kind, len(set(map(str, present))), len(values) - len(present)))
    return tuple(columns)


def guess(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], images: bool = True) -> Schema:
    """Roles by name first, then by what the values look like. `label` is None where nothing fits."""
    left = list(columns)
    image = _first(left, IMAGE_NAMES, lambda column: _holds_images(column.name, rows)) if images else None
    image = image or (next((c for c in left if _holds_images(c.name, rows)), None) if images else None)
    count = len(rows)
    split = _first(left, SPLIT_NAMES, lambda column: 1 <= column.distinct <= 8)
    payload = image or _text(_without(left, split, _first(left, LABEL_NAMES)), rows)
    left = _without(left, split, payload)
    label = _first(left, LABEL_NAMES) or _category(left, count)
    left = _without(left, label)
    ids = _first(left, ID_NAMES, lambda column: column.distinct == count > 0 and not column.missing)
    attributes = tuple(column.name for column in _without(left, ids))
    name = payload.name if payload else columns[0].name
    return Schema("image" if image else "text", name, _name(label), _name(split), _name(ids), attributes)


def _name(column: Column | None) -> str | None:
    return column.name if column else None


def _without(columns: Sequence[Column], *taken: Column | None) -> list[Column]:
    return [column for column in columns if column not in taken]


def _first(columns: Sequence[Column], names: Sequence[str], fits: Any = lambda column: True) -> Column | None:
    """The column with the best-ranked name that fits."""
    by_name = {column.name.strip().lower().replace(" ", "_").replace("-", "_"): column for column in columns}
    return next((by_name[name] for name in names if name in by_name and fits(by_name[name])), None)


def _text(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> Column | None:
    """The text: by name, else the column with the longest values on average."""
    texts = [column for column in columns if column.type.startswith("VARCHAR")] or list(columns)
    if named := _first(texts, TEXT_NAMES):
        return named
    return max(texts, key=lambda column: sum(len(str(row[column.name] or "")) for row in rows), default=None)


def _category(columns: Sequence[Column], count: int) -> Column | None:
    """The last column with few enough values to be classes."""
    few = [
        column
        for column in columns
        if 2 <= column.distinct <= max(2, count // 2) and column.type.startswith(("VARCHAR", "BIGINT", "BOOLEAN"))
    ]
    texts = [column for column in few if column.type.startswith("VARCHAR")]
    return (texts or few)[-1] if few else None


def _holds_images(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and 2 * sum(map(looks_like_image, values)) > len(values)


def looks_like_image(value: object) -> bool:
    """Whether a value is an image's path, URI, bytes, or the `{bytes, path}` pair that `datasets` stores."""
    if isinstance(value, Mapping):
        return any(looks_like_image(value.get(key)) for key in ("bytes", "path") if value.get(key))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[:4]).startswith(_MAGIC)
    return isinstance(value, str) and len(value) < 10_000_000 and bool(_IMAGE_TEXT.match(value))

"""What is worth knowing of a version's texts and images before a model sees them, from a few of them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from core.sql import identifier
from core.store.database import Database
from core.store.relations import relation


def longest_texts(db: Database, version_id: str, count: int) -> list[str]:
    """The texts of most characters, longest first."""
    return _texts(db, version_id, "length(text) DESC", count)


def sampled_texts(db: Database, version_id: str, count: int) -> list[str]:
    """So many of the texts, the same ones each time; all of them where there are fewer."""
    return _texts(db, version_id, "hash(example_id)", count)


def share_of_small_images(db: Database, version_id: str, pixels: int) -> float:
    """The share of the images, in 0–1, whose longer side has at most so many pixels."""
    [(share,)] = db.fetch(
        f"SELECT coalesce(avg((greatest(width, height) <= {pixels})::INT), 0) FROM {relation(db, version_id)}"
    )
    return float(share)


def bytes_of_texts(db: Database, version_id: str) -> float:
    """Of all texts of a version."""
    [(size,)] = db.fetch(f"SELECT coalesce(sum(strlen(text)), 0) FROM {relation(db, version_id)}")
    return float(size)


def different_values(db: Database, version_id: str, columns: Sequence[str]) -> tuple[float, float]:
    """How many different values some columns of a version have in all, about, and of how many bytes as texts."""
    if not columns:
        return 0.0, 0.0
    texts = [f"CAST({identifier(one)} AS VARCHAR)" for one in columns]
    each = ", ".join(f"approx_count_distinct({one}), coalesce(avg(strlen({one})), 0)" for one in texts)
    [found] = db.fetch(f"SELECT {each} FROM {relation(db, version_id)}")
    counts, sizes = found[::2], found[1::2]
    return float(sum(counts)), float(sum(count * size for count, size in zip(counts, sizes, strict=True)))


def _texts(db: Database, version_id: str, order: str, count: int) -> list[str]:
    rows = db.fetch(
        f"SELECT text FROM {relation(db, version_id)} WHERE text IS NOT NULL ORDER BY {order}, example_id LIMIT {count}"
    )
    return [text for (text,) in rows]


def contents(db: Database, version_id: str) -> pa.Table:
    """Of each row of a version `example_id`, `content_hash` and the `size` of its text in bytes, 0 where none."""
    sql = f"SELECT example_id, content_hash, coalesce(strlen(text), 0)::BIGINT AS size FROM {relation(db, version_id)}"
    with db.cursor() as cursor:
        return cursor.execute(sql).to_arrow_table()

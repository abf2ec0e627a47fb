"""The room on the disk that the load of a table takes at its peak, by the rows that its preview shows.

The size of a packed file says little of it: small whole numbers are packed to bits, and each is kept in words beside
its column's name. What a load writes was measured: a copy for the store, the store's table, and of few rows its log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.records import Preview, Schema

BASE = 1_000_000
"""Bytes that the smallest table takes."""
LOGGED = 40_000
"""Fewer rows go through the store's log."""
CLEARED = 16_000_000
"""Bytes after which it is written into the table, beside which it lies until that is done."""
WORDS_WRITTEN = 0.35
"""Of the words, as the table has them then."""
WHOLE = 0.15
"""Of whole numbers, as the copy and the table have them: by their few values and in few bits."""
COLUMN = 32_768
"""Bytes of a column's blocks that its values do not fill."""
ENTRY = 8
"""Bytes of a text's place, beside its own."""
WIDTHS = {8: ("BIGINT", "DOUBLE", "TIMESTAMP", "TIME"), 4: ("INTEGER", "FLOAT", "DATE"), 2: ("SMALLINT",)}
FRACTIONS = ("DOUBLE", "FLOAT", "DECIMAL")


def rows_needed(found: Preview, schema: Schema) -> int | None:
    """Bytes; None where the preview has no row or does not know how many there are."""
    if not found.rows or not found.row_estimate:
        return None
    count = found.row_estimate
    words = count * _mean(_words(row, schema) for row in found.rows)
    kinds = {column.name: column.type for column in found.columns if column.name in set(schema.attributes)}
    values = {name: count * _width(kind, [row[name] for row in found.rows]) for name, kind in kinds.items()}
    plain = sum(values.values())
    packed = sum(size * (1.0 if kinds[name].startswith(FRACTIONS) else WHOLE) for name, size in values.items())
    needed = BASE + 2 * (words + packed) + min(2 * plain, COLUMN * len(values))
    if count < LOGGED:
        needed += plain - packed
        needed += WORDS_WRITTEN * words + packed if words + plain > CLEARED else 0
    return round(needed)


def _words(row: Mapping[str, Any], schema: Schema) -> int:
    """Bytes of an example as it is kept: where it is several columns, as JSON."""
    if not schema.features:
        return _bytes(row.get(schema.payload))
    values = {name: row.get(name) for name in schema.features}
    return _bytes(json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str))


def _width(kind: str, values: Sequence[Any]) -> float:
    """Bytes of a value of a column, as the log has it."""
    name = kind.removeprefix("U")
    return next(
        (float(width) for width, kinds in WIDTHS.items() if name.startswith(kinds)),
        1.0 if name in ("TINYINT", "BOOLEAN") else ENTRY + _mean(map(_bytes, values)),
    )


def _bytes(value: Any) -> int:
    return 0 if value is None else len(value if isinstance(value, bytes) else str(value).encode())


def _mean(sizes: Iterable[int]) -> float:
    every = list(sizes)
    return sum(every) / len(every)

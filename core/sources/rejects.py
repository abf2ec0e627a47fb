"""Rows set aside before the store sees them: where they stood, why, and how they began."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

CONTENT_CHARACTERS = 500
_BATCH = 10_000
SCHEMA = pa.schema([("file", pa.string()), ("line", pa.int64()), ("reason", pa.string()), ("content", pa.string())])


class RejectWriter:
    """Writes rejected rows to a Parquet file; `count` says how many so far. There is a file only where there are rows:
    the first one costs a tenth of a second, which a clean load need not wait for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.first = ""
        """Why the first row was set aside."""
        self._rows: list[tuple[str, int | None, str, str]] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, file: str, line: int | None, reason: str, content: str) -> None:
        """`line` is 1-based, or the member's ordinal in an archive; None where there are no lines."""
        shown = content[:CONTENT_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
        self._rows.append((file, line, reason, shown))
        self.count += 1
        self.first = self.first or reason
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        rows = [dict(zip(SCHEMA.names, row, strict=True)) for row in self._rows]
        self._writer = self._writer or pq.ParquetWriter(self.path, SCHEMA)
        self._writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
        self._rows = []

    def __enter__(self) -> RejectWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""Rows as CSV that a spreadsheet shows as text, never as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")


def escaped(value: Any) -> Any:
    """Text that a spreadsheet would run, or that looks escaped, gets a leading apostrophe; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(RISKY) else value


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a byte-order mark, so that spreadsheets read other scripts as well."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([escaped(column) for column in columns])
    writer.writerows([escaped(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")

"""What was clicked in a table whose cells can be chosen one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def clicked_cell(event: Mapping[str, Any]) -> tuple[int, str] | None:
    """Row and column of the cell that was clicked, or that the arrow keys went to, from a table's selection."""
    cells = event["selection"]["cells"]
    return (int(cells[0][0]), str(cells[0][1])) if cells else None

"""What was clicked: a cell of a table whose cells can be chosen one by one, a mark of a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def clicked_cell(event: Mapping[str, Any]) -> tuple[int, str] | None:
    """Row and column of the cell that was clicked, or that the arrow keys went to, from a table's selection."""
    cells = event["selection"]["cells"]
    return (int(cells[0][0]), str(cells[0][1])) if cells else None


def clicked_mark(event: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The `customdata` of the mark that was clicked, from a chart's selection; None where a selection was lifted."""
    points = event["selection"]["points"]
    return next((tuple(point["customdata"]) for point in points if point.get("customdata")), None)

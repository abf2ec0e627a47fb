"""How a list of rows is laid out: as a table, or as images close together, or as cards of words; kept in the URL."""

from __future__ import annotations

from typing import Literal

from core.records import Dataset
from core.ui import keys
from core.ui.modalities import drawing_of
from core.ui.parts.choices import switch
from core.words import later, say

Layout = Literal["table", "grid", "cards"]

_TITLES = {
    "table": later(":material/table_rows: Table"),
    "grid": later(":material/grid_view: Grid"),
    "cards": later(":material/view_agenda: Cards"),
}
GRID_ROWS, CARD_ROWS = 100, 25
"""Rows of a page."""


def layout_switch(dataset: Dataset) -> Layout:
    """The layout that is chosen. Examples that are seen at a glance have a grid, and open so; all others have cards,
    and open as a table."""
    names: tuple[Layout, ...] = ("grid", "table") if drawing_of(dataset).has_grid else ("table", "cards")
    return switch(say("Layout"), keys.LAYOUT, {name: say(_TITLES[name]) for name in names}, fixed=True)


def rows_of_page(layout: Layout, of_table: int) -> int:
    """Rows on one page of a list; of a table as many as the list says."""
    return {"table": of_table, "grid": GRID_ROWS, "cards": CARD_ROWS}[layout]

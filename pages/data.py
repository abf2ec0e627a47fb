"""Data: load a dataset, look at its rows, split, export, rename and delete it."""

from __future__ import annotations

from core.ui.data.export import export_view
from core.ui.data.load import load_view
from core.ui.data.manage import manage_view, trash_view
from core.ui.data.rejected import rejected_view
from core.ui.data.rows import rows_view
from core.ui.data.splits import splits_view
from core.ui.parts.choices import switch
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import BareFrame, open_page

VIEWS = {
    "rows": ("Rows", rows_view),
    "load": ("Load data", load_view),
    "splits": ("Splits", splits_view),
    "rejected": ("Set aside", rejected_view),
    "export": ("Export", export_view),
    "manage": ("Rename, delete", manage_view),
}


def first_load(bare: BareFrame) -> None:
    """An empty workspace: nothing to look at, so the page is about loading."""
    with shown_errors():
        load_view(bare)
        trash_view(bare)


frame = open_page("Data", when_empty=first_load)
view = switch("View", "view", {name: title for name, (title, _) in VIEWS.items()}, fixed=True)
with shown_errors():
    VIEWS[view][1](frame)

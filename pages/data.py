"""Data: load a dataset, look at its rows, split, export, rename and delete it."""

from __future__ import annotations

from core.ui.choices import switch
from core.ui.data_export import export_view
from core.ui.data_load import load_view
from core.ui.data_manage import manage_view, trash_view
from core.ui.data_rejected import rejected_view
from core.ui.data_rows import rows_view
from core.ui.data_splits import splits_view
from core.ui.frame import BareFrame, open_page
from core.ui.problems import shown_errors

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

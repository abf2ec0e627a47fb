"""Data, view Load: where the data is, what its columns are, then the load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.ui import keys
from core.ui.data_paths import choose_path
from core.ui.data_preview import preview_of
from core.ui.data_progress import follow_load
from core.ui.data_schema import schema_form
from core.ui.data_upload import choose_upload
from core.ui.frame import BareFrame
from core.ui.problems import shown_errors
from core.workflow.load import start_load

PLACES = {"upload": "Upload", "path": "Path on the server", "hub": "Hub dataset", "sample": "Sample"}


def load_view(frame: BareFrame) -> None:
    """One load at a time per session: choose, check, start, follow."""
    if follow_load(frame):
        return
    place = st.segmented_control(
        "Where the data is",
        list(PLACES),
        default="upload",
        required=True,
        format_func=PLACES.__getitem__,
        key="load-place",
    )
    with shown_errors():
        locations = _locations(frame, str(place))
        if locations:
            _check_and_start(frame, locations)


def _locations(frame: BareFrame, place: str) -> tuple[str, ...]:
    if place == "upload":
        return choose_upload(frame.context.workspace)
    if place == "path":
        return choose_path()
    if place == "hub":
        return _choose_hub()
    return _choose_sample()

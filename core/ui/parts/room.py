"""What something will take of the disk, said where there is little to spare."""

from __future__ import annotations

import streamlit as st

from core.services.room import RoomForecast
from core.ui.parts.problems import plain


def room_line(found: RoomForecast | None) -> None:
    """A line where it is tight or does not fit, nothing where there is plenty."""
    if found is not None and (found.tight or not found.fits):
        st.warning(plain(f"It {found.sentence}."), icon=":material/hard_drive:")

"""One row as pages show it: its thumbnail in a table, the row that is picked there, and that row whole."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from core.records import Example
from core.services.context import Context
from core.services.media import mime_of, original, shown
from core.ui.parts.problems import plain

LONG_TEXT = 1_500
"""Characters from which on a picked text scrolls in a frame of `LONG_TEXT_PIXELS`."""
LONG_TEXT_PIXELS = 380


def data_url(webp: bytes) -> str:
    """A thumbnail as the table takes it."""
    return "data:image/webp;base64," + base64.b64encode(webp).decode()


def picked_row(key: str, rows: Sequence[Example]) -> Example | None:
    """The row picked in the table of that key: known before the table is drawn, so that there is room beside it."""
    state = st.session_state.get(key)
    selected = state["selection"]["rows"] if state else []
    return rows[selected[0]] if selected and selected[0] < len(rows) else None


def show_row(context: Context, example: Example) -> None:
    """One row whole: the text or the image, whose original opens from here, its labels and its attributes."""
    with st.container(border=True):
        changed = None if example.given_label == example.label else example.given_label
        facts = {"label": example.label, "as loaded": changed, "split": example.split, "id": example.source_id}
        told = " · ".join(f"{name}: **{plain(str(value))}**" for name, value in facts.items() if value is not None)
        st.caption(f"row {example.row_id} · {told}")
        if example.media_id is not None:
            _image(context, example, example.media_id)
        else:
            with st.container(
                height=LONG_TEXT_PIXELS if len(example.text or "") > LONG_TEXT else "content", border=False
            ):
                st.text(example.text or "")
        if example.attributes:
            st.table({plain(name): _cell(value) for name, value in example.attributes.items()}, border="horizontal")


def _image(context: Context, example: Example, media_id: str) -> None:
    name = example.text or f"row {example.row_id}"
    st.image(shown(context, media_id)[0], caption=plain(name), width=320)
    st.download_button(
        "Original",
        lambda: original(context, media_id)[0],
        file_name=name.rsplit("/", 1)[-1],
        mime=mime_of(media_id),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"original-{example.row_id}",
        help="The file as it was loaded; a large one is shown smaller here.",
    )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return plain(f"{value:.4g}" if isinstance(value, float) else str(value))

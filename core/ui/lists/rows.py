"""One row as pages show it: its thumbnail in a table, the row that is picked there, and that row whole."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset, Example
from core.services.lists import unread
from core.tasks import target_of, task_named
from core.ui.modalities import drawing_of
from core.ui.parts.labels import attribute_said, label_said, split_said, value_said
from core.ui.parts.problems import plain
from core.ui.spans.drawn import sentence
from core.words import say


def picked_rows(key: str, rows: Sequence[Example]) -> list[Example]:
    """The rows picked in the table of that key: those that are ticked, else that of the cell that was clicked. Known
    before the table is drawn, so that there is room beside it."""
    state = st.session_state.get(key)
    if not state:
        return []
    places = list(state["selection"].get("rows", ())) or [cell[0] for cell in state["selection"].get("cells", ())[:1]]
    return [rows[place] for place in places if place < len(rows)]


def show_row(context: Context, dataset: Dataset, example: Example, place: str = "list") -> None:
    """One row whole: the example, its labels and its attributes. `place`: see `core.ui.modalities.drawing`."""
    target = target_of(dataset)
    with st.container(border=True):
        label, given = (
            None if one is None else label_said(target, one, example.text)
            for one in (example.label, example.given_label)
        )
        changed = None if given == label else given
        facts = {
            say("label"): label,
            say("as loaded"): changed,
            say("split"): example.split and split_said(example.split),
            say("id"): example.source_id,
        }
        told = " · ".join(f"{name}: **{plain(str(value))}**" for name, value in facts.items() if value is not None)
        st.caption(f"{say('row {number}', number=example.example_id)} · {told}")
        if target.located:
            sentence(dataset, example)
        else:
            drawing_of(dataset).whole(context, example, place)
        drawn = task_named(dataset.task).modality.fields(example.text or "")
        others = {name: value for name, value in example.attributes.items() if name not in {*drawn, *unread(dataset)}}
        if others:
            st.table(
                {
                    plain(attribute_said(dataset, name)): _cell(value_said(dataset, name, value))
                    for name, value in others.items()
                },
                border="horizontal",
            )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return plain(f"{value:.4g}" if isinstance(value, float) else str(value))

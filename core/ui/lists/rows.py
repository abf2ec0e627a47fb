"""One row as pages show it: its thumbnail in a table, the row that is picked there, and that row whole."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset, Example, Version
from core.services.lists.columns import unread
from core.services.similar.nearest import can_compare
from core.store.acts.tags import tags_of
from core.tasks import target_of, task_named
from core.ui.modalities import drawing_of
from core.ui.parts.labels import attribute_said, label_said, split_said, value_said
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
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


def show_row(
    context: Context, dataset: Dataset, example: Example, place: str = "list", *, version: Version | None = None
) -> None:
    """One row whole: the example, its labels and its attributes, and the way to the rows like it; `version` is where
    these are sought, else the newest. `place`: see `core.ui.modalities.drawing`."""
    target = target_of(dataset)
    tags = tags_of(context.store, dataset.dataset_id, [example.example_id]).get(example.example_id, ())
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
            say("tags"): ", ".join(tags) or None,
        }
        told = " · ".join(f"{name}: **{plain(str(value))}**" for name, value in facts.items() if value is not None)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{say('row {number}', number=example.example_id)} · {told}")
            more_like(dataset, example, place, version)
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


def more_like(dataset: Dataset, example: Example, place: str = "list", version: Version | None = None) -> None:
    """The way to the rows that are most like this one; none where nothing of their kind is compared, and for whoever
    may only read."""
    if can_compare(dataset) and not reading():
        link(
            "data",
            say("More like this"),
            icon=":material/hub:",
            place=place,
            dataset=dataset.name,
            version=None if version is None else version.number,
            like=example.example_id,
        )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return plain(f"{value:.4g}" if isinstance(value, float) else str(value))

"""A table with a line for each slice, or for each attribute, whatever is measured in it; the line that is picked stands
in the URL."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import UsageError
from core.records import Attribute, Dataset
from core.services.lists.asked import FILTERS
from core.services.lists.columns import prediction_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_text, filter_texts, read_filters, write_filters
from core.store.row_facts.slice import SLICE
from core.ui import keys
from core.ui.evaluation.choice import ListedShown
from core.ui.evaluation.groups.parts import LISTED, WITHOUT, chosen_attribute
from core.ui.evaluation.groups.parts import reading as chance_said
from core.ui.profile.parts import heading, numbers
from core.ui.shell.reading import reading
from core.ui.url import put
from core.words import say

Cells = Mapping[str, Sequence[object]]
"""Columns by key."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a table is of."""

    key: str
    title: str
    about: str
    """Beside the title, in grey."""
    file: str
    """The name of its numbers as a file, in English."""
    numbers: Mapping[str, list[object]]
    """All of them, under English names."""
    alt: str


def slice_table(
    shown: ListedShown, of: Measured, names: Sequence[str], cells: Cells, columns: Mapping[str, Any]
) -> None:
    """A line for each slice, the first for all rows; one that is picked narrows the rows beneath. `columns` says how
    `cells` are drawn, where they are no words."""

    def picked(place: int | None) -> None:
        name = "" if place is None else names[place]
        put({FILTERS: narrowed_to(shown.dataset, st.query_params.get(FILTERS, ""), name) or None})

    _heading(shown, of)
    _table(
        shown,
        of,
        {"slice": [name or say("all rows") for name in names], **cells},
        {
            "slice": st.column_config.Column(say("slice")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            **columns,
            "remark": st.column_config.Column(say("remark")),
        },
        tuple(names),
        None if reading() else picked,
    )
    st.caption(
        say("Slices may overlap. One that is picked narrows the list of rows below.")
        if not reading()
        else say("Slices may overlap.")
    )


def narrowed_to(dataset: Dataset, filters: str, name: str) -> str:
    """The list's filters with the rows of this slice in place of another slice's; without a name those of none."""
    columns = prediction_columns(dataset)
    facts = fact_columns(columns)
    column = next(one for one in facts if one.column == SLICE.column)

    def of_slices(text: str) -> bool:
        with suppress(UsageError):
            return all(
                one.column == SLICE.column and one.how == "=" for one, _ in read_filters(text, [*columns, *facts])
            )
        return False

    kept = [one for one in filter_texts(filters) if not of_slices(one)]
    return write_filters([*kept, *([filter_text(column, "=", (name,))] if name else [])])


@dataclass(frozen=True, slots=True)
class AttributeLine:
    """An attribute, and how far apart its groups are."""

    column: str
    name: str
    difference: float | None
    lowest: str | None
    """The group with the lowest figure, with it."""
    highest: str | None
    chance: bool


def attribute_table(
    shown: ListedShown, of: Measured, lines: Sequence[AttributeLine], verdict: str, difference: Any, test: str
) -> None:
    """A line for each attribute. `verdict` says what they come to, `difference` how that column is drawn, `test` which
    one says whether it may be chance."""

    def picked(place: int | None) -> None:
        put(WITHOUT | {keys.BY: None if place is None else lines[place].column})

    _heading(shown, of)
    st.caption(verdict)
    _table(
        shown,
        of,
        {
            "attribute": [one.name for one in lines],
            "difference": [one.difference for one in lines],
            "lowest": [one.lowest for one in lines],
            "highest": [one.highest for one in lines],
            "reading": [chance_said(one.chance) for one in lines],
        },
        {
            "attribute": st.column_config.Column(say("attribute")),
            "difference": difference,
            "lowest": st.column_config.Column(say("lowest in")),
            "highest": st.column_config.Column(say("highest in")),
            "reading": st.column_config.Column(say("reading", "what a figure says"), help=test),
        },
        st.query_params.get(keys.BY),
        picked,
    )


def attribute_chosen(dataset: Dataset, lines: Sequence[AttributeLine], others: int) -> tuple[Attribute, ...]:
    """The one of these that is chosen, else the first, and those that it is crossed with."""
    return chosen_attribute(dataset, {one.column: one.name for one in lines}, others)


def _heading(shown: ListedShown, of: Measured) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(of.title, of.about)
        st.space("stretch")
        numbers(shown.dataset, shown.truth, of.file, of.numbers, key=of.key)


def _table(
    shown: ListedShown,
    of: Measured,
    cells: Cells,
    columns: Mapping[str, Any],
    asked: Hashable,
    picked: Callable[[int | None], None] | None,
) -> None:
    """`asked`: another table is drawn, with nothing picked, once this is another."""
    count = max(map(len, cells.values()), default=0)
    key = f"{of.key}-{hash((shown.run.run_id, shown.split, asked)):x}"

    def selected() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        assert picked is not None, "without it nothing can be selected"
        picked(rows[0] if rows else None)

    st.dataframe(
        dict(cells),
        hide_index=True,
        height="content" if count <= LISTED else 38 + 35 * LISTED,
        column_config=dict(columns),
        key=key,
        on_select="ignore" if picked is None else selected,
        selection_mode="single-row",
        alt=of.alt,
    )

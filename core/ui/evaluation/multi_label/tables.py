"""Evaluate, view Matrix per class: for each class, rows that have it or not against rows predicted as it or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.charts.confusion import CELLS, class_table
from core.records import MultiLabelComparison, Run
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.multi_label.rows import choose_classes, chosen_classes
from core.ui.lists.paging import paged, pages
from core.ui.parts.cells import clicked_cell, clicked_mark
from core.ui.parts.choices import pick
from core.ui.parts.problems import plain
from core.words import later, say

SORTS = {
    "errors": later("Most errors first"),
    "score": later("Lowest F1 first"),
    "name": later("By name"),
    "support": later("By rows"),
}
PAGE_CLASSES = 12
TABLE_WIDTH = 176
"""Two fit beside each other on a phone."""
SHOWN_CLASSES = 14
"""A longer list scrolls."""


def tables(shown: ShownSets) -> None:
    """A table of four cells for each class, a page of classes at a time."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="tables-bar"):
        order = _order(
            shown,
            pick(
                say("Sort"),
                keys.SORT,
                {one: say(title) for one, title in SORTS.items()},
                icon=":material/sort:",
                width=200,
            ),
        )
        st.caption(
            say(
                "Of each class: rows that have it or not, against rows that are predicted as it or not. Grey is "
                "right. The fuller the orange, the larger the share of errors. A click on a cell shows its rows."
            ),
            width="stretch",
        )
    key = f"tables-{shown.run.run_id}-{shown.split}"
    places = paged(key, PAGE_CLASSES, lambda start: order[start : start + PAGE_CLASSES], lambda _: len(order))
    with st.container(horizontal=True, gap="small", key="class-tables"):
        for place in places:
            with st.container(width=TABLE_WIDTH, gap=None):
                _table(shown, place)
    pages(key, PAGE_CLASSES, len(order))


def _order(shown: ShownSets, sort: str) -> list[int]:
    counts, classes = shown.found.tables, shown.found.classes
    ranks = {
        "errors": -(counts[:, 0, 1] + counts[:, 1, 0]),
        "score": np.array([one.f1 for one in classes.values()]),
        "support": -counts[:, 1].sum(axis=1),
        "name": np.arange(len(counts)),
    }
    return [int(place) for place in np.argsort(ranks[sort], kind="stable")]


def _table(shown: ShownSets, place: int) -> None:
    name, counts = shown.found.labels[place], shown.found.tables[place]
    selected = next((key for key, one in chosen_classes(shown).items() if one == name), None)
    key = f"class-table-{shown.run.number}-{place}-{selected}"

    def clicked() -> None:
        """A click on a cell opens it, a click on the chosen one lifts that again."""
        cell = clicked_mark(st.session_state[key])
        if cell is not None:
            choose_classes(**({} if cell[1] == selected else {str(cell[1]): name}))

    st.markdown(f"**{plain(name)}** · F1 {shown.found.classes[name].f1:.3f}")
    (_, added), (missed, found) = counts.tolist()
    chart_with_files(
        class_table(name, counts, selected=selected),
        width="content",
        key=key,
        dataset=shown.dataset.name,
        name=f"run-{shown.run.number}-class-{name}",
        columns={"cell": CELLS, "rows": counts.ravel().tolist()},
        on_select=clicked,
        alt=say(
            "{name}: {found:,} rows found, {missed:,} missed, {added:,} wrongly added",
            name=name,
            found=found,
            missed=missed,
            added=added,
        ),
    )


def tables_difference(found: MultiLabelComparison, other: Run, run: Run) -> None:
    """What the second run has more or fewer of in each class's table; a click opens the cell of the second run."""
    titles = {keys.MISSED: "missed", keys.ADDED: "wrongly added", keys.FOUND: "found"}
    cells = {keys.MISSED: (1, 0), keys.ADDED: (0, 1), keys.FOUND: (1, 1)}
    order = np.argsort(-np.abs(found.tables[:, [0, 1], [1, 0]]).sum(axis=1), kind="stable")
    names = [found.first.labels[place] for place in order]
    key = f"difference-tables-{other.number}"

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        which = cell and next((one for one, title in titles.items() if title == cell[1]), keys.MISSED)
        if cell and which:
            choose_classes(**{which: names[cell[0]], keys.VIEW: "matrix"})

    st.markdown(say("**Rows that run {number} has more or fewer** of in each class", number=run.number))
    st.dataframe(
        _difference_columns(names, {titles[one]: found.tables[order][:, *cells[one]].tolist() for one in titles}),
        hide_index=True,
        height="content" if len(names) <= SHOWN_CLASSES else 38 + 35 * SHOWN_CLASSES,
        column_config={"class": st.column_config.Column(say("class"))}
        | {title: st.column_config.NumberColumn(say(title), format="%+d", width=100) for title in titles.values()},
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say(
            "Rows found, missed and wrongly added by class: run {number} less run {number2}",
            number=run.number,
            number2=other.number,
        ),
    )
    st.caption(
        say("Fewer that are missed or added are better. A click opens the rows of run {number}.", number=run.number)
    )


def _difference_columns(names: Sequence[str], counts: dict[str, list[int]]) -> dict[str, list[str] | list[int]]:
    return {"class": list(names), **counts}

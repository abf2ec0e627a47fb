"""Evaluate, view Missed and added: which class is wrongly predicted in the rows in which another one is missed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.confusion import together
from core.charts.grid import MAX_CLASSES
from core.evaluation.confusion import ConfusedPair, drawn_classes, most_confused
from core.services.export import file_name
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.multi_label.rows import choose_classes, chosen_classes
from core.ui.evaluation.pairs import PAIRS, cells_of, line_of, pair_table
from core.ui.parts.cells import clicked_mark
from core.ui.parts.csv_text import csv_button, csv_text
from core.words import later, say

COLUMNS = (later("rows", "column"), later("missed"), later("wrongly added"), later("of the missed"))


def missed_and_added(shown: ShownSets) -> None:
    """The matrix of missed against added classes, and its fullest cells, side by side."""
    pairs = _pairs(shown, PAIRS)
    if not pairs:
        st.caption(say("In no row is one class missed and another wrongly added."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            say(
                "Rows in which the class of the line is missed and that of the column is wrongly added. Where a "
                "row has several of both, each pair of them counts. A click shows the rows."
            ),
            width="stretch",
        )
        _download(shown)
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content", gap="xsmall"):
            _matrix(shown)
        with st.container(width="stretch", gap="xsmall"):
            _list(shown, pairs)


def _pairs(shown: ShownSets, limit: int) -> tuple[ConfusedPair, ...]:
    """Shares are of the rows that miss the first class, whatever is added."""
    found = shown.found
    counted = most_confused(found.missed_and_added, found.labels, limit)
    missed = {name: int(table[1, 0]) for name, table in zip(found.labels, found.tables, strict=True)}
    return tuple(ConfusedPair(one.true, one.predicted, one.rows, one.rows / missed[one.true]) for one in counted)


def _chosen(shown: ShownSets) -> tuple[str, str] | None:
    chosen = chosen_classes(shown)
    return (chosen[keys.MISSED], chosen[keys.ADDED]) if {keys.MISSED, keys.ADDED} <= chosen.keys() else None


def _matrix(shown: ShownSets) -> None:
    found, chosen = shown.found, _chosen(shown)
    order = drawn_classes(found.missed_and_added, "confusion", MAX_CLASSES)
    key = f"missed-and-added-{shown.run.number}-{chosen}"

    def clicked() -> None:
        """A click on a cell opens it, a click on the chosen one lifts that again."""
        cell = clicked_mark(st.session_state[key])
        if cell is not None:
            pair = (str(cell[0]), str(cell[1]))
            choose_classes(**({} if pair == chosen else {keys.MISSED: pair[0], keys.ADDED: pair[1]}))

    names, counts = [found.labels[place] for place in order], found.missed_and_added[order[:, None], order]
    chart_with_files(
        together(names, counts, missed_rows=found.tables[order, 1, 0], selected=chosen),
        width="content",
        key=key,
        dataset=shown.dataset.name,
        name=f"missed-and-added-run-{shown.run.number}",
        columns=cells_of(names, counts, ("missed", "wrongly added", "rows")),
        on_select=clicked,
        alt=say("Missed classes by row, wrongly added classes by column; the pairs beside it say the same"),
    )


def _list(shown: ShownSets, pairs: Sequence[ConfusedPair]) -> None:
    def choose(missed: str, added: str) -> None:
        choose_classes(**{keys.MISSED: missed, keys.ADDED: added})

    st.markdown(say("**Most often together**"))
    pair_table(
        pairs,
        COLUMNS,
        choose,
        classes=len(shown.found.labels),
        key=f"together-pairs-{hash((shown.run.run_id, _chosen(shown))):x}",
        share=say("Share of the rows that miss the class"),
        alt=say("Pairs of a missed and a wrongly added class, most rows first"),
    )


def _download(shown: ShownSets) -> None:
    def every_pair() -> bytes:
        rows = [dict(zip(COLUMNS, line_of(pair), strict=True)) for pair in _pairs(shown, len(shown.found.labels) ** 2)]
        return csv_text(COLUMNS, rows)

    name = file_name(f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}-missed-and-added.csv")
    csv_button(every_pair, name, key="together-csv")

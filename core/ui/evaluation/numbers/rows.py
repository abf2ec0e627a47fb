"""The rows behind a cell, a mark or the whole split where labels are numbers: the farthest off first, whether the label
looks wrong itself, and the row to be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.context import Context
from core.evaluation.numbers import places
from core.records import ColumnFilter, PredictedRow, PredictionFilter, RowFilter
from core.services.evaluation.numbers import NumberEvaluation
from core.services.lists.asked import Listed
from core.store.predicted.columns import FARTHEST, PROBABLY_WRONG
from core.targets.number.form import written
from core.ui import keys
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.numbers.parts import chosen_cell, names
from core.ui.evaluation.numbers.residuals import chosen_row
from core.ui.evaluation.row_list import counted, is_narrowed, list_bar, list_of, narrowed, rows_table
from core.ui.parts.problems import plain
from core.ui.url import put
from core.words import say, say_n, stored

Cell = tuple[int, int]
"""The parts of the range of a row's label and of its prediction."""


def examples(context: Context, shown: ShownNumbers, group: tuple[str, RowFilter] | None = None) -> None:
    """The rows of what is chosen, the farthest off first unless they are sorted otherwise. `group`: of these alone, as
    a person calls them."""
    chosen, cell = (None, None) if group else (chosen_row(shown), chosen_cell(shown))
    tools, listed = list_of(context, shown)
    where = _where(shown, narrowed(PredictionFilter(shown.split), listed), cell, chosen)
    if group is not None:
        own = group[1]
        where = replace(where, rows=replace(own, columns=(*own.columns, *where.rows.columns)))
    order = _order(shown.found, cell, chosen)
    total = counted(context, shown, where) if group or is_narrowed(listed) else len(order)
    if total is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        title = _title(shown, total, cell, chosen, listed.order == FARTHEST)
        st.markdown(title if group is None else f"{title} · {plain(group[0])}", width="content")
        if cell is not None or chosen is not None:
            st.button(say("All rows"), icon=":material/close:", type="tertiary", on_click=_clear, key="numbers-all")
    list_bar(tools, listed, shown, where, total, {} if cell is None and chosen is None else None)
    key = f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}"

    def at_once(size: int, offset: int) -> list[PredictedRow]:
        return [_row(shown.found, place) for place in order[offset : offset + size].tolist()]

    among = _among(shown, listed, cell) if group is None else group[0]
    rows_table(context, shown, where, total, key, None, among, None if group else at_once, chosen)


def _where(shown: ShownNumbers, where: PredictionFilter, cell: Cell | None, chosen: int | None) -> PredictionFilter:
    """A filter, narrowed to a cell or a row."""
    if chosen is not None:
        return replace(where, rows=replace(where.rows, example_ids=(chosen,)))
    if cell is None:
        return where
    return replace(where, columns=(*where.columns, *cell_bounds(shown.found.edges, cell)))


def cell_bounds(edges: Sequence[float], cell: Cell) -> tuple[ColumnFilter, ...]:
    """The rows of a cell as filters of the list's columns."""
    inner, bounds = edges[1:-1], list[ColumnFilter]()
    for column, part in zip(("label", "predicted"), cell, strict=True):
        if part > 0:
            bounds.append(ColumnFilter(column, ">=", (repr(float(inner[part - 1])),)))
        if part < len(inner):
            bounds.append(ColumnFilter(column, "<", (repr(float(inner[part])),)))
    return tuple(bounds)


def _order(found: NumberEvaluation, cell: Cell | None, chosen: int | None) -> NDArray[np.int64]:
    """The same rows without the filters of the list's columns, as positions, the farthest off first."""
    if chosen is not None:
        return np.flatnonzero(found.example_ids == chosen)
    worst = found.worst
    if cell is None:
        return worst
    within = (places(found.true, found.edges) == cell[0]) & (places(found.predicted, found.edges) == cell[1])
    return np.asarray(worst[within[worst]])


def _row(found: NumberEvaluation, place: int) -> PredictedRow:
    label, predicted = (written(float(one[place])) for one in (found.true, found.predicted))
    return PredictedRow(int(found.example_ids[place]), label, predicted, float(found.half[place]))


def _title(shown: ShownNumbers, total: int, cell: Cell | None, chosen: int | None, farthest: bool) -> str:
    rows = say_n("**{n:,} row**", "**{n:,} rows**", total)
    if chosen is not None:
        return say("{rows}: the one that was clicked", rows=rows)
    sorted_so = say(", the farthest off first") if farthest else ""
    if cell is None:
        return f"{rows}{sorted_so}"
    true, predicted = (plain(names(shown)[part]) for part in cell)
    said = say("{rows} labelled **{true}** and predicted **{predicted}**", rows=rows, true=true, predicted=predicted)
    return f"{said}{sorted_so}"


def _among(shown: ShownNumbers, listed: Listed, cell: Cell | None) -> str:
    """Which rows these are, in English: acts keep it."""
    said = list[str]()
    if cell is not None:
        true, predicted = (names(shown)[part] for part in cell)
        said += [stored(f"labelled {true}"), stored(f"predicted {predicted}")]
    if PROBABLY_WRONG in listed.added:
        said.append(stored("labels that are probably wrong"))
    value = len([one for one in (*listed.rows, *listed.added) if one != PROBABLY_WRONG])
    if value:
        said.append(stored(f"columns {value}"))
    return " · ".join(said) or stored("all rows")


def _clear() -> None:
    put({keys.TRUE: None, keys.PREDICTED: None, keys.ROW: None})

"""The rows behind a cell, a mark or the whole split where labels are numbers: the farthest off first, whether the label
looks wrong itself, and the row to be judged."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.context import Context
from core.evaluation.numbers import places
from core.issues.contract import rounded
from core.records import Example
from core.services.evaluation.numbers import NumberEvaluation
from core.services.evaluation.words import number_words
from core.store.rows import get_rows
from core.targets.number.form import worth
from core.ui import keys
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.numbers.parts import chosen_cell, names
from core.ui.evaluation.numbers.residuals import chosen_row
from core.ui.evaluation.rows import to_review
from core.ui.lists.paging import pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.lists.seen import in_newest
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.problems import plain
from core.ui.shell.reading import reading
from core.ui.url import put
from core.words import say, say_n, stored

PAGE_ROWS = 25
CELL_CHARACTERS = 160


def examples(context: Context, shown: ShownNumbers) -> None:
    """A page of the rows, with the one that is picked whole beside it."""
    found = shown.found
    chosen, cell = chosen_row(shown), chosen_cell(shown)
    order = _order(found, cell, chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        st.markdown(_title(shown, len(order), cell, chosen), width="content")
        if cell is not None or chosen is not None:
            st.button(say("All rows"), icon=":material/close:", type="tertiary", on_click=_clear, key="numbers-all")
        elif len(order) and not reading():
            to_review(shown, {})
    if not len(order):
        st.caption(say("No row."))
        return
    key = f"evaluation-rows-{hash((shown.run.run_id, shown.split, shown.labels_from, cell, chosen)):x}"
    number = max(1, min(int(st.session_state.get(key, 1)), -(-len(order) // PAGE_ROWS)))
    page = order[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    lines = get_rows(context.store, shown.truth.version_id, found.example_ids[page].tolist())
    at = {int(found.example_ids[place]): int(place) for place in page}
    lines = sorted(lines, key=lambda line: page.tolist().index(at[line.example_id]))
    _, own = in_newest(context, shown.dataset, lines)
    seen = {line.example_id: _seen(shown, own[line.example_id], at[line.example_id]) for line in lines
            if line.example_id in own}  # fmt: skip
    among = stored("numbers farthest off")
    verdicts = (
        None if reading() else Verdicts(context, shown.dataset, shown.versions[0], f"{key}-verdicts", among=among)
    )
    table_key = f"{key}-table-{number}"
    picked = picked_rows(table_key, lines) or (list(lines) if chosen is not None else [])
    columns = st.columns([3, 2]) if picked else [st.container()]
    with columns[0]:
        _table(shown, lines, at, verdicts.words(list(own.values())) if verdicts else {}, table_key)
        pages(key, PAGE_ROWS, len(order))
    if picked:
        with columns[1]:
            there = [seen[line.example_id] for line in picked if line.example_id in seen]
            if there and verdicts:
                verdicts.bar(there)
            if len(picked) == 1:
                show_row(context, shown.dataset, picked[0], version=shown.truth)


def _order(found: NumberEvaluation, cell: tuple[int, int] | None, chosen: int | None) -> NDArray[np.int64]:
    worst = found.worst
    if chosen is not None:
        return np.asarray(worst[found.example_ids[worst] == chosen])
    if cell is None:
        return worst
    within = (places(found.true, found.edges) == cell[0]) & (places(found.predicted, found.edges) == cell[1])
    return np.asarray(worst[within[worst]])


def _title(shown: ShownNumbers, total: int, cell: tuple[int, int] | None, chosen: int | None) -> str:
    rows = say_n("**{n:,} row**", "**{n:,} rows**", total)
    if chosen is not None:
        return say("{rows}: the one that was clicked", rows=rows)
    if cell is not None:
        parts = names(shown)
        return say(
            "{rows} labelled **{true}** and predicted **{predicted}**, the farthest off first",
            rows=rows,
            true=plain(parts[cell[0]]),
            predicted=plain(parts[cell[1]]),
        )
    return say("{rows}, the farthest off first", rows=rows)


def _clear() -> None:
    put({keys.TRUE: None, keys.PREDICTED: None, keys.ROW: None})


def _seen(shown: ShownNumbers, example: Example, place: int) -> Seen:
    predicted, half = (float(one[place]) for one in (shown.found.predicted, shown.found.half))
    number, around = rounded(predicted, half)
    why = number_words(shown.run.number, predicted, half, float(shown.found.true[place]))
    caption = say("predicted {number} ± {around}", number=number, around=around)
    return Seen(example, worth(predicted, half), caption=caption, why=why, tier=f"run {shown.run.number}")


def _table(shown: ShownNumbers, lines: list[Example], at: dict[int, int], decided: dict[int, str], key: str) -> None:
    found = shown.found
    own = [at[line.example_id] for line in lines]
    drawing = drawing_of(shown.dataset)
    st.dataframe(
        {
            "row": [line.example_id for line in lines],
            "labelled": [float(found.true[place]) for place in own],
            "predicted": [float(found.predicted[place]) for place in own],
            "half": [float(found.half[place]) for place in own],
            "off": [float(found.true[place] - found.predicted[place]) for place in own],
            "label": [say("probably wrong") if found.suspect(place) else "" for place in own],
            "decided": [decided.get(line.example_id, "") for line in lines],
            "example": [line_of(shown.dataset, line, CELL_CHARACTERS) for line in lines],
        },
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        column_config={
            "row": st.column_config.NumberColumn(say("row"), format="%d", width=64),
            "labelled": st.column_config.NumberColumn(say("labelled"), format="%.6g"),
            "predicted": st.column_config.NumberColumn(say("predicted"), format="%.6g"),
            "half": st.column_config.NumberColumn(
                "±",
                format="%.3g",
                help=say("Half of the interval that holds nine labels of ten."),
            ),
            "off": st.column_config.NumberColumn(say("labelled less predicted"), format="%+.4g"),
            "label": st.column_config.TextColumn(
                say("label", "of a number"),
                width="medium",
                help=say("Twice as far off as the interval reaches: such a label is probably wrong itself."),
            ),
            "decided": say("decided"),
            "example": st.column_config.TextColumn(drawing.words_title, width="large"),
        },
        alt=say("Rows with their labelled and predicted numbers, the farthest off first"),
    )

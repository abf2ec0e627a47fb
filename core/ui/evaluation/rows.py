"""The rows behind a cell, a class or a whole split: true, predicted, how sure; and the way to the review desk."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import PredictionFilter
from core.store.predicted.columns import SUREST
from core.ui import keys
from core.ui.evaluation.choice import Shown, named_in_url
from core.ui.evaluation.class_box import class_box
from core.ui.evaluation.doubtful import lift_button, on_doubtful, only_doubtful
from core.ui.evaluation.row_list import counted, is_narrowed, list_bar, list_of, narrowed, rows_table
from core.ui.parts.problems import plain
from core.ui.url import put
from core.words import later, say, say_n, stored

SORTED_SO = later(", the surest first")


def chosen_cell(shown: Shown) -> tuple[str | None, str | None]:
    """True and predicted class that the URL names, under their names; None for any."""
    asked = named_in_url(shown.dataset, (keys.TRUE, keys.PREDICTED))
    true, predicted = (asked.get(key) for key in (keys.TRUE, keys.PREDICTED))
    labels = shown.found.labels
    return (true if true in labels else None), (predicted if predicted in labels else None)


def choose_cell(true: str | None, predicted: str | None, **more: str) -> None:
    """Puts a cell, a class or, with two None, nothing into the URL, and what else it has then. For callbacks."""
    put({keys.TRUE: true, keys.PREDICTED: predicted, **more})


def cell_filter(split: str, true: str | None, predicted: str | None) -> PredictionFilter:
    """The rows of a cell; of a class alone, or of nothing, those that are wrong."""
    if true is not None and predicted is not None:
        return PredictionFilter(split, true, predicted)
    return PredictionFilter(split, true, predicted, correct=False)


def examples(context: Context, shown: Shown) -> None:
    """The rows of what is chosen, the surest first unless they are sorted otherwise."""
    true, predicted = chosen_cell(shown)
    tools, listed = list_of(context, shown)
    codes = (None if name is None else shown.dataset.coded(name) for name in (true, predicted))
    where = on_doubtful(context, shown, narrowed(cell_filter(shown.split, *codes), listed))
    if where is None:
        return
    whole = not is_narrowed(listed) and not only_doubtful()
    total = _rows_of(shown, true, predicted) if whole else counted(context, shown, where)
    if total is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        st.markdown(
            f"{_title(total, true, predicted)}{say(SORTED_SO) if listed.order == SUREST else ''}", width="content"
        )
        class_box(say("True class"), keys.TRUE, true, list(shown.found.classes))
        class_box(say("Predicted class"), keys.PREDICTED, predicted, list(shown.found.classes))
        if true or predicted:
            st.button(
                say("All errors"), icon=":material/close:", type="tertiary", on_click=choose_cell, args=(None, None)
            )
        lift_button()
    list_bar(tools, listed, shown, where, total, {keys.TRUE: true, keys.PREDICTED: predicted})
    among = among_of(true, predicted)
    key = f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}"
    rows_table(context, shown, where, total, key, among=among)


def among_of(true: str | None, predicted: str | None) -> str:
    """Which rows `cell_filter` leaves, as it is kept with an act on them."""
    if true is not None and predicted is not None:
        return stored(f"true {true}, predicted {predicted}")
    said = [stored(f"true {true}")] if true is not None else []
    said += [stored(f"predicted {predicted}")] if predicted is not None else []
    return " · ".join([*said, stored("predicted wrong")])


def _rows_of(shown: Shown, true: str | None, predicted: str | None) -> int:
    """How many rows `cell_filter` leaves: read off the matrix."""
    matrix, place = shown.found.matrix, shown.found.labels.index
    if true is not None and predicted is not None:
        return int(matrix[place(true), place(predicted)])
    if true is not None:
        return int(matrix[place(true)].sum() - matrix[place(true), place(true)])
    if predicted is not None:
        return int(matrix[:, place(predicted)].sum() - matrix[place(predicted), place(predicted)])
    return int(matrix.sum() - matrix.trace())


def _title(total: int, true: str | None, predicted: str | None) -> str:
    rows = say_n("**{n:,} row**", "**{n:,} rows**", total)
    if true is not None and true == predicted:
        return say("{rows} of **{true}** predicted right", rows=rows, true=plain(true))
    if true is not None and predicted is not None:
        return say(
            "{rows} of **{true}** taken for **{predicted}**", rows=rows, true=plain(true), predicted=plain(predicted)
        )
    if true is not None:
        return say("{rows} of **{true}** taken for something else", rows=rows, true=plain(true))
    if predicted is not None:
        return say("{rows} wrongly taken for **{predicted}**", rows=rows, predicted=plain(predicted))
    return say("{rows} predicted wrong", rows=rows)

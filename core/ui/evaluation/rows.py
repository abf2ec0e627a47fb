"""The rows behind a cell, a class or a whole split: true, predicted, how sure; and the way to the review desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.context import Context
from core.records import Dataset, Example, PredictedRow, PredictionFilter
from core.services.evaluation.measures import predicted_rows
from core.store.rows import get_rows
from core.tasks import task_named
from core.ui import keys
from core.ui.evaluation.choice import AnyShown, Shown
from core.ui.evaluation.class_box import class_box
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.problems import plain
from core.ui.parts.rows import picked_row, show_row
from core.ui.shell.pages import link

PAGE_ROWS = 25
CELL_CHARACTERS = 300
LIST_PIXELS = 560


def chosen_cell(shown: Shown) -> tuple[str | None, str | None]:
    """True and predicted class that the URL names, None for any."""
    true, predicted = (st.query_params.get(key) for key in (keys.TRUE, keys.PREDICTED))
    labels = shown.found.labels
    return (true if true in labels else None), (predicted if predicted in labels else None)


def choose_cell(true: str | None, predicted: str | None) -> None:
    """Puts a cell, a class or, with two None, nothing into the URL. For callbacks."""
    for key, value in ((keys.TRUE, true), (keys.PREDICTED, predicted)):
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value


def cell_filter(split: str, true: str | None, predicted: str | None) -> PredictionFilter:
    """The rows of a cell; of a class alone, or of nothing, those that are wrong."""
    if true is not None and predicted is not None:
        return PredictionFilter(split, true, predicted)
    return PredictionFilter(split, true, predicted, correct=False)


def examples(context: Context, shown: Shown) -> None:
    """The rows of what is chosen, the surest first."""
    true, predicted = chosen_cell(shown)
    where = cell_filter(shown.split, true, predicted)
    total = _rows_of(shown, true, predicted)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        st.markdown(_title(total, true, predicted), width="content")
        st.space("stretch")
        class_box("True class", keys.TRUE, true, list(shown.found.classes))
        class_box("Predicted class", keys.PREDICTED, predicted, list(shown.found.classes))
        if true or predicted:
            st.button("All errors", icon=":material/close:", type="tertiary", on_click=choose_cell, args=(None, None))
        if total:
            to_review(shown, {keys.TRUE: true, keys.PREDICTED: predicted})
    rows_table(context, shown, where, total, f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}")


def rows_table(
    context: Context,
    shown: AnyShown,
    where: PredictionFilter,
    total: int,
    key: str,
    other: Mapping[str, str] | None = None,
) -> None:
    """A page of the rows with the picked one whole beside it. `other` renames columns where two runs are meant."""
    if not total:
        st.caption("No row.")
        return
    found = paged(
        key,
        PAGE_ROWS,
        lambda offset: predicted_rows(context, shown.run, where, shown.labels_from, PAGE_ROWS, offset),
        lambda _: total,
    )
    dataset = shown.dataset
    lines = get_rows(context.store, shown.truth.version_id, [row.example_id for row in found])
    table_key = f"{key}-table-{st.session_state.get(key, 1)}"
    picked = picked_row(table_key, lines)
    places = st.columns([3, 2] if picked else 1)
    with places[0]:
        _table(dataset, _columns(context, dataset, found, lines), lines, table_key, other or {})
        pages(key, PAGE_ROWS, total)
    if picked:
        with places[1]:
            show_row(context, dataset, picked)


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
    rows = f"**{total:,} {'row' if total == 1 else 'rows'}**"
    if true is not None and true == predicted:
        return f"{rows} of **{plain(true)}** predicted right, the surest first"
    if true is not None and predicted is not None:
        return f"{rows} of **{plain(true)}** taken for **{plain(predicted)}**, the surest first"
    if true is not None:
        return f"{rows} of **{plain(true)}** taken for something else, the surest first"
    if predicted is not None:
        return f"{rows} wrongly taken for **{plain(predicted)}**, the surest first"
    return f"{rows} predicted wrong, the surest first"


def to_review(shown: AnyShown, cell: Mapping[str, str | None]) -> None:
    """These rows on the desk, as the newest version has them: that is where the next one is made from."""
    link(
        "review",
        "Review these",
        icon=":material/rule:",
        dataset=shown.dataset.name,
        version=shown.versions[0].number,
        run=shown.run.number,
        split=shown.split,
        labels=shown.labels_from,
        true=cell.get(keys.TRUE),
        predicted=cell.get(keys.PREDICTED),
        found=cell.get(keys.FOUND),
        missed=cell.get(keys.MISSED),
        added=cell.get(keys.ADDED),
        without=cell.get(keys.WITHOUT),
    )


def _table(
    dataset: Dataset, columns: Mapping[str, list[object]], lines: Sequence[Example], key: str, other: Mapping[str, str]
) -> None:
    drawing, row_height = drawing_of(dataset), task_named(dataset.task).modality.row_height
    names = {name: other.get(name, name) for name in ("true", "predicted", "confidence")}
    st.dataframe(
        {names.get(name, name): values for name, values in columns.items()},
        hide_index=True,
        row_height=row_height,
        height=min(LIST_PIXELS, 38 + row_height * len(lines)),
        column_config={
            "row": st.column_config.NumberColumn("row", format="%d", width=64),
            **({drawing.cell: drawing.column(64)} if drawing.cell else {}),
            names["confidence"]: st.column_config.ProgressColumn(
                names["confidence"], format="percent", min_value=0.0, max_value=1.0, width=110
            ),
            "example": st.column_config.TextColumn(drawing.words_title, width="large"),
        },
        key=key,
        on_select="rerun",
        selection_mode=["single-row", WHOLE_HEADER],
        placeholder="",
        alt="Predicted rows, the surest first",
    )


def _columns(
    context: Context, dataset: Dataset, found: Sequence[PredictedRow], lines: Sequence[Example]
) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {"row": [row.example_id for row in found]}
    drawing = drawing_of(dataset)
    if drawing.cell:
        columns[drawing.cell] = drawing.cells(context, lines)
    words = task_named(dataset.task).target.words
    columns["true"] = [words(row.label) for row in found]
    columns["predicted"] = [words(row.predicted) for row in found]
    columns["confidence"] = [row.confidence for row in found]
    columns["example"] = [line_of(dataset, line, CELL_CHARACTERS) for line in lines]
    return columns

"""The rows behind a cell, a class or a whole split: true, predicted, how sure; and the way to the review desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from core.context import Context
from core.modalities import WORDS
from core.records import Example, PredictedRow, PredictionFilter, RowFilter
from core.review.many import among_said
from core.services.evaluation.measures import count_predicted, export_predicted, predicted_rows
from core.services.lists.asked import FILTERS, Listed, predictions_listed
from core.services.lists.columns import prediction_columns
from core.services.review.among import OfRun
from core.services.views import PREDICTED
from core.store.export import Format
from core.store.predictions import SUREST
from core.store.rows import get_rows
from core.tasks import target_of
from core.ui import keys
from core.ui.evaluation.choice import AnyShown, Shown, ShownNumbers, named_in_url
from core.ui.evaluation.class_box import class_box
from core.ui.evaluation.doubtful import lift_button, on_doubtful, only_doubtful
from core.ui.lists.act_on_all import ActOnAll
from core.ui.lists.layout import Layout, layout_switch, rows_of_page
from core.ui.lists.paging import paged, pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.lists.seen import in_newest
from core.ui.lists.table import DECIDED, Table
from core.ui.lists.tools import (
    Tools,
    chips,
    columns_button,
    download_button,
    filter_button,
    list_query,
    sort_box,
)
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.lists.views import views_button
from core.ui.modalities import drawing_of
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.ui.url import put
from core.words import later, say, say_n, stored

PAGE_ROWS = 25
TABLE: Layout = "table"
SORTED_SO = later(", the surest first")


def chosen_cell(shown: Shown) -> tuple[str | None, str | None]:
    """True and predicted class that the URL names, under their names; None for any."""
    asked = named_in_url(shown.dataset, (keys.TRUE, keys.PREDICTED))
    true, predicted = (asked.get(key) for key in (keys.TRUE, keys.PREDICTED))
    labels = shown.found.labels
    return (true if true in labels else None), (predicted if predicted in labels else None)


def choose_cell(true: str | None, predicted: str | None) -> None:
    """Puts a cell, a class or, with two None, nothing into the URL. For callbacks."""
    put({keys.TRUE: true, keys.PREDICTED: predicted})


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
    among = stored(f"true {true or 'any'}, predicted {predicted or 'any'}")
    key = f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}"
    rows_table(context, shown, where, total, key, among=among)


def list_of(context: Context, shown: AnyShown) -> tuple[Tools, Listed]:
    """What a list of predicted rows has above it, and what it shows."""
    titles = {WORDS: drawing_of(shown.dataset).words_title}
    columns = prediction_columns(shown.dataset)
    tools = Tools(context, shown.dataset, shown.truth.version_id, PREDICTED, columns, titles)
    return tools, predictions_listed(shown.dataset, list_query(tools))


def narrowed(where: PredictionFilter, listed: Listed) -> PredictionFilter:
    """A filter together with those of the list's columns."""
    return replace(where, rows=RowFilter(columns=listed.rows), columns=listed.added)


def counted(context: Context, shown: AnyShown, where: PredictionFilter) -> int | None:
    """How many rows a filter leaves; None while they are counted."""
    return result_of(
        context,
        ("predicted", shown.run.run_id, shown.labels_from, shown.truth.version_id, where),
        lambda: count_predicted(context, shown.run, where, shown.labels_from),
        waiting=later("Looking"),
    )


def list_bar(
    tools: Tools,
    listed: Listed,
    shown: AnyShown,
    where: PredictionFilter,
    total: int,
    cell: Mapping[str, str | None] | None,
) -> None:
    """Filter, order, columns, views and the file of a list of predicted rows; the way to review those of a cell."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-list-bar"):
        filter_button(tools)
        if total:
            sort_box(tools, listed.order, SUREST, say("the surest first"))
            columns_button(tools, listed)
        if not reading():
            views_button(tools, list_query(tools))
        if total:
            _download(tools, listed, shown, where, total)
            if cell is not None and not reading():
                to_review(shown, cell)
    chips(tools)


def is_narrowed(listed: Listed) -> bool:
    """Whether a list shows less than what the page says of it."""
    return bool(listed.rows or listed.added)


def _download(tools: Tools, listed: Listed, shown: AnyShown, where: PredictionFilter, total: int) -> None:
    def write(out: Path, format_name: Format, plainly: bool) -> Path:
        order, columns, labels = listed.order, listed.columns, shown.labels_from
        return export_predicted(tools.context, shown.run, where, labels, order, columns, out, format_name, plainly)

    truth = shown.truth.version_id
    key = f"predicted {shown.run.run_id} {truth} {where!r} {listed.order!r} {listed.columns!r}"
    name = f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}"
    download_button(tools, listed, total, name, write, key)


def rows_table(
    context: Context,
    shown: AnyShown,
    where: PredictionFilter,
    total: int,
    key: str,
    other: Mapping[str, str] | None = None,
    among: str = "",
) -> None:
    """A page of the rows with the picked one whole beside it, to be judged. `other` renames columns where two runs are
    meant; `among` says in words which rows these are."""
    if not total:
        st.caption(say("No row."))
        return
    tools, listed = list_of(context, shown)
    dataset, order = shown.dataset, listed.order
    verdicts, layout = (None, TABLE) if reading() else _acts(context, shown, where, total, key, among)
    size, key = rows_of_page(layout, PAGE_ROWS), f"{key}-{layout}-{hash(order):x}"

    def read(offset: int) -> list[PredictedRow] | None:
        def work() -> list[PredictedRow]:
            return predicted_rows(context, shown.run, where, shown.labels_from, size, offset, order)

        if order == SUREST and not is_narrowed(listed):
            return work()
        asked = ("predicted page", shown.run.run_id, shown.truth.version_id, where, size, offset, order)
        return result_of(context, asked, work, waiting=later("Sorting"))

    found = paged(key, size, read, lambda _: total)
    if found is None:
        return
    lines = get_rows(context.store, shown.truth.version_id, [row.example_id for row in found])
    _, own = in_newest(context, dataset, lines)
    seen = {row.example_id: _seen(shown, row, own[row.example_id]) for row in found if row.example_id in own}
    table_key = f"{key}-table-{st.session_state.get(key, 1)}"
    picked = _picked(layout, table_key, lines, verdicts)
    places = st.columns([3, 2]) if picked else [st.container()]
    with places[0]:
        if layout == "table":
            told = verdicts.words(list(own.values())) if verdicts else None
            _table(tools, listed, found, lines, told, table_key, other or {})
        elif verdicts:
            verdicts.tiles(list(seen.values()), layout)
        pages(key, size, total)
    if picked:
        with places[1]:
            if layout == "table" and verdicts:
                _judge(shown, verdicts, picked, seen)
            if len(picked) == 1:
                show_row(context, dataset, picked[0], version=shown.truth)


def _acts(
    context: Context, shown: AnyShown, where: PredictionFilter, total: int, key: str, among: str
) -> tuple[Verdicts, Layout]:
    """What a list can be judged by, and how it is laid out: for whoever may do more than read."""
    verdicts = Verdicts(context, shown.dataset, shown.versions[0], f"{key}-verdicts", among=among)
    acts = ActOnAll(context, shown.dataset, f"{key}-many")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-bar"):
        layout = layout_switch(shown.dataset)
        of_run = OfRun(shown.run, where, shown.labels_from, shown.versions[0].version_id)
        which = " · ".join(filter(None, (stored(f"run {shown.run.number} on {shown.split}"), among)))
        acts.button(of_run, which, total, "suggestion", shown=among_said(which))
    return verdicts, layout


def _picked(layout: Layout, table_key: str, lines: Sequence[Example], verdicts: Verdicts | None) -> list[Example]:
    if layout == "table" or verdicts is None:
        return picked_rows(table_key, lines)
    return [line for line in lines if line.example_id == verdicts.opened]


def _judge(shown: AnyShown, verdicts: Verdicts, picked: Sequence[Example], seen: Mapping[int, Seen]) -> None:
    """The verdict bar for the rows that were picked, as the newest version has them."""
    there = [seen[line.example_id] for line in picked if line.example_id in seen]
    if there:
        verdicts.bar(there)
    if len(there) < len(picked):
        st.caption(
            say(
                "{n:,} of them were excluded in version {number}.",
                n=len(picked) - len(there),
                number=shown.versions[0].number,
            )
        )


def _seen(shown: AnyShown, row: PredictedRow, example: Example) -> Seen:
    """A run's prediction is what is suggested; how probable the label is, nobody says where the two differ."""
    sure = say("{confidence:.2f} sure", confidence=row.confidence)
    target = target_of(shown.dataset)
    why = say(
        "Run {number} predicts {predicted}, {confidence:.0%} sure.",
        number=shown.run.number,
        predicted=target.words(row.predicted),
        confidence=row.confidence,
    )
    return Seen(example, row.predicted, 1 - row.confidence, caption=sure, why=why, tier=f"run {shown.run.number}")


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


def to_review(shown: AnyShown | ShownNumbers, cell: Mapping[str, str | None]) -> None:
    """These rows on the desk, as the newest version has them: that is where the next one is made from."""
    cell = {key: None if name is None else shown.dataset.coded(name) for key, name in cell.items()}
    link(
        "review",
        say("Review these"),
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
        where=st.query_params.get(FILTERS),
        doubtful=st.query_params.get(keys.DOUBTFUL),
    )


def _table(
    tools: Tools,
    listed: Listed,
    found: Sequence[PredictedRow],
    lines: Sequence[Example],
    verdicts: Mapping[int, str] | None,
    key: str,
    other: Mapping[str, str],
) -> None:
    share = partial(st.column_config.ProgressColumn, format="percent", min_value=0.0, max_value=1.0, width=110)
    usual = predictions_listed(tools.dataset, {}).columns
    words = target_of(tools.dataset).words
    Table(tools, listed, SUREST, usual, key, say("Predicted rows"), other, {"confidence": share}).draw(
        lines,
        {
            "label": [words(row.label) for row in found],
            "predicted": [words(row.predicted) for row in found],
            "confidence": [row.confidence for row in found],
            **({} if verdicts is None else {DECIDED.column: [verdicts.get(line.example_id) for line in lines]}),
        },
        also=[] if verdicts is None else [DECIDED],
    )

"""The list of rows that a run predicts, whatever its labels are: what narrows, sorts and writes it, a page of it, and
the row that is picked, to be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.context import Context
from core.modalities import WORDS
from core.records import Example, PredictedRow, PredictionFilter, RowFilter
from core.review.many import among_said
from core.services.evaluation.measures import count_predicted, export_predicted, predicted_rows
from core.services.lists.asked import FILTERS, Listed, predictions_listed
from core.services.lists.columns import prediction_columns
from core.services.lists.facts import fact_columns
from core.services.review.among import OfRun
from core.services.views import PREDICTED
from core.store.export import Format
from core.store.predicted.columns import usual_order
from core.store.row_facts import as_of
from core.store.rows import get_rows
from core.tasks import target_of
from core.ui import keys
from core.ui.evaluation.choice import ListedShown, ShownNumbers
from core.ui.evaluation.number_cells import number_formats, number_seen, number_values
from core.ui.filters.similar_to import similar_button
from core.ui.lists.acts.act_on_all import ActOnAll
from core.ui.lists.layout import Layout, columns_button, layout_switch, rows_of_page
from core.ui.lists.paging import paged, pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.lists.seen import in_newest
from core.ui.lists.table import DECIDED, Table
from core.ui.lists.tools import (
    Tools,
    chips,
    download_button,
    filter_button,
    list_query,
    sort_box,
)
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.lists.views import views_button
from core.ui.modalities import drawing_of
from core.ui.parts.background import result_of
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.words import later, say, stored

PAGE_ROWS = 25
TABLE: Layout = "table"
_SORTED = {"confidence": later("the surest first"), "off_by": later("the farthest off first")}
AtOnce = Callable[[int, int], list[PredictedRow]]
"""Reads so many rows of the whole list in its usual order, from one on, without the store."""


def list_of(context: Context, shown: ListedShown) -> tuple[Tools, Listed]:
    """What a list of predicted rows has above it, and what it shows."""
    titles = {WORDS: drawing_of(shown.dataset).words_title}
    columns = prediction_columns(shown.dataset)
    facts = fact_columns(columns)
    tools = Tools(context, shown.dataset, shown.truth.version_id, PREDICTED, columns, titles, facts=facts)
    return tools, predictions_listed(shown.dataset, list_query(tools))


def narrowed(where: PredictionFilter, listed: Listed) -> PredictionFilter:
    """A filter together with those of the list's columns."""
    return replace(where, rows=RowFilter(columns=listed.rows), columns=listed.added)


def counted(context: Context, shown: ListedShown, where: PredictionFilter) -> int | None:
    """How many rows a filter leaves; None while they are counted."""
    return result_of(
        context,
        (
            "predicted",
            shown.run.run_id,
            shown.labels_from,
            shown.truth.version_id,
            where,
            as_of(context.store, where.rows),
        ),
        lambda: count_predicted(context, shown.run, where, shown.labels_from),
        waiting=later("Looking"),
    )


def list_bar(
    tools: Tools,
    listed: Listed,
    shown: ListedShown,
    where: PredictionFilter,
    total: int,
    cell: Mapping[str, str | None] | None,
) -> None:
    """Filter, order, columns, views and the file of a list of predicted rows; the way to review those of a cell."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-list-bar"):
        similar_button(tools)
        filter_button(tools)
        if total:
            usual = usual_order(shown.dataset)
            sort_box(tools, listed.order, usual, say(_SORTED[usual.column]))
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


def _download(tools: Tools, listed: Listed, shown: ListedShown, where: PredictionFilter, total: int) -> None:
    def write(out: Path, format_name: Format, plainly: bool) -> Path:
        order, columns, labels = listed.order, listed.columns, shown.labels_from
        return export_predicted(tools.context, shown.run, where, labels, order, columns, out, format_name, plainly)

    truth = shown.truth.version_id
    fresh = as_of(tools.context.store, where.rows)
    key = f"predicted {shown.run.run_id} {truth} {where!r} {fresh} {listed.order!r} {listed.columns!r}"
    name = f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}"
    download_button(tools, listed, total, name, write, key)


def rows_table(
    context: Context,
    shown: ListedShown,
    where: PredictionFilter,
    total: int,
    key: str,
    other: Mapping[str, str] | None = None,
    among: str = "",
    at_once: AtOnce | None = None,
    opened: int | None = None,
) -> None:
    """A page of the rows with the picked one whole beside it, to be judged. `other` renames columns where two runs are
    meant; `among` says in words which rows these are; `opened` is whole where none is picked."""
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

        if order == usual_order(dataset) and not is_narrowed(listed):
            return at_once(size, offset) if at_once else work()
        asked = (
            "predicted page",
            shown.run.run_id,
            shown.truth.version_id,
            where,
            as_of(context.store, where.rows),
            size,
            offset,
            order,
        )
        return result_of(context, asked, work, waiting=later("Sorting"))

    found = paged(key, size, read, lambda _: total)
    if found is None:
        return
    lines = get_rows(context.store, shown.truth.version_id, [row.example_id for row in found])
    _, own = in_newest(context, dataset, lines)
    seen = {row.example_id: _seen(shown, row, own[row.example_id]) for row in found if row.example_id in own}
    table_key = f"{key}-table-{st.session_state.get(key, 1)}"
    picked = _picked(layout, table_key, lines, verdicts) or [line for line in lines if line.example_id == opened]
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
    context: Context, shown: ListedShown, where: PredictionFilter, total: int, key: str, among: str
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


def _judge(shown: ListedShown, verdicts: Verdicts, picked: Sequence[Example], seen: Mapping[int, Seen]) -> None:
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


def _seen(shown: ListedShown, row: PredictedRow, example: Example) -> Seen:
    """A run's prediction is what is suggested; how probable the label is, nobody says where the two differ."""
    if isinstance(shown, ShownNumbers):
        return number_seen(shown.run.number, row, example)
    sure = say("{confidence:.2f} sure", confidence=row.confidence)
    target = target_of(shown.dataset)
    why = say(
        "Run {number} predicts {predicted}, {confidence:.0%} sure.",
        number=shown.run.number,
        predicted=target.words(row.predicted),
        confidence=row.confidence,
    )
    return Seen(example, row.predicted, 1 - row.confidence, caption=sure, why=why, tier=f"run {shown.run.number}")


def to_review(shown: ListedShown, cell: Mapping[str, str | None]) -> None:
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
    usual = predictions_listed(tools.dataset, {}).columns
    target = target_of(tools.dataset)
    added = number_values(found) if target.numeric else _values(found, target.words)
    if verdicts is not None:
        added = {**added, DECIDED.column: [verdicts.get(line.example_id) for line in lines]}
    formats = number_formats() if target.numeric else {"confidence": _share}
    table = Table(tools, listed, usual_order(tools.dataset), usual, key, say("Predicted rows"), other, formats)
    table.draw(lines, added, also=[] if verdicts is None else [DECIDED])


def _values(found: Sequence[PredictedRow], words: Callable[[str], str]) -> Mapping[str, Sequence[object]]:
    return {
        "label": [words(row.label) for row in found],
        "predicted": [words(row.predicted) for row in found],
        "confidence": [row.confidence for row in found],
    }


def _share(title: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(title, format="percent", min_value=0.0, max_value=1.0, width=110)

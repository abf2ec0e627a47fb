"""What every list has above it: filters of any column as chips, its order, its columns, its file; its saved views are
in `core.ui.lists.views`.

All of it stands in the URL, as `core.services.lists.written` has it, so that a copied link shows the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from core.beside.answers import Pending
from core.context import Context
from core.progress import Report
from core.records import Dataset, How, ListColumn, RowOrder
from core.services.issues.listing import attribute_values
from core.services.lists.asked import COLUMNS, FILTERS, ORDER, Listed
from core.services.lists.columns import VERDICT, holds_labels
from core.services.lists.facts import fact_said
from core.services.lists.words import in_words, value_in_words
from core.services.lists.written import (
    filter_text,
    filter_texts,
    read_filters,
    write_filters,
    write_names,
    write_order,
)
from core.services.similar.nearest import can_compare
from core.services.views import OF_CLASSES, OF_PAGE
from core.store.export import Format
from core.store.masked import HERE, is_masked, masked_value
from core.store.row_facts import ROW_FACTS
from core.store.row_facts.similar import SIMILAR
from core.ui.filters.beside import worked_out
from core.ui.filters.save_slice import rule_link, slice_button
from core.ui.parts.downloads import download_link
from core.ui.parts.labels import attribute_said
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.guard import current_user
from core.ui.url import put
from core.words import later, say, say_n, stored

UP, DOWN = "↑", "↓"
MAX_VALUES = 200
"""Longer lists of values are not sent to the browser: the person types the others."""
BETWEEN, ANY_OF, NONE_OF = later("between"), later("is one of"), later("is none of")
CONTAINS, YES, NO = later("contains"), later("yes"), later("no")
IS_MISSING, IS_THERE = later("is missing"), later("is not missing")
HAS_NONE, HAS_ANY = later("is none"), later("is any")
_WAYS: Mapping[str, tuple[str, ...]] = {
    "number": (BETWEEN, IS_MISSING, IS_THERE),
    "time": (BETWEEN, IS_MISSING, IS_THERE),
    "category": (ANY_OF, NONE_OF, CONTAINS, IS_MISSING, IS_THERE),
    "words": (CONTAINS, IS_MISSING, IS_THERE),
    "flag": (YES, NO),
    "fact": (ANY_OF, NONE_OF, HAS_NONE, HAS_ANY),
}
FORMATS: Mapping[Format, str] = {"csv": "CSV", "parquet": "Parquet", "jsonl": later("JSON lines")}
SHARED = (FILTERS, ORDER, COLUMNS)
"""What every list has."""
Write = Callable[[Path, Format, bool], Path]
"""Writes the list as it is shown into a file of a format, in CSV as plain texts or escaped."""


@dataclass(frozen=True, slots=True)
class Tools:
    """A list to which the tools belong."""

    context: Context
    dataset: Dataset
    version_id: str
    page: str
    """As views name it."""
    columns: tuple[ListColumn, ...]
    """All that it could show."""
    titles: Mapping[str, str]
    """What stands above a column, by its name, where that is not its title."""
    prefix: str = ""
    """Before the list's parameters in the URL, where its page has another list in another view."""
    values: Callable[[str], Sequence[str]] | None = None
    """Lists the values of a column that the rows of the version do not have."""
    said: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """How the values of a column are said, by that, where not as those of rows are."""
    facts: tuple[ListColumn, ...] = ()
    """What it can be narrowed by besides its columns."""

    @property
    def narrowing(self) -> tuple[ListColumn, ...]:
        """All that it can be narrowed by."""
        return (*self.columns, *self.facts)

    def key(self, name: str) -> str:
        """A parameter of the list in the URL."""
        return f"{self.prefix}{name}"

    def title(self, column: ListColumn) -> str:
        """What stands above a column."""
        return self._said(self.titles.get(column.name, column.title), column)

    def _said(self, title: str, column: ListColumn) -> str:
        """A title that is ours in the language of whoever looks; that of a source's own column as it is."""
        attribute = next((one for one in self.dataset.attributes if one.column == column.column), None)
        if attribute is None or column.added:
            return say(title)
        name = attribute_said(self.dataset, attribute.name)
        return say("{name} (attribute)", name=name) if title != attribute.name else name


def list_query(tools: Tools) -> dict[str, str]:
    """What the page shows of its list, as the parameters of a link: of the widgets that are bound to the URL, and of
    the URL. Columns are the person's own where the URL names none."""
    found: dict[str, str] = {}
    for key in OF_PAGE.get(tools.page, SHARED):
        value = st.query_params.get(key) if key not in st.session_state else st.session_state[key]
        if key in SHARED:
            value = st.query_params.get(tools.key(key))
        if value not in (None, ""):
            found[key] = tools.dataset.coded(str(value)) if key in OF_CLASSES else str(value)
    if COLUMNS not in found:
        own = tools.context.ledger.views.columns(tools.dataset.dataset_id, tools.page, current_user())
        if own:
            found[COLUMNS] = write_names(own)
    return found


def filter_button(tools: Tools) -> None:
    """The box in which a filter of any column is made; it stands beside a list's other filters."""
    box = st.popover(
        say("Filter"), icon=":material/filter_list:", key="list-filter", on_change="rerun", width="content"
    )
    if not box.open:
        return
    with box, shown_errors():
        _new_filter(tools)


def chips(tools: Tools, *, whole: bool = False) -> None:
    """The filters in force, each of which a click removes. Nothing where there is none. `whole`: with what stands in
    the URL beside them they are all that narrows the list, and can be saved as a slice."""
    texts = asked_filters(tools)
    if not texts:
        return
    found = [read_filters(text, tools.narrowing)[0] for text in texts]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="list-chips"):
        for place, (one, column) in enumerate(found):
            said = _said(tools, column) if column.kind == "category" else tools.said.get(column.column)
            shown = in_words(one, _titled(tools, column), tools.dataset, said)
            st.button(
                plain(shown if len(shown) <= 60 else f"{shown[:59]}…"),
                icon=":material/close:",
                key=f"list-chip-{place}",
                help=say("Remove this filter: {filter}", filter=plain(shown))
                if len(shown) > 60
                else say("Remove this filter"),
                on_click=_remove,
                args=(tools, place),
            )
        if len(texts) > 1:
            st.button(
                say("Remove all"), type="tertiary", key="list-chips-clear", on_click=put_filters, args=(tools, ())
            )
        if whole:
            slice_button(tools.context, tools.dataset, list_query(tools))
            rule_link(tools.dataset, list_query(tools))
    worked_out(tools.context, tools.version_id, [one for one, _ in found], lambda place: _remove(tools, place))


def sort_box(
    tools: Tools, order: RowOrder, usual: RowOrder, usual_title: str, first: Mapping[str, str] | None = None
) -> None:
    """The choice of an order; `usual` is what it is where nothing is chosen, and `first` are orders that are no
    column's, as they are written."""
    columns = [one for one in tools.columns if one is not VERDICT]
    options = dict(first or {})
    for one in columns:
        for descending, arrow in ((False, UP), (True, DOWN)):
            each = RowOrder(one.column, descending, one.added)
            if each != usual:
                options[write_order(each, columns)] = f"{tools.title(one)} {arrow}"
    st.session_state["list-order"] = None if order == usual else write_order(order, columns)
    st.selectbox(
        say("Sort"),
        list(options),
        index=None,
        key="list-order",
        format_func=lambda name: options.get(name, name),
        placeholder=usual_title,
        label_visibility="collapsed",
        icon=":material/sort:",
        width=190,
        on_change=lambda: put({tools.key(ORDER): st.session_state["list-order"] or None}),
    )


def sort_by_header(
    tools: Tools, order: RowOrder, usual: RowOrder, table_key: str, other: Mapping[str, str] | None = None
) -> None:
    """A click on a header: ascending, then descending, then as usual. For the table's callback; its columns are named
    by the list's titles, or by what `other` has in their place."""
    chosen = st.session_state[table_key]["selection"]["columns"]
    columns = {(other or {}).get(one.title, one.title): one for one in tools.columns if one is not VERDICT}
    if not chosen or chosen[0] not in columns:
        return
    one = columns[chosen[0]]
    up, down = (RowOrder(one.column, descending, one.added) for descending in (False, True))
    turns = [each for each in (up, down) if each != usual]
    then = turns[0] if order not in turns else turns[turns.index(order) + 1] if order != turns[-1] else usual
    put({tools.key(ORDER): None if then == usual else write_order(then, tools.columns)})


def head(tools: Tools, column: ListColumn, order: RowOrder) -> str:
    """What stands over a column of a table, with an arrow where the list is sorted by it."""
    arrow = (DOWN if order.descending else UP) if (order.column, order.added) == (column.column, column.added) else ""
    return f"{tools.title(column)} {arrow}".strip()


def download_button(tools: Tools, listed: Listed, total: int, name: str, write: Write, key: str) -> None:
    """The list as a file: its rows, order and columns as they are shown; `name` has no ending, and `key` says all that
    the file depends on."""
    box = st.popover(
        say("Download"), icon=":material/download:", type="tertiary", key="list-download", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        rows = say_n("{n:,} row", "{n:,} rows", total)
        columns = say_n("{n:,} column", "{n:,} columns", len(listed.columns))
        st.caption(say("{rows} and {columns}, filtered and sorted as the list is.", rows=rows, columns=columns))
        if total > HERE and is_masked(tools.context.store, tools.dataset.dataset_id):
            st.caption(
                say(
                    "This dataset is always masked: a process of its own masks these rows before the file is sent, "
                    "which takes a minute or two for a million short rows."
                )
            )
        chosen = st.segmented_control(
            say("Format"),
            list(FORMATS),
            default="csv",
            required=True,
            format_func=lambda each: say(FORMATS[each]),
            key="list-format",
        )
        escape = chosen != "csv" or st.checkbox(
            say("Safe for spreadsheets"),
            value=True,
            key="list-escaped",
            help=say(
                "Texts that a spreadsheet would run as a formula, such as “=1+1” and “@name”, get an apostrophe before"
                " them. For other programs, take this off: then every text is as it is."
            ),
        )
        label = say("Download {format}, {rows}", format=say(FORMATS[chosen]), rows=rows)
        file = f"{name}.{chosen}"
        download_link(
            tools.context,
            label,
            file,
            lambda folder: write(folder / file, chosen, not escape),
            *(key, chosen, str(escape), str(tools.context.store.newest_tag())),
        )


def _new_filter(tools: Tools) -> None:
    columns = {one.name: one for one in tools.narrowing if one is not VERDICT}
    if not can_compare(tools.dataset):
        columns = {name: one for name, one in columns.items() if one.column != SIMILAR.column}
    name = st.selectbox(
        say("Column"),
        list(columns),
        key="filter-column",
        format_func=lambda each: tools.title(columns[each]),
        width=320,
    )
    column = columns[name]
    ways = _WAYS[column.kind]
    way = st.selectbox(say("Rows whose value"), ways, key=f"filter-way-{column.kind}", format_func=say, width=320)
    texts: list[str] = []
    if way == BETWEEN:
        bounds = _times(name) if column.kind == "time" else _numbers(name)
        texts = [filter_text(column, how, (value,)) for how, value in bounds]
    elif way == CONTAINS:
        words = st.text_input(say("Words"), key=f"filter-words-{name}", placeholder=say("all of these words"))
        texts = [filter_text(column, "contains", (words,))] if words and words.strip() else []
    elif way in (ANY_OF, NONE_OF):
        values = st.multiselect(
            say("Values"),
            _values(tools, column),
            key=f"filter-values-{name}",
            accept_new_options=True,
            format_func=_said(tools, column),
            width=320,
        )
        texts = [filter_text(column, "=" if way == ANY_OF else "!=", values)] if values else []
    elif way in (YES, NO):
        texts = [filter_text(column, "=", ("true" if way == YES else "false",))]
    else:
        texts = [filter_text(column, "missing" if way in (IS_MISSING, HAS_NONE) else "present")]
    st.button(
        say("Add filter"), type="primary", key="filter-add", disabled=not texts, on_click=_add, args=(tools, texts)
    )


def _numbers(name: str) -> list[tuple[How, str]]:
    with st.container(horizontal=True):
        low = st.number_input(say("From"), value=None, key=f"filter-low-{name}", placeholder=say("lowest"), width=150)
        high = st.number_input(
            say("To, included"), value=None, key=f"filter-high-{name}", placeholder=say("highest"), width=150
        )
    bounds: list[tuple[How, float | None]] = [(">=", low), ("<=", high)]
    return [(how, f"{value:.12g}") for how, value in bounds if value is not None]


def _times(name: str) -> list[tuple[How, str]]:
    with st.container(horizontal=True):
        first = st.date_input(say("From"), value=None, key=f"filter-first-{name}", width=150)
        last = st.date_input(say("Before"), value=None, key=f"filter-last-{name}", width=150)
    bounds: list[tuple[How, object]] = [(">=", first), ("<", last)]
    return [(how, value.isoformat()) for how, value in bounds if isinstance(value, date)]


def _said(tools: Tools, column: ListColumn) -> Callable[[str], str]:
    """Says a value of a column."""
    if column.kind == "fact":
        return fact_said(column)
    known = tools.said.get(column.column)
    if known is not None or column.added or not is_masked(tools.context.store, tools.dataset.dataset_id):
        return known or partial(value_in_words, column=column, dataset=tools.dataset)
    return lambda value: str(masked_value(column.title, value_in_words(value, column, tools.dataset)))


def _values(tools: Tools, column: ListColumn) -> list[str]:
    """The most frequent values; of labels and facts all. Kept, since a version never changes."""
    if column.kind == "fact":
        return list(ROW_FACTS[column.column].values(tools.context.store, tools.version_id))
    if holds_labels(column):
        return list(tools.dataset.labels[:500])
    if tools.values is not None:
        return list(tools.values(column.column))
    context, version_id = tools.context, tools.version_id

    def work(report: Report) -> list[str]:
        return attribute_values(context, version_id, column.column, MAX_VALUES)

    answers = context.beside.answers("attribute values", threads=4, kept=200)
    found = answers.ask((version_id, column.column), stored("Listing values"), work, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    return found


def asked_filters(tools: Tools) -> list[str]:
    """The list's filters as the URL writes them."""
    return filter_texts(st.query_params.get(tools.key(FILTERS), ""))


def put_filters(tools: Tools, texts: Sequence[str]) -> None:
    """Puts these filters and no others into the URL."""
    put({tools.key(FILTERS): write_filters(texts) or None})


def _add(tools: Tools, texts: Sequence[str]) -> None:
    known = asked_filters(tools)
    put_filters(tools, [*known, *(text for text in texts if text not in known)])


def _remove(tools: Tools, place: int) -> None:
    put_filters(tools, [text for each, text in enumerate(asked_filters(tools)) if each != place])


def _titled(tools: Tools, column: ListColumn) -> ListColumn:
    return ListColumn(column.name, tools.title(column), column.column, column.kind, column.added)

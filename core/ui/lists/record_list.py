"""A list of what is no row of a version, such as decisions: filters, order, columns, counts and files as those of rows
have them, over all of it. A page of it is read from the store at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.records import ColumnFilter, Dataset
from core.services.lists.asked import Listed, listed
from core.store.export import Format
from core.store.record_lists import Records, count_records, export_records, page_records, record_values
from core.ui.lists.layout import columns_button
from core.ui.lists.paging import WHOLE_HEADER, one_page, paged, pages
from core.ui.lists.tools import (
    MAX_VALUES,
    Tools,
    chips,
    download_button,
    filter_button,
    head,
    list_query,
    sort_box,
    sort_by_header,
)
from core.ui.parts.background import result_of
from core.words import later

PAGE_ROWS = 50
AT_ONCE = 50_000
"""A longer list is narrowed and sorted beside the page."""

Lines = Sequence[Mapping[str, Any]]
Shown = Mapping[str, Sequence[object]]
"""What people read of a page's lines, by column, and what the page has besides, by its name."""


@dataclass(frozen=True, slots=True)
class RecordList:
    """How such a list is shown."""

    tools: Tools
    records: Records
    usual: Sequence[str]
    """Names of the columns that it has where none are chosen."""
    usual_title: str
    """Its usual order, in words."""
    size: int
    """How many there are before any filter, also where some are a line together."""
    key: str
    file: str
    """Of the download, without an ending."""
    shown: Callable[[Lines], Shown]
    alt: str
    formats: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    """How a column is drawn, under what stands above it, by the column."""
    optional: Sequence[str] = ()
    """Columns that are left out of a page on which they say nothing, unless somebody has chosen the columns."""
    fixed: Sequence[ColumnFilter] = ()
    """Filters of boxes that the page has beside the list."""
    besides: Mapping[str, str] = field(default_factory=dict)
    """Names of what the page has besides the columns, with the column that each stands behind; else it stands last."""
    together: Mapping[str, str] = field(default_factory=dict)
    """Names of columns that a file has beside others, where these alone say less than they do on the page."""
    in_file: Records | None = None
    """What the file has, where that is more than a line for each."""

    @property
    def listed(self) -> Listed:
        """What the URL asks for."""
        tools = self.tools
        return listed(tools.dataset, list_query(tools), tools.columns, self.usual, self.records.usual)

    def draw(self, count: Callable[[int], str], none: str) -> None:
        """The tools, how many there are, a page, and the pages' numbers; `none` where no line is left."""
        asked = self.listed
        where = (*self.fixed, *asked.added)
        about = (self.key, where, asked.order, self.tools.context.store.newest_act())
        key = f"{self.key}-{hash(about[1:3]):x}"

        def read(offset: int) -> tuple[int, Lines] | None:
            context, records = self.tools.context, self.records

            def work() -> tuple[int, Lines]:
                store = context.store
                whole = not where and self.in_file is None
                total = self.size if whole else count_records(store, records, where)
                return total, page_records(store, records, where, asked.order, PAGE_ROWS, offset)

            if self.size <= AT_ONCE:
                return work()
            return result_of(context, ("records", *about, offset), work, waiting=later("Sorting"))

        found = paged(key, PAGE_ROWS, read, lambda found: 1 if found is None else found[0])
        if found is None:
            return
        total, lines = found
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self.key}-bar"):
            st.caption(count(total) if total else none, width="content")
            filter_button(self.tools)
            if total:
                sort_box(self.tools, asked.order, self.records.usual, self.usual_title)
                columns_button(self.tools, asked)
                self._download(asked, where, total)
        chips(self.tools)
        if total:
            self._table(asked, lines, f"{key}-table-{st.session_state.get(key, 1)}")
            pages(key, PAGE_ROWS, total)

    def _table(self, asked: Listed, lines: Lines, key: str) -> None:
        shown = self.shown(lines)
        as_usual = {one.name for one in asked.columns} == {*self.usual}
        silent = {name for name in self.optional if as_usual and all(value is None for value in shown[name])}
        values: dict[str, Sequence[object]] = {}
        left = [name for name in self.besides if name in shown]
        for one in asked.columns:
            if one.column not in silent:
                values[one.title] = shown[one.column]
            values |= {name: shown[name] for name in left if self.besides[name] == one.column}
        values |= {name: shown[name] for name in left if name not in values}
        configured: dict[str, Any] = {}
        for one in asked.columns:
            title = head(self.tools, one, asked.order)
            configured[one.title] = self.formats.get(one.column, st.column_config.Column)(title)
        configured |= {name: self.formats[name](name) for name in left}
        with one_page(key):
            st.dataframe(
                values,
                hide_index=True,
                height="content" if len(lines) <= 14 else 560,
                column_config=configured,
                placeholder="–",
                key=key,
                on_select=lambda: sort_by_header(self.tools, asked.order, self.records.usual, key),
                selection_mode=WHOLE_HEADER,
                alt=self.alt,
            )

    def _download(self, asked: Listed, where: Sequence[ColumnFilter], total: int) -> None:
        by_name, names = {one.name: one for one in self.tools.columns}, [one.name for one in asked.columns]
        for name, other in self.together.items():
            if name in names and other not in names:
                names.insert(names.index(name) + 1, other)
        asked = replace(asked, columns=tuple(by_name[name] for name in names))
        store, order, columns = self.tools.context.store, asked.order, asked.columns
        records = self.in_file or self.records

        def write(out: Path, format_name: Format, plainly: bool) -> Path:
            return export_records(store, records, where, order, columns, out, format_name, plainly)

        total = total if self.in_file is None else count_records(store, records, where)
        about = f"{self.key} {where!r} {order!r} {columns!r} {store.newest_act()}"
        download_button(self.tools, asked, total, self.file, write, about)


def record_tools(
    context: Context,
    dataset: Dataset,
    records: Records,
    page: str,
    titles: Mapping[str, str] | None = None,
    said: Mapping[str, Callable[[str], str]] | None = None,
) -> Tools:
    """What stands above a list of that name."""

    def values(column: str) -> list[str]:
        return record_values(context.store, records, column, MAX_VALUES)

    latest, prefix = dataset.latest_version_id, f"{page}_"
    return Tools(context, dataset, latest, page, records.columns, titles or {}, prefix, values, said or {})

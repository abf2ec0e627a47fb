"""What the views of the Profile page share: choosing by click or key, the numbers behind."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from core.charts.histogram import figure
from core.context import Context
from core.profile.records import Bin
from core.records import Dataset, RowFilter, Version
from core.services.lists.asked import rows_listed
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.lists.row_list import row_browser, row_tools
from core.ui.lists.tools import chips, filter_button, list_query
from core.ui.parts.cells import clicked_mark
from core.ui.parts.csv_text import csv_button, csv_text
from core.ui.shell.pages import link
from core.ui.url import asked_for, put
from core.words import say, say_n

CHOICE = "choice"
"""Keys of what is chosen start with it and a view's name: one choice lifts the others under the same name."""
_OWN = "-attribute"
"""What `asked_first` chooses has a parameter of its own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Rows that were chosen in a chart or beside it."""

    where: RowFilter
    title: Callable[[], str]
    """What says it, in the current language."""


def heading(text: str, remark: str = "") -> None:
    """A section's name and, in grey, what stands in it, in a row that the caller has opened. Own words or `plain`."""
    st.markdown(f"**{text}**", width="content")
    if remark:
        st.caption(remark, width="content")


def no_splits(dataset: Dataset, version: Version) -> None:
    """What stands in place of the splits where there are none."""
    heading(say("Splits"))
    st.caption(say("This version has no splits: make train and test parts on the Data page."))
    link(
        "data",
        say("Make splits"),
        icon=":material/call_split:",
        dataset=dataset.name,
        version=version.number,
        view="splits",
    )


def share_column(title: str, meaning: str, width: int | None = None) -> Any:
    """A table's column of shares, or of differences between shares, from 0 to 1, as bars whose full width means 100 %;
    `meaning` is said where somebody points at the title."""
    return st.column_config.ProgressColumn(
        title, format="percent", min_value=0.0, max_value=1.0, width=width, help=meaning
    )


def figures(values: Mapping[str, str], notes: Mapping[str, str]) -> None:
    """A line of figures: name, value and, behind a question mark, how it is worked out. Names, and notes that are
    texts of ours, are said here."""
    with st.container(horizontal=True, gap="medium", border=True):
        for name, value in values.items():
            st.metric(say(name), value, help=say(notes[name]) if name in notes else None, width="content")


def chart(
    dataset: Dataset,
    figure: go.Figure,
    view: str,
    name: str,
    options: Sequence[Any],
    *,
    alt: str,
    label: str,
    shown: Callable[[Any], str] = str,
    every: Sequence[Any] | None = None,
    width: Literal["stretch", "content"] = "stretch",
    in_url: str | None = None,
) -> Any:
    """A chart whose marks choose one of `options` (a mark's `customdata` starts with its position), and beneath it a
    box that chooses the same from the keyboard, among `every` where not all are drawn. Returns the choice, or None.
    `in_url`: the parameter that has the choice, a text, as it is made: `asked_first` reads it."""
    chosen_key = f"{CHOICE}-{view}-{name}"
    place = st.container()
    beneath = st.container(horizontal=True, gap="small", vertical_alignment="center")
    with beneath:
        picked = chooser(view, name, options if every is None else every, label=label, shown=shown, in_url=in_url)
    with place:
        chart_with_files(
            figure,
            width=width,
            key=f"{view}-{name}-chart",
            dataset=dataset.name,
            name=f"{view}-{name}",
            on_select=lambda: _clicked(f"{view}-{name}-chart", chosen_key, view, options, in_url),
            alt=alt,
            files_in=beneath,
        )
    return picked


def chooser(
    view: str,
    name: str,
    options: Sequence[Any],
    *,
    label: str,
    shown: Callable[[Any], str] = str,
    in_url: str | None = None,
) -> Any:
    """The box beside a chart."""
    key = f"{CHOICE}-{view}-{name}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(
        label,
        options,
        index=None,
        format_func=shown,
        key=key,
        on_change=_picked,
        args=(view, key, in_url),
        placeholder=label,
        label_visibility="collapsed",
        icon=":material/table_rows:",
        width=320,
    )


def asked_first(view: str, name: str, in_url: str, options: Sequence[str]) -> str:
    """Chooses what the URL names, else the first option. Call it before the chart that has `in_url`."""
    wanted = asked_for(in_url, options)
    st.session_state[f"{CHOICE}-{view}-{name}"] = wanted
    return wanted


def chosen(view: str, name: str) -> Any:
    """What is chosen, for drawing the chart before its box."""
    return st.session_state.get(f"{CHOICE}-{view}-{name}")


def choices_from_url() -> None:
    """Chooses what the URL names, where it says something else than when it was last read or written: by a link, a
    reload or Back. Call it before the view is drawn; what is not there is passed over."""
    said = st.query_params.get(keys.CHOSEN, "")
    if said == st.session_state.get(keys.CHOSEN_READ, ""):
        return
    st.session_state[keys.CHOSEN_READ] = said
    st.session_state.update(dict.fromkeys(_choices()))
    try:
        named = json.loads(said or "{}")
    except ValueError:
        return
    for name, value in named.items() if isinstance(named, dict) else ():
        if isinstance(value, str | int):
            st.session_state[f"{CHOICE}-{name}"] = value


def choices_to_url(**more: str | None) -> None:
    """Writes what is chosen into the URL, and what else it has then, so that a reload and a link show its rows. For
    callbacks that choose."""
    made = {key.removeprefix(f"{CHOICE}-"): value for key, value in _choices().items() if value is not None}
    said = json.dumps(made, ensure_ascii=False, separators=(",", ":")) if made else ""
    st.session_state[keys.CHOSEN_READ] = said
    put({keys.CHOSEN: said or None, **more})


def _choices() -> dict[str, Any]:
    """By their keys."""
    found = {str(key): value for key, value in st.session_state.items() if str(key).startswith(f"{CHOICE}-")}
    return {key: value for key, value in found.items() if not key.endswith(_OWN)}


def lift_others(view: str, kept: str) -> None:
    """One choice per view: the rows beneath belong to it."""
    for key in list(st.session_state):
        if str(key).startswith(f"{CHOICE}-{view}-") and key != kept:
            st.session_state[key] = None


def _clicked(chart_key: str, chosen_key: str, view: str, options: Sequence[Any], in_url: str | None) -> None:
    """A click chooses; the box beneath lifts it."""
    data = clicked_mark(st.session_state[chart_key])
    st.session_state[chosen_key] = None if data is None else options[int(data[0])]
    _picked(view, chosen_key, in_url)


def _picked(view: str, kept: str, in_url: str | None) -> None:
    lift_others(view, kept)
    choices_to_url(**({} if in_url is None else {in_url: st.session_state[kept]}))


def numbers(
    dataset: Dataset,
    version: Version,
    name: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    key: str,
    titles: Mapping[str, str] | None = None,
) -> None:
    """The numbers behind a chart, one click away: as a table, and as CSV. Names of columns are said above the table, or
    are what `titles` has for them; the file has them in English."""
    box = st.popover(say("Numbers"), icon=":material/table:", type="tertiary", key=f"{key}-numbers", on_change="rerun")
    if not box.open:
        return
    with box:
        shown = {column: (titles or {}).get(column) or say(column) for column in columns}
        st.dataframe(
            dict(columns),
            hide_index=True,
            height=360,
            width=640,
            column_config={column: st.column_config.Column(title) for column, title in shown.items()},
            alt=say(name),
        )
        names = list(columns)
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        file = f"{dataset.name}-v{version.number}-{name}.csv"
        csv_button(lambda: csv_text(names, rows), file, key=f"{key}-numbers-csv")


def opened_rows(context: Context, dataset: Dataset, version: Version, opened: Opened, view: str) -> None:
    """The rows of what is chosen, beneath everything else of the view."""
    st.divider()
    tools = row_tools(context, dataset, version)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        filter_button(tools)
        chips(tools)
    narrowed = opened.where.columns + rows_listed(dataset, list_query(tools)).rows
    where = replace(opened.where, columns=narrowed)
    row_browser(context, dataset, version, where, title=opened.title, key=f"{view}-rows")


def open_bars(bins: Sequence[Bin], least: float, most: float, time: bool = False) -> None:
    """What the open bars at the ends of a histogram hold, which is farther away than it looks: a sentence for each."""
    first, last = bins[0], bins[-1]
    if math.isinf(first.low):
        st.caption(
            say_n(
                "The first bar is open: it has {n:,} row under {edge}, down to {end}.",
                "The first bar is open: it has {n:,} rows under {edge}, down to {end}.",
                first.count,
                edge=figure(first.high, time),
                end=figure(least, time),
            )
        )
    if math.isinf(last.high):
        st.caption(
            say_n(
                "The last bar is open: it has {n:,} row from {edge} on, up to {end}.",
                "The last bar is open: it has {n:,} rows from {edge} on, up to {end}.",
                last.count,
                edge=figure(last.low, time),
                end=figure(most, time),
            )
        )

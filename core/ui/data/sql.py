"""Data, view SQL: a query over the version's views, and its result as a table, a chart or a filter of rows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import streamlit as st

from core.charts.query import MOST_BARS, drawable, form_of, query_chart
from core.context import Context
from core.reading.query import SECONDS
from core.records import ENDED, EXAMPLE_ID, Dataset, Job, QueryResult, Version
from core.services.export import file_name
from core.services.lists.asked import FILTERS
from core.services.lists.columns import row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_text, filter_texts, write_filters
from core.services.privacy.always import leaving
from core.services.sql.ask import CopyFirstError, ask_now, columns, state
from core.services.sql.saved import TEXT, queries_of, save_query
from core.services.views import delete_view, rename_view
from core.store.row_facts.sql import SQL
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.live import live
from core.ui.parts.background import forget, result_of
from core.ui.parts.choices import pick, switch
from core.ui.parts.csv_text import csv_button, csv_text
from core.ui.parts.job_words import how_it_ended
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text, state_of
from core.ui.url import put
from core.words import later, say, say_n, say_stored, stored

TABLE, CHART = "table", "chart"
EXAMPLE = "SELECT {label}, count(*) AS n\nFROM rows\nGROUP BY {label}\nORDER BY n DESC"
_ABOUT: Mapping[str, str] = {
    "rows": later("a row each, as this version has it"),
    "issues": later("what the newest scan of this version says of each row, for each type of issue"),
    "predictions": later("what each run predicts"),
    "decisions": later("the verdict that holds on a row"),
    "tags": later("each tag that a row has"),
}
_TYPED = "sql-typed"


def sql_box(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The box, what can be asked, saved queries, and the result of the query in the URL."""
    asked = st.query_params.get(keys.SQL, "")
    if st.session_state.get("sql-shown") != asked:  # a link, Back, or a saved query
        st.session_state["sql-shown"] = asked
        st.session_state[_TYPED] = asked or EXAMPLE.format(label="label_name" if dataset.names else "label")
    with st.form("sql-form", border=False):
        st.text_area(
            say("SQL query"),
            key=_TYPED,
            height=150,
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.form_submit_button(say("Run query"), type="primary", icon=":material/play_arrow:", on_click=_run)
            st.caption(
                say(
                    "One SELECT in DuckDB's SQL. It reads only, for up to {n:g} s. Ctrl+Enter runs it.",
                    n=SECONDS,
                ),
                width="content",
            )
    _saved(context, dataset, user, asked)
    _views(context, dataset, version)
    if not asked.strip():
        return
    now = tuple(state(context, dataset, version).values())
    key = ("sql", version.version_id, asked, now)
    found = result_of(
        context,
        key,
        lambda: _asked(context, dataset, version, asked),
        waiting=stored("Running the query"),
    )
    if isinstance(found, Job):
        _masking(context, key, found.job_id)
    elif found is not None:
        _result(context, dataset, version, asked, found)


def _asked(context: Context, dataset: Dataset, version: Version, sql: str) -> QueryResult | Job:
    """The result, or the job that masks the rows before."""
    try:
        return ask_now(context, dataset, version, sql)
    except CopyFirstError as first:
        return first.job


def _masking(context: Context, key: Hashable, job_id: str) -> None:
    """How far the job is, whose end runs the query; nothing of it is lost by leaving."""

    def draw() -> None:
        job = context.queue.get(job_id)
        ended = job.status in ENDED
        if ended and job.collected and job.status == "done":
            forget(context, key)
            st.rerun()
        st.caption(
            say(
                "This dataset is always masked, so queries read a masked copy of its rows. A job makes it, once for "
                "this version; then the query runs. You may leave this page meanwhile."
            )
        )
        if not ended:
            st.progress(job.progress.fraction or 0.0, plain(progress_text(job)))
        elif job.status != "done":
            st.caption(plain(f"{how_it_ended(job)} {say_stored(job.error)}" if job.error else how_it_ended(job)))
            if st.button(say("Make the copy"), icon=":material/refresh:", key="sql-masking-again"):
                forget(context, key)
                st.rerun()
        link("jobs", say("Its job: stop it, or look at its log"), job=job_id)

    live(context, draw, lambda: state_of(context.queue.get(job_id)), key="sql-masking")


def _run() -> None:
    typed = str(st.session_state[_TYPED] or "")
    st.session_state["sql-shown"] = typed
    _open(typed if typed.strip() else None)


def _views(context: Context, dataset: Dataset, version: Version) -> None:
    box = st.expander(say("Views and their columns"), icon=":material/database:", key="sql-views", on_change="rerun")
    if not box.open:
        return
    with box:
        for view in columns(context, dataset, version):
            st.markdown(f"**{view.name}** — {say(_ABOUT[view.name])}")
            st.markdown(", ".join(_column(name, kind, view.were.get(name)) for name, kind in view.columns))
            if view.were:
                st.caption(
                    say(
                        "This dataset is always masked: numbers, dates and objects that may be somebody's are texts "
                        "here, with masks such as [phone] in place of values. Filters of lists look at the rows as "
                        "they are."
                    )
                )


def _column(name: str, kind: str, was: str | None) -> str:
    said = kind if was is None else say("{kind} (masked, {was} as loaded)", kind=kind, was=was)
    return f"`{name.replace('`', ' ')}` :small[{plain(said)}]"


def _saved(context: Context, dataset: Dataset, user: str, asked: str) -> None:
    box = st.popover(
        say("Saved queries"), icon=":material/bookmark:", type="tertiary", key="sql-saved", on_change="rerun"
    )
    if not box.open:
        return
    with box, shown_errors():
        found = queries_of(context, dataset)
        for name, view in found.items():
            st.button(
                plain(name),
                icon=":material/bookmark:",
                type="tertiary",
                key=f"sql-open-{name}",
                help=say("Saved by {user}. The address then is its link.", user=plain(view.saved_by)),
                on_click=_open,
                args=(dict(view.query)[TEXT],),
            )
        if not found:
            st.caption(say("A query under a name is there for all who work on the dataset, and is a filter of rows."))
        name = st.text_input(say("Name"), key="sql-name", placeholder=say("Name of this query"), max_chars=80) or ""
        taken = " ".join(name.split()) in found
        if st.button(
            say("Replace it") if taken else say("Save this query"),
            key="sql-save",
            disabled=not name.strip() or not asked.strip(),
            help=None if asked.strip() else say("Run a query first: the one that is shown is saved."),
        ):
            save_query(context, dataset, name, asked, user)
            st.rerun()
        if found:
            _manage(context, dataset, list(found))


def _manage(context: Context, dataset: Dataset, names: list[str]) -> None:
    with st.expander(say("Rename or delete")):
        name = st.selectbox(say("Query"), names, key="sql-chosen")
        to = st.text_input(say("New name"), key="sql-renamed", max_chars=80)
        with st.container(horizontal=True):
            if st.button(say("Rename"), key="sql-rename", disabled=not (to or "").strip()):
                rename_view(context, dataset, name, to or "")
                st.rerun()
            if st.button(say("Delete"), key="sql-delete", help=say("No row is touched")):
                delete_view(context, dataset, name)
                st.rerun()


def _open(sql: str | None) -> None:
    put({keys.SQL_X: None, keys.SQL_Y: None, keys.SQL: sql})


def _result(context: Context, dataset: Dataset, version: Version, sql: str, found: QueryResult) -> None:
    along, up = drawable(found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sql-bar"):
        shown = TABLE
        if along and up and found.rows:
            shown = switch(say("Result"), keys.SQL_SHOWN, {TABLE: say("Table"), CHART: say("Chart")}, fixed=True)
        st.caption(_counted(found), width="content")
        if EXAMPLE_ID in found.names and found.rows:
            st.button(
                say("Use as filter"),
                icon=":material/filter_list:",
                type="tertiary",
                key="sql-filter",
                help=say("Lists the rows of this result on this page, where they can be judged and saved."),
                on_click=_filter,
                args=(context, dataset, sql),
            )
        if found.rows:
            csv_button(
                lambda: csv_text(found.names, leaving(context, dataset.dataset_id, found.records())),
                file_name(f"{dataset.name}-v{version.number}-query.csv"),
                key="sql-csv",
                explained=say("The {n:,} rows that are shown.", n=len(found.rows)),
            )
    if not found.rows:
        st.caption(say("The query gives no row."))
    elif shown == CHART:
        _chart(dataset, found, along, up)
    else:
        st.dataframe(
            {name: found.column(place) for place, name in enumerate(found.names)},
            hide_index=True,
            height=min(560, 38 + 35 * len(found.rows)),
            alt=say("Result of the query"),
        )


def _counted(found: QueryResult) -> str:
    if found.total > len(found.rows):
        return say(
            "first {n:,} of {total:,} rows · {seconds:.2f} s",
            n=len(found.rows),
            total=found.total,
            seconds=found.seconds,
        )
    return say_n("{n:,} row · {seconds:.2f} s", "{n:,} rows · {seconds:.2f} s", found.total, seconds=found.seconds)


def _filter(context: Context, dataset: Dataset, sql: str) -> None:
    """Opens the list of rows with the query as a filter: by its name, where it has one."""
    known_as = [name for name, view in queries_of(context, dataset).items() if dict(view.query)[TEXT] == sql.strip()]
    column = next(one for one in fact_columns(row_columns(dataset)) if one.column == SQL.column)
    text = filter_text(column, "=", ((known_as or [sql.strip()])[0],))
    known = filter_texts(st.query_params.get(FILTERS, ""))
    left = dict.fromkeys((keys.SQL, keys.SQL_SHOWN, keys.SQL_X, keys.SQL_Y, keys.VIEW))
    put({**left, FILTERS: write_filters([*known, *([text] if text not in known else [])])})


def _chart(dataset: Dataset, found: QueryResult, along: list[int], up: list[int]) -> None:
    names = found.names
    with st.container(horizontal=True, gap="small"):
        up_names = {names[place]: names[place] for place in up}
        y = names.index(pick(say("Height"), keys.SQL_Y, up_names, width=200, labelled=True, fixed=True))
        along_names = {names[place]: names[place] for place in along if place != y or len(along) == 1}
        x = names.index(pick(say("Along"), keys.SQL_X, along_names, width=200, labelled=True, fixed=True))
    chart_with_files(
        query_chart(found, x, y),
        key="sql-chart",
        dataset=dataset.name,
        name="query",
        alt=say("{y} by {x}", y=names[y], x=names[x]),
    )
    if form_of(found.columns[x].kind) == "bars" and len(found.rows) > MOST_BARS:
        st.caption(say("The first {n} of {total:,} rows are drawn.", n=MOST_BARS, total=len(found.rows)))

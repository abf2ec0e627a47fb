"""The Map view: every row among those that are like it; an area that is drawn is a filter as any other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.jobs.map.spec import FITTED
from core.records import ENDED, Dataset, RowFilter, Version
from core.services.issues.listing import latest_scan
from core.services.lists.asked import FILTERS, rows_listed
from core.services.lists.written import filter_text, read_filters, write_filters
from core.services.map.colours import ATTRIBUTE, LABEL, RUN, TITLES, colours
from core.services.map.projections import PCA, Projection, principal, projections
from core.services.map.umap import has_umap, start_umap, under_way
from core.services.similar.nearest import can_compare
from core.services.similar.nearest import state_of as state_of_embeddings
from core.store.maps.area import Corners, read_area, write_area
from core.store.row_facts import as_of
from core.store.row_facts.area import MAP
from core.store.rows import get_rows
from core.tasks import target_of, task_named
from core.ui import keys
from core.ui.lists.row_list import row_browser, row_tools
from core.ui.lists.rows import show_row
from core.ui.lists.seen import seen_rows
from core.ui.lists.tools import Tools, asked_filters, chips, filter_button, list_query
from core.ui.lists.verdict_bar import Verdicts
from core.ui.live import live
from core.ui.map import heard, mount
from core.ui.map.route import Shown, address_of
from core.ui.parts.background import result_of
from core.ui.parts.choices import pick
from core.ui.parts.empty import empty_state
from core.ui.parts.labels import attribute_said
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text, state_of
from core.ui.url import put
from core.words import say, say_n, stored

MOUNTED = "profile-map"


def map_view(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The map of the rows that the filters keep, the row that was clicked, and the rows of the area that is drawn."""
    made: tuple[Projection | None] | None = (None,)
    if can_compare(dataset):
        made = result_of(
            context,
            ("map", dataset.dataset_id, state_of_embeddings(context)),
            lambda: (principal(context, dataset, lambda done, total: None),),
            waiting=stored("Working out the map"),
        )
    if made is None:
        return
    known = projections(context, dataset)
    if not known and can_compare(dataset):
        _no_embeddings(dataset, version)
        return
    if not known:
        _none_yet(context, dataset, user)
        return
    tools = row_tools(context, dataset, version)
    shown, by = _choices(context, dataset, version, known, made[0], user)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="map-filters"):
        filter_button(tools)
        chips(tools)
    where = RowFilter(columns=rows_listed(dataset, list_query(tools)).rows)
    others = RowFilter(columns=tuple(one for one in where.columns if one.column != MAP.column))
    scan = latest_scan(context, version.version_id)
    drawn = Shown(dataset, version, shown, by, scan.scan_id if scan else "", others, as_of(context.store, others))
    about = _about(dataset, shown, made[0])
    mount(
        MOUNTED,
        {
            "address": address_of(context, drawn),
            "map": str(shown.path),
            "corners": _corners_in_force(tools, shown.name),
            "about": about,
        },
        lambda: _take(tools, shown.name),
    )
    st.caption(about)
    _clicked_row(context, dataset, version)
    if where == RowFilter():
        st.caption(say("Draw an area, or list the rows in view: they are a list below, filtered as everywhere else."))
        return
    st.divider()
    row_browser(context, dataset, version, where, title=lambda: say("Rows of the map"), key="map-rows")


def _choices(
    context: Context,
    dataset: Dataset,
    version: Version,
    known: Sequence[Projection],
    best: Projection | None,
    user: str,
) -> tuple[Projection, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="map-choices"):
        by_name = {one.name: one for one in known}
        names = {one.name: _named(one) for one in known}
        name = pick(say("Map"), keys.MAP, names, width=260, labelled=True, fixed=True)
        titles = {one: _colour_said(dataset, one) for one in colours(context, dataset, version)}
        by = pick(say("Coloured by"), keys.COLOUR, titles, width=260, labelled=True, fixed=True)
        _umap(context, dataset, known, best, user)
    return by_name[name], by


def _umap(context: Context, dataset: Dataset, known: Sequence[Projection], best: Projection | None, user: str) -> None:
    """The button that makes a map by UMAP of the best encoder, anew where there is one, or how far that is."""
    job = under_way(context, dataset)
    if job is not None:
        job_id = job.job_id
        live(context, lambda: _wait(context, job_id), lambda: state_of(context.queue.get(job_id)), key="umap")
        return
    if best is None and can_compare(dataset):  # its embeddings are gone
        return
    anew = has_umap(known, task_named(dataset.task).modality.encoders[-1] if best is None else best.encoder)
    if st.button(
        say("Make the map by UMAP anew") if anew else say("Make a map by UMAP"),
        icon=":material/refresh:" if anew else ":material/scatter_plot:",
        type="tertiary" if anew else "secondary",
        key="map-umap",
        help=say(
            "A job that keeps rows that are alike together: a minute for some thousand rows, some minutes for many. "
            "Of more than {n:,} different rows it learns from so many, drawn at random, and places the others amid "
            "them.",
            n=FITTED,
        ),
    ):
        start_umap(context, dataset, user)
        st.rerun()


def _wait(context: Context, job_id: str) -> None:
    job = context.queue.get(job_id)
    if job.status in ENDED and (job.collected or job.status != "done"):
        st.rerun()
    said = say("making the map by UMAP: {progress}", progress=plain(progress_text(job)))
    st.caption(f":material/progress_activity: {said}")


def _named(one: Projection) -> str:
    if one.method == PCA:
        return say("Principal components · {encoder}", encoder=one.encoder)
    return say("UMAP · {encoder}", encoder=one.encoder)


def _colour_said(dataset: Dataset, by: str) -> str:
    if by == LABEL and target_of(dataset).numeric:
        return say("label")
    if by.startswith(RUN):
        return say("run {number}: right or wrong", number=by.removeprefix(RUN))
    if by.startswith(ATTRIBUTE):
        column = by.removeprefix(ATTRIBUTE)
        return attribute_said(dataset, next(one.name for one in dataset.attributes if one.column == column))
    return say(TITLES[by])


def _about(dataset: Dataset, shown: Projection, best: Projection | None) -> str:
    """What near and far mean on this map, in words. `best` is of the embeddings that there are now."""
    if shown.method == PCA and not shown.explained:
        told = say(
            "The embeddings of {encoder} do not differ: all rows lie on one spot. Another encoder may tell them apart.",
            encoder=shown.encoder,
        )
    elif shown.method == PCA:
        told = say(
            "By the embeddings of {encoder}: the two directions in which they differ most hold {share:.0%} of their "
            "variance. Rows that lie apart differ; rows that lie together may differ in other directions.",
            encoder=shown.encoder,
            share=shown.explained,
        )
    else:
        told = say(
            "By the embeddings of {encoder}: rows that are alike lie together (UMAP). Distances between groups, and "
            "their sizes, mean little.",
            encoder=shown.encoder,
        )
        if shown.fitted < shown.contents:
            told += " " + say(
                "It was learnt from {fitted:,} of {contents:,} different rows, drawn at random; each other row lies "
                "amid those of them that are most like it, so that beside a row stand fewer of its very nearest.",
                fitted=shown.fitted,
                contents=shown.contents,
            )
    without = dataset.row_count - shown.rows
    if without <= 0:
        return told
    told += " " + say(
        "{n:,} of {all:,} rows are not on it: they had no embedding when it was made.",
        n=without,
        all=dataset.row_count,
    )
    if best is None or best.encoder != shown.encoder:  # the button makes no map of these embeddings
        return told
    if (since := best.rows - shown.rows) > 0:
        told += " " + say_n(
            "{n:,} of them has one now: make the map anew to have it there.",
            "{n:,} of them have one now: make the map anew to have them there.",
            since,
        )
    return told


def _corners_in_force(tools: Tools, name: str) -> Corners | None:
    """Of the area by which the list is narrowed, where it was drawn on the map that is shown."""
    for text in _areas(tools):
        [(one, _)] = read_filters(text, tools.narrowing)
        for value in one.values if one.how == "=" else ():
            try:
                of, corners = read_area(value)
            except WinnowError:
                continue  # the list below says what is wrong with it
            if of == name:
                return corners
    return None


def _areas(tools: Tools) -> list[str]:
    """The filters in force that are areas of maps."""
    found = []
    for text in asked_filters(tools):
        try:
            [(one, _)] = read_filters(text, tools.narrowing)
        except WinnowError:
            continue
        if one.column == MAP.column:
            found.append(text)
    return found


def _take(tools: Tools, name: str) -> None:
    """What the browser has said: an area takes the place of the one before."""
    said = heard(MOUNTED)
    values: dict[str, str | None] = {} if said.row is None else {keys.ROW: str(said.row)}
    if said.corners is not None:
        areas = _areas(tools)
        others = [one for one in asked_filters(tools) if one not in areas]
        column = next(one for one in tools.facts if one.column == MAP.column)
        new = [filter_text(column, "=", (write_area(name, said.corners),))] if said.corners else []
        values[tools.key(FILTERS)] = write_filters([*others, *new]) or None
    put(values)


def _clicked_row(context: Context, dataset: Dataset, version: Version) -> None:
    """The row whole, and judged beside it as in a list."""
    named = st.query_params.get(keys.ROW, "")
    if not named.isdigit():
        return
    verdicts = Verdicts(context, dataset, version, "map-row-verdicts", among="clicked on the map")
    with shown_errors():
        [row] = get_rows(context.store, version.version_id, [int(named)])
        shown, judged = st.columns([3, 2])
        with judged:
            verdicts.bar(seen_rows(context, version, [row]))
        with shown:
            show_row(context, dataset, row, "map", version=version)
    st.button(say("Close the row"), icon=":material/close:", type="tertiary", key="map-row-close", on_click=_close_row)


def _close_row() -> None:
    del st.query_params[keys.ROW]


def _none_yet(context: Context, dataset: Dataset, user: str) -> None:
    """Of rows of which scans keep no embedding: their map is made by a job that encodes them."""
    if task_named(dataset.task).target.located:
        text = say("A job encodes each text as a whole, and places it among those that mean nearly the same.")
    else:
        text = say("A job encodes the rows by all of their columns together, and places each among those like it.")
    empty_state(say("The map of your rows will be here"), text, icon="scatter_plot")
    _umap(context, dataset, (), None, user)


def _no_embeddings(dataset: Dataset, version: Version) -> None:
    encoder = task_named(dataset.task).modality.encoders[-1]
    empty_state(
        say("The map of your rows will be here"),
        say(
            "It is drawn from embeddings, which a scan makes and keeps: one with the encoder {encoder}.",
            encoder=encoder,
        ),
        icon="scatter_plot",
        action=lambda: link(
            "issues",
            say("Scan"),
            icon=":material/troubleshoot:",
            dataset=dataset.name,
            version=version.number,
        ),
    )

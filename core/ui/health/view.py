"""The health of a dataset: what to fix first, as a picture, as lines with a button each, and as a page to print."""

from __future__ import annotations

import streamlit as st

from core.beside.answers import Pending
from core.charts.health import fix_bars
from core.context import Context
from core.records import Dataset, Version
from core.services.export import file_name
from core.services.health.report import health_report
from core.services.health.rows import RULE, Health, HealthRow
from core.services.health.tell import health
from core.services.health.words import headline, minutes_words, rows_words, state_words
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_mark
from core.ui.parts.pending import POLL_SECONDS, settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import numbers
from core.ui.shell.guard import current_user
from core.ui.shell.pages import open_place
from core.words import in_this_language, later, say

CHART = "health-chart"


def health_view(context: Context, dataset: Dataset, version: Version) -> None:
    """Draws it; what is still counted is named, and drawn once it is there."""
    told = settled(lambda: health(context, dataset, version))
    if told is None:
        return
    st.markdown(plain(headline(told)))
    if told.counting:
        _wait(context, dataset, version, told.counting)
    if not told.rows:
        if not told.counting:
            st.caption(say("Nothing is wrong that is looked for."))
        return
    _picture(told)
    with st.expander(say("How it is sorted, and what the figures are"), icon=":material/info:"):
        st.caption(say(RULE))
        st.caption(told.pace)
        st.caption(
            say(
                "A gain is given only where something was measured: wrong labels as the scan expects them in its list, "
                "accuracy as a model has it on rows that it has not seen. All else says that it is not."
            )
        )
    with st.container(gap="xsmall", key="health-lines"):
        for place, one in enumerate(told.rows, 1):
            _line(place, one)


@st.fragment(run_every=POLL_SECONDS)
def _wait(context: Context, dataset: Dataset, version: Version, before: tuple[str, ...]) -> None:
    found = health(context, dataset, version)
    if not isinstance(found, Pending) and found.counting != before:
        st.rerun()
    counted = ", ".join(before)
    st.caption(f":material/hourglass_empty: {say('Still counting: {what}. They come in by themselves.', what=counted)}")


def _picture(told: Health) -> None:
    """The lists of rows that are open, as bars, and what is behind and beside: its numbers, the page to print."""
    shown = [one for one in told.rows if one.of_rows and not one.done]
    place = st.container()
    below = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if shown:
        figure = fix_bars(
            [one.title for one in shown],
            [one.open for one in shown],
            [one.wrong.estimate if one.wrong else None for one in shown],
            told.version.row_count,
        )
        with place:
            chart_with_files(
                figure,
                key=CHART,
                dataset=told.dataset.name,
                name="health",
                on_select=lambda: _clicked(shown),
                alt=say("What to fix first, by open rows"),
                files_in=below,
            )
    with below:
        if shown:
            st.caption(
                say("Wide bars: open rows. Hatched bars: wrong labels expected among them. A bar opens its rows."),
                width="content",
            )
        numbers(told.dataset, told.version, later("health"), _columns(told), key="health")
        st.download_button(
            say("Download to print"),
            in_this_language(lambda: health_report(told, current_user()).encode()),
            file_name(f"{told.dataset.name}-v{told.version.number}-health.html"),
            "text/html",
            icon=":material/print:",
            type="tertiary",
            on_click="ignore",
            key="health-download",
            help=say("One page in one HTML file: opens offline and prints."),
        )


def _clicked(shown: list[HealthRow]) -> None:
    data = clicked_mark(st.session_state[CHART])
    if data is not None:
        place = shown[int(data[0])].place
        open_place(place.page, place.query)


def _columns(told: Health) -> dict[str, list[object]]:
    return {
        later("what"): [one.title for one in told.rows],
        later("rows"): [one.rows or None for one in told.rows],
        later("share"): [round(one.share, 6) if one.rows else None for one in told.rows],
        later("decided"): [one.decided if one.of_rows else None for one in told.rows],
        later("wrong labels expected"): [round(one.wrong.estimate, 1) if one.wrong else None for one in told.rows],
        later("at least"): [round(one.wrong.low, 1) if one.wrong else None for one in told.rows],
        later("at most"): [round(one.wrong.high, 1) if one.wrong else None for one in told.rows],
        later("minutes"): [None if one.minutes is None else round(one.minutes, 1) for one in told.rows],
        later("how sure"): [one.sure for one in told.rows],
        later("gain"): [one.gain for one in told.rows],
    }


def _line(place: int, one: HealthRow) -> None:
    icon = ":material/check_circle:" if one.done else f"{place}."
    with st.container(border=True, gap="xxsmall", key=f"health-line-{one.key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{icon} {plain(one.title)}**", width="content")
            about = [rows_words(one), state_words(one)] if one.of_rows else [rows_words(one)]
            about += [minutes_words(one)] if one.minutes is not None and not one.done else []
            if any(about):
                st.caption(plain(" · ".join(about)), width="content")
            st.space("stretch")
            st.button(
                one.to_do,
                type="primary" if place == 1 and one.of_rows and not one.done else "secondary",
                icon=":material/arrow_forward:",
                on_click=open_place,
                args=(one.place.page, one.place.query),
                key=f"health-open-{one.key}",
            )
        st.markdown(f":small[{plain(one.gain)}]")
        st.caption(plain(one.sure))

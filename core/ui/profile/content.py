"""The Content view: lengths of texts, sizes of images, values of attributes. Every bar opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.beside.answers import Pending
from core.charts.histogram import bin_name, figure, histogram
from core.context import Context
from core.profile.records import Bin, NumberProfile
from core.records import Attribute, Dataset, RowFilter, Version
from core.services.profile.figures import Values, distribution
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.labels import attribute_said, value_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.bars import value_bars
from core.ui.profile.parts import Opened, chart, chosen, heading, numbers, open_bars
from core.ui.url import optional_from_url, optional_to_url
from core.words import later, say

VIEW = "content"


def content_view(context: Context, dataset: Dataset, version: Version) -> Opened | None:
    """What is derived from the examples first, then one of the source's own columns; the rows of the bar that is
    chosen."""
    made = [attribute for attribute in dataset.attributes if attribute.derived]
    own = [attribute for attribute in dataset.attributes if not attribute.derived]
    about = {one.name: one.about for one in task_named(dataset.task).modality.derived}
    opened: Opened | None = None
    for position in range(0, len(made), 2):
        for column, attribute in zip(st.columns(2, gap="large"), made[position : position + 2], strict=False):
            with column:
                opened = _panel(context, dataset, version, attribute) or opened
                if said := about.get(attribute.name):
                    st.caption(say(said))
    if own:
        st.caption(say("Columns of the source"))
        opened = _panel(context, dataset, version, _picked(own)) or opened
    return opened


def _picked(own: Sequence[Attribute]) -> Attribute:
    by_column = {attribute.column: attribute for attribute in own}
    first = own[0].column
    optional_from_url(keys.COLUMN, list(by_column), first)
    column = st.selectbox(
        say("Column of the source"),
        list(by_column),
        format_func=lambda column: by_column[column].name,
        key=keys.COLUMN,
        on_change=optional_to_url,
        args=(keys.COLUMN, first),
        icon=":material/view_column:",
        width=320,
        label_visibility="collapsed",
    )
    return by_column[str(column)]


def _panel(context: Context, dataset: Dataset, version: Version, attribute: Attribute) -> Opened | None:
    """One attribute; what is chosen of it, with a title, or None."""

    def ask() -> NumberProfile | Values | Pending | None:
        return distribution(context, version.version_id, attribute)

    answer = ask()
    if answer is None or (isinstance(answer, Values) and not answer.balance.classes):
        heading(plain(attribute_said(dataset, attribute.name)), say("no row has a value"))
        return None
    found = settled(ask)
    if isinstance(found, NumberProfile):
        return _number(dataset, version, attribute, found)
    if isinstance(found, Values):

        def shown(value: str) -> str:
            return found.shown.get(value, str(value_said(dataset, attribute.name, value)))

        picked = value_bars(
            dataset,
            version,
            replace(
                found.balance, classes=tuple(replace(one, label=shown(one.label)) for one in found.balance.classes)
            ),
            view=VIEW,
            name=attribute.column,
            title=attribute.name,
            noun="value",
            remark=_missing(found),
        )
        if picked is None:
            return None
        value = next(one.label for one in found.balance.classes if shown(one.label) == picked)
        return Opened(
            RowFilter(attribute=attribute.column, value=value),
            lambda: f"{attribute_said(dataset, attribute.name)}: {shown(value)}",
        )
    return None


def _number(dataset: Dataset, version: Version, attribute: Attribute, found: NumberProfile) -> Opened | None:
    time = attribute.kind == "time"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(plain(attribute_said(dataset, attribute.name)), "" if time else _quantiles(found))
        st.space("stretch")
        log = st.toggle(say("Log scale"), key=f"{VIEW}-{attribute.column}-log")
        numbers(dataset, version, attribute.name, _columns(found), key=f"{VIEW}-{attribute.column}")
    places = list(range(len(found.bins)))
    names = [bin_name(one.low, one.high, time) for one in found.bins]
    drawn = histogram(
        [(one.low, one.high, one.count) for one in found.bins],
        selected=chosen(VIEW, attribute.column),
        log=bool(log),
        time=time,
    )
    place = chart(
        dataset,
        drawn,
        VIEW,
        attribute.column,
        places,
        alt=say(
            "Histogram of {name}, median {median:g}",
            name=attribute_said(dataset, attribute.name),
            median=found.median,
        ),
        label=say("Open the rows of a bar"),
        shown=lambda place: f"{names[place]}: {found.bins[place].count:,}",
    )
    open_bars(found.bins, found.minimum, found.maximum, time)
    if place is None:
        return None
    one = found.bins[place]
    return Opened(
        _where(attribute, one),
        lambda: f"{attribute_said(dataset, attribute.name)}: {bin_name(one.low, one.high, time)}",
    )


def _where(attribute: Attribute, one: Bin) -> RowFilter:
    finite = {name: edge for name, edge in (("low", one.low), ("high", one.high)) if abs(edge) != float("inf")}
    return RowFilter(attribute=attribute.column, **finite)  # type: ignore[arg-type]


def _quantiles(found: NumberProfile) -> str:
    return say(
        "median {median} · 90 % {p5} – {p95} · most {most}{missing}",
        median=figure(found.median),
        p5=figure(found.p5),
        p95=figure(found.p95),
        most=figure(found.maximum),
        missing=_missing(found),
    )


def _missing(found: NumberProfile | Values) -> str:
    return say(" · {n:,} missing", n=found.missing) if found.missing else ""


def _columns(found: NumberProfile) -> dict[str, list[object]]:
    return {
        later("from"): [one.low for one in found.bins],
        later("below"): [one.high for one in found.bins],
        later("rows"): [one.count for one in found.bins],
    }

"""What the tables and charts of groups share: a group's name, a rate's picture, how a difference is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts.intervals import intervals
from core.profile.by_group.predicted import Outcomes
from core.profile.by_group.rates import Rates
from core.profile.records import Group
from core.profile.shares import MIN_GROUP_ROWS
from core.records import Attribute, Dataset
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_mark
from core.ui.parts.labels import group_marked
from core.ui.profile.bias.crossing import crossed_with
from core.ui.url import from_url, put
from core.words import later, say, say_n

DRAWN = 30
"""Groups that a chart draws."""
LISTED = 12
"""Lines of a table; a longer one scrolls."""


WITHOUT: dict[str, str | None] = dict.fromkeys((keys.CROSSED, keys.CROSSED_TOO, keys.GROUP, keys.CLASS))
"""What was chosen of another attribute goes with it."""


def reading(chance: bool) -> str:
    return say("may be chance") if chance else say("not chance")


def chosen_attribute(dataset: Dataset, names: Mapping[str, str], others: int) -> tuple[Attribute, ...]:
    """The box of the attributes, by column; the one that is chosen, else the first, and those that it is crossed with.
    `others` have too few rows in their groups."""
    if others:
        st.caption(
            say_n(
                "{n:,} attribute more has no two groups of at least {rows} rows in this split.",
                "{n:,} attributes more have no two groups of at least {rows} rows in this split.",
                others,
                rows=MIN_GROUP_ROWS,
            )
        )
    column = from_url(keys.BY, list(names))
    st.selectbox(
        say("Attribute"),
        list(names),
        key=keys.BY,
        format_func=lambda one: names[one],
        label_visibility="collapsed",
        icon=":material/balance:",
        on_change=lambda: put(WITHOUT | {keys.BY: st.session_state[keys.BY]}),
        width=320,
    )
    return crossed_with(dataset, names, column)


def group_box(dataset: Dataset, column: str, groups: Sequence[Group], chosen: Group | None, judged: bool) -> None:
    """The box of the groups that have rows of their own; whether all were compared is said beneath."""
    names = {one.name: group_marked(dataset, column, one) for one in groups if one.where is not None}
    key = "evaluation-group"
    st.session_state[key] = chosen.name if chosen else None
    st.selectbox(
        say("Group"),
        list(names),
        index=None,
        format_func=lambda one: names[one],
        key=key,
        placeholder=say("Group"),
        label_visibility="collapsed",
        icon=":material/table_rows:",
        on_change=lambda: put({keys.GROUP: st.session_state[key]}),
        width=320,
    )
    if not judged:
        st.caption(say("\\* fewer than {n} rows, or folded: shown and not compared.", n=MIN_GROUP_ROWS))


def rate_chart(
    dataset: Dataset,
    outcome: Outcomes,
    rates: Rates,
    name: str,
    alt: str,
    chosen: Group | None,
    *,
    clickable: bool,
) -> None:
    """A rate of each group that has one, with its interval."""
    drawn = [(place, one) for place, one in enumerate(rates.estimates) if one is not None][:DRAWN]
    places = [place for place, _ in drawn]
    key = f"groups-{name}-chart"

    def clicked() -> None:
        data = clicked_mark(st.session_state[key])
        group = None if data is None else outcome.groups[places[int(data[0])]]
        put({keys.GROUP: group.name if group and group.where else None})

    at = outcome.groups.index(chosen) if chosen else None
    chart_with_files(
        intervals(
            [group_marked(dataset, outcome.column, outcome.groups[place]) for place in places],
            [one for _, one in drawn],
            selected=places.index(at) if at in places else None,
        ),
        key=key,
        dataset=dataset.name,
        name=f"{outcome.attribute}-{name}",
        columns=rate_columns(outcome, rates),
        on_select=clicked if clickable else None,
        alt=alt,
    )
    if len(drawn) == DRAWN < len(outcome.groups):
        st.caption(say("the first {n} of {all:,} groups", n=DRAWN, all=len(outcome.groups)))


def rate_columns(outcome: Outcomes, rates: Rates) -> dict[str, list[object]]:
    """The numbers behind the picture of a rate."""
    found = rates.estimates
    return {
        later("group"): [one.name for one in outcome.groups],
        later("rows", "column"): rates.hits.tolist(),
        later("of"): rates.trials.tolist(),
        later("share"): [None if one is None else round(one.estimate, 6) for one in found],
        later("low"): [None if one is None else round(one.low, 6) for one in found],
        later("high"): [None if one is None else round(one.high, 6) for one in found],
        later("judged"): rates.judged.tolist(),
    }

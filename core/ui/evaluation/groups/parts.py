"""What the tables and charts of groups share: a group's name, a rate's picture, how a difference is read."""

from __future__ import annotations

import streamlit as st

from core.charts.intervals import intervals
from core.profile.by_group.predicted import Outcomes
from core.profile.by_group.rates import Rates
from core.profile.records import Group
from core.records import Dataset
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_mark
from core.ui.parts.labels import group_marked
from core.ui.url import put
from core.words import later, say

DRAWN = 30
"""Groups that a chart draws."""
LISTED = 12
"""Lines of a table; a longer one scrolls."""


def reading(chance: bool) -> str:
    return say("may be chance") if chance else say("not chance")


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

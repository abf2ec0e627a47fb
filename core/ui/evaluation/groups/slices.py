"""How often a run is right in each slice of the dataset; one that is chosen narrows the rows beneath."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.profile.shares import MIN_GROUP_ROWS
from core.services.evaluation.slices import BySlice, by_slices
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.tables import Measured, slice_table
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import share_column
from core.words import later, say, say_stored


def slices(context: Context, shown: AnyShown) -> None:
    """Nothing where nobody saved one."""
    found = settled(lambda: by_slices(context, shown.run, shown.split, shown.labels_from))
    if not found:
        return
    slice_table(
        shown,
        Measured(
            key="groups-slices",
            title=say("Slices"),
            about=say("accuracy in each, with 95 % intervals"),
            file=later("accuracy by slice"),
            numbers=_columns(found),
            alt=say("Accuracy in each slice"),
        ),
        [one.name for one in found],
        {
            "rows": [one.rows for one in found],
            "accuracy": [None if one.accuracy is None else one.accuracy.estimate for one in found],
            "interval": [_interval(one) for one in found],
            "remark": [_remark(one) for one in found],
        },
        {
            "accuracy": share_column(say("accuracy"), say("Share of its rows in this split that are right."), 140),
            "interval": st.column_config.Column(say("95 % interval")),
        },
    )


def _interval(one: BySlice) -> str:
    return "" if one.accuracy is None else f"{one.accuracy.low:.1%} – {one.accuracy.high:.1%}"


def _remark(one: BySlice) -> str:
    if one.problem:
        return plain(say_stored(one.problem))
    return "" if one.judged else say("fewer than {n} rows: not compared", n=MIN_GROUP_ROWS)


def _columns(found: tuple[BySlice, ...]) -> dict[str, list[object]]:
    return {
        later("slice"): [one.name for one in found],
        later("rows", "column"): [one.rows for one in found],
        later("right"): [one.right for one in found],
        later("share"): [None if one.accuracy is None else round(one.accuracy.estimate, 6) for one in found],
        later("low"): [None if one.accuracy is None else round(one.accuracy.low, 6) for one in found],
        later("high"): [None if one.accuracy is None else round(one.accuracy.high, 6) for one in found],
        later("judged"): [one.judged for one in found],
    }

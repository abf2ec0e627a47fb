"""How labels that are numbers are spread in each split, as a table."""

from __future__ import annotations

import streamlit as st

from core.charts.histogram import figure
from core.profile.label_numbers import LabelNumbers, Spread
from core.ui.parts.labels import split_said
from core.words import say

_FEW = 8


def spread_table(found: LabelNumbers) -> None:
    """A line for each split."""
    names, spreads = [name for name, _ in found.splits], [one for _, one in found.splits]
    st.dataframe(
        {
            say("split"): [split_said(name) for name in names],
            say("rows"): [one.rows for one in spreads],
            say("mean, 95 % interval"): [_interval(one) for one in spreads],
            say("median"): [figure(one.median) for one in spreads],
            say("middle half"): [f"{figure(one.p25)} – {figure(one.p75)}" for one in spreads],
            say("least and most"): [f"{figure(one.minimum)} – {figure(one.maximum)}" for one in spreads],
        },
        hide_index=True,
        height="content" if len(names) <= _FEW else 320,
        alt=say("How the labels are spread in each split"),
    )


def _interval(one: Spread) -> str:
    return f"{figure(one.mean.estimate)} ({figure(one.mean.low)} – {figure(one.mean.high)})"

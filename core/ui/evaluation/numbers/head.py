"""The answer at once where labels are numbers: how far predictions are off, and what saying one number would be."""

from __future__ import annotations

import streamlit as st

from core.records import Estimate
from core.services.evaluation.numbers import limits
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.head import what
from core.ui.parts.problems import plain
from core.words import later, say

TITLES = {"mae": later("MAE"), "rmse": later("RMSE"), "r2": later("R²")}
MEANINGS = {
    "mae": later("how far off on average"),
    "rmse": later("the same, large errors counting more"),
    "r2": later("share of the variance that is explained"),
}
BASES = {"mean": later("the mean of the train labels"), "median": later("the median of the train labels")}


def head(shown: ShownNumbers) -> None:
    """Three figures with their intervals, the baselines, and how honest the intervals around predictions are."""
    found = shown.found
    what(shown)
    with st.container(horizontal=True, gap="large", border=True, key="evaluation-figures"):
        for name, one in found.figures.items():
            with st.container(gap=None, width=270):
                st.metric(say(TITLES[name]), number(one.estimate), width="content")
                st.caption(say("{meaning}; {interval}", meaning=say(MEANINGS[name]), interval=between(one)))
    said = [
        say(
            "saying {value} of every row, {base}: MAE {mae}, RMSE {rmse}",
            value=number(one["value"]),
            base=say(BASES[name]),
            mae=number(one["mae"]),
            rmse=number(one["rmse"]),
        )
        for name, one in found.baselines.items()
    ]
    within = say("{share:.1%} of the labels lie within the interval that is to hold 90 %", share=found.within)
    st.caption(" · ".join([*said, within]))
    for sentence in limits(shown.run, found):
        st.caption(f":material/info: {plain(sentence)}")


def number(value: float) -> str:
    """In four digits."""
    return f"{value:,.4g}"


def between(found: Estimate) -> str:
    """The interval of a figure in words."""
    return say(
        "over all rows of this kind probably between {low} and {high} (95 % interval)",
        low=number(found.low),
        high=number(found.high),
    )

"""The answer at once where labels are numbers: how far predictions are off, and what saying one number would be."""

from __future__ import annotations

import streamlit as st

from core.services.evaluation.number_report import BASES, MEANINGS, TITLES, between, number
from core.services.evaluation.numbers import limits
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.head import what
from core.ui.parts.problems import plain
from core.words import say


def head(shown: ShownNumbers) -> None:
    """Three figures with their intervals, the baselines, and how honest the intervals around predictions are."""
    found = shown.found
    what(shown)
    with st.container(horizontal=True, gap="large", border=True, key="evaluation-figures"):
        for name, one in found.figures.items():
            with st.container(gap=None, width=270):
                st.metric(say(TITLES[name]), number(one.estimate), width="content")
                meaning, ends = say(MEANINGS[name]), between(one.low, one.high)
                st.caption(say("{meaning}; {interval}", meaning=meaning, interval=ends))
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

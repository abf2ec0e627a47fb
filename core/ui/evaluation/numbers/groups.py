"""Evaluate, view By attribute: how far predictions are off for the rows with each value of an attribute."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.services.evaluation.numbers import by_attribute
from core.ui import keys
from core.ui.evaluation.choice import ShownNumbers
from core.ui.parts.choices import pick
from core.words import say

MOST = 50
"""Values that are listed, the most frequent first."""


def by_groups(context: Context, shown: ShownNumbers) -> None:
    """An attribute to choose, and a line for each of its values."""
    attributes = {one.column: one.name for one in shown.dataset.attributes if one.kind == "category"}
    if not attributes:
        st.caption(say("This dataset has no attribute with a few values: load it with columns to group by."))
        return
    column = pick(say("Attribute"), keys.CLASS, attributes, width=250)
    found = by_attribute(context, shown.found, column)
    listed = found[:MOST]
    st.dataframe(
        {
            "value": [one.value or say("(empty)") for one in listed],
            "rows": [one.rows for one in listed],
            **{name: [one.figures[name] for one in listed] for name in ("mae", "rmse", "r2")},
        },
        hide_index=True,
        height="content" if len(listed) <= 12 else 440,
        column_config={
            "value": attributes[column],
            "rows": say("rows", "column"),
            "mae": st.column_config.NumberColumn(say("MAE"), format="%.4g"),
            "rmse": st.column_config.NumberColumn(say("RMSE"), format="%.4g"),
            "r2": st.column_config.NumberColumn(say("R²"), format="%.3f"),
        },
        alt=say("How far predictions are off by the values of an attribute"),
    )
    if len(found) > len(listed):
        st.caption(say("The {n} most frequent of {values:,} values", n=len(listed), values=len(found)))

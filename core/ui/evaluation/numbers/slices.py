"""How far predictions are off in each slice of the dataset; one that is chosen narrows the rows beneath."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.services.evaluation.number_groups import NumbersBySlice, numbers_by_slices
from core.services.evaluation.number_report import number
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.groups.tables import Measured, slice_table
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.words import later, say, say_stored


def slices(context: Context, shown: ShownNumbers) -> None:
    """Nothing where nobody saved one."""
    found = settled(lambda: numbers_by_slices(context, shown.run, shown.found))
    if not found:
        return
    slice_table(
        shown,
        Measured(
            key="numbers-slices",
            title=say("Slices"),
            about=say("how far off in each, with 95 % intervals"),
            file=later("MAE by slice"),
            numbers=_columns(found),
            alt=say("How far predictions are off in each slice"),
        ),
        [one.name for one in found],
        {
            "rows": [one.off.rows for one in found],
            "mae": [None if one.off.mae is None else one.off.mae.estimate for one in found],
            "mae interval": [_interval(one, "mae") for one in found],
            "bias": [None if one.off.bias is None else one.off.bias.estimate for one in found],
            "bias interval": [_interval(one, "bias") for one in found],
            "remark": [_remark(one) for one in found],
        },
        {
            "mae": st.column_config.NumberColumn(say("MAE"), format="%.4g"),
            "mae interval": st.column_config.Column(say("95 % interval")),
            "bias": st.column_config.NumberColumn(say("predicted less labelled"), format="%+.4g"),
            "bias interval": st.column_config.Column(say("95 % interval")),
        },
    )


def _interval(one: NumbersBySlice, which: str) -> str:
    found = one.off.mae if which == "mae" else one.off.bias
    return "" if found is None or one.off.rows < 2 else f"{number(found.low)} – {number(found.high)}"


def _remark(one: NumbersBySlice) -> str:
    if one.problem:
        return plain(say_stored(one.problem))
    return "" if one.off.judged else say("too few rows to compare")


def _columns(found: tuple[NumbersBySlice, ...]) -> dict[str, list[object]]:
    mae, bias = [one.off.mae for one in found], [one.off.bias for one in found]
    return {
        later("slice"): [one.name for one in found],
        later("rows", "column"): [one.off.rows for one in found],
        "MAE": [one and one.estimate for one in mae],
        "MAE, low": [one and one.low for one in mae],
        "MAE, high": [one and one.high for one in mae],
        later("predicted less labelled"): [one and one.estimate for one in bias],
        later("low"): [one and one.low for one in bias],
        later("high"): [one and one.high for one in bias],
    }

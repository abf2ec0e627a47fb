"""How far predictions are off in each slice of the dataset; one that is chosen narrows the rows beneath."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.services.evaluation.number_groups import NumbersBySlice, numbers_by_slices
from core.services.evaluation.number_report import number
from core.services.lists.asked import FILTERS
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.groups.parts import LISTED
from core.ui.evaluation.groups.slices import narrowed_to
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers
from core.ui.shell.reading import reading
from core.ui.url import put
from core.words import later, say, say_stored


def slices(context: Context, shown: ShownNumbers) -> None:
    """Nothing where nobody saved one."""
    found = settled(lambda: numbers_by_slices(context, shown.run, shown.found))
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Slices"), say("how far off in each, with 95 % intervals"))
        st.space("stretch")
        numbers(shown.dataset, shown.truth, later("MAE by slice"), _columns(found), key="numbers-slices")
    names = [one.name for one in found]
    key = f"numbers-slices-{hash((shown.run.run_id, shown.split, tuple(names))):x}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        name = names[rows[0]] if rows else ""
        put({FILTERS: narrowed_to(shown.dataset, st.query_params.get(FILTERS, ""), name) or None})

    st.dataframe(
        {
            "slice": [one.name or say("all rows") for one in found],
            "rows": [one.off.rows for one in found],
            "mae": [None if one.off.mae is None else one.off.mae.estimate for one in found],
            "mae interval": [_interval(one, "mae") for one in found],
            "bias": [None if one.off.bias is None else one.off.bias.estimate for one in found],
            "bias interval": [_interval(one, "bias") for one in found],
            "remark": [_remark(one) for one in found],
        },
        hide_index=True,
        height="content" if len(found) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "slice": st.column_config.Column(say("slice")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "mae": st.column_config.NumberColumn(say("MAE"), format="%.4g"),
            "mae interval": st.column_config.Column(say("95 % interval")),
            "bias": st.column_config.NumberColumn(say("predicted less labelled"), format="%+.4g"),
            "bias interval": st.column_config.Column(say("95 % interval")),
            "remark": st.column_config.Column(say("remark")),
        },
        key=key,
        on_select="ignore" if reading() else picked,
        selection_mode="single-row",
        alt=say("How far predictions are off in each slice"),
    )
    st.caption(
        say("Slices may overlap. One that is picked narrows the list of rows below.")
        if not reading()
        else say("Slices may overlap.")
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

"""Evaluate, view By attribute: how far predictions are off in the groups of an attribute, and in slices. A click on a
group opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from core.charts.intervals import intervals
from core.context import Context
from core.profile.by_group.off import NumberOutcomes, Off
from core.profile.records import Group
from core.records import Dataset, Estimate, RowFilter
from core.services.evaluation.number_groups import numbers_by_attributes, numbers_in_groups
from core.services.evaluation.number_report import number
from core.store.datasets import get_dataset
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.groups.parts import DRAWN, LISTED, group_box
from core.ui.evaluation.numbers.attributes import attributes
from core.ui.evaluation.numbers.rows import examples
from core.ui.evaluation.numbers.slices import slices
from core.ui.parts.cells import clicked_mark
from core.ui.parts.labels import attributes_said, group_marked, group_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers
from core.ui.url import put
from core.words import later, say

MAE, BIAS = "mae", "bias"


def by_groups(context: Context, shown: ShownNumbers) -> None:
    """Which attribute it depends on; the groups of one; slices; the rows behind."""
    found = settled(lambda: numbers_by_attributes(context, shown.run, shown.found))
    if found is None:
        return
    # With the attributes that were derived just now.
    shown = replace(shown, dataset=get_dataset(context.store, shown.dataset.dataset_id))
    compared = [one for one in found if one.outcomes.ends is not None] or [one for one in found if one.outcomes.groups]
    group = None
    if compared:
        left, right = st.columns([5, 6], gap="large")
        with left:
            crossed = attributes(shown, compared, len(found) - len(compared))
        each = settled(lambda: numbers_in_groups(context, shown.run, shown.found, crossed))
        if each is None:
            return
        with right:
            group = _groups(shown, each)
    else:
        st.caption(
            say("Groups are the values of columns beside example and label, and lengths or sizes: there is none here.")
        )
    slices(context, shown)
    examples(context, shown, group)


def _groups(shown: ShownNumbers, each: NumberOutcomes) -> tuple[str, RowFilter] | None:
    """The picture and the table of the groups; the one that is chosen, in words, and its rows."""
    dataset, held = shown.dataset, [one for one in each.groups if one.where is not None]
    chosen = next((one for one in held if one.name == st.query_params.get(keys.GROUP)), None)
    name = attributes_said(dataset, each.attribute)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("How far off by {name}", name=plain(name)), say("with 95 % intervals"))
        st.space("stretch")
        numbers(dataset, shown.truth, "off", _columns(each), key="groups-off")
    measure = st.segmented_control(
        say("Measure", "what is drawn"),
        [MAE, BIAS],
        default=MAE,
        required=True,
        format_func=lambda one: say("MAE") if one == MAE else say("predicted less labelled"),
        key="numbers-groups-measure",
        label_visibility="collapsed",
    )
    _chart(dataset, each, str(measure), chosen)
    _table(dataset, each)
    group_box(dataset, each.column, each.groups, chosen, all(one.judged for one in each.off))
    if chosen is None or chosen.where is None:
        return None
    return f"{name}: {group_said(dataset, each.column, chosen)}", chosen.where


def _chart(dataset: Dataset, each: NumberOutcomes, measure: str, chosen: Group | None) -> None:
    told = [(place, one) for place, off in enumerate(each.off) if (one := _of(off, measure)) is not None][:DRAWN]
    places = [place for place, _ in told]
    key = f"groups-off-{measure}-chart"

    def clicked() -> None:
        data = clicked_mark(st.session_state[key])
        put({keys.GROUP: None if data is None else each.groups[places[int(data[0])]].name})

    at = each.groups.index(chosen) if chosen else None
    chart_with_files(
        intervals(
            [group_marked(dataset, each.column, each.groups[place]) for place in places],
            [one for _, one in told],
            selected=places.index(at) if at in places else None,
            share=False,
        ),
        key=key,
        dataset=dataset.name,
        name=f"{each.attribute}-{measure}",
        columns=_columns(each),
        on_select=clicked,
        alt=say("How far predictions are off by the values of an attribute"),
    )


def _table(dataset: Dataset, each: NumberOutcomes) -> None:
    st.dataframe(
        {
            "group": [group_marked(dataset, each.column, one) for one in each.groups],
            "rows": [one.rows for one in each.off],
            "mae": [_said(one.mae) for one in each.off],
            "bias": [_said(one.bias) for one in each.off],
        },
        hide_index=True,
        height="content" if len(each.groups) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "group": st.column_config.Column(say("group")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "mae": st.column_config.Column(say("MAE")),
            "bias": st.column_config.Column(
                say("predicted less labelled"),
                help=say("The mean over the rows: above 0 the model says too much here, below 0 too little."),
            ),
        },
        alt=say("How far predictions are off by the values of an attribute"),
    )


def _of(off: Off, measure: str) -> Estimate | None:
    """An estimate that has an interval."""
    found = off.mae if measure == MAE else off.bias
    return found if found is not None and np.isfinite(found.low) else None


def _said(found: Estimate | None) -> str:
    if found is None:
        return ""
    if not np.isfinite(found.low):
        return number(found.estimate)
    return f"{number(found.estimate)} ({number(found.low)} – {number(found.high)})"


def _columns(each: NumberOutcomes) -> dict[str, Sequence[object]]:
    """The numbers behind."""
    mae, bias = [one.mae for one in each.off], [one.bias for one in each.off]
    return {
        later("group"): [one.name for one in each.groups],
        later("rows", "column"): [one.rows for one in each.off],
        "MAE": [one and one.estimate for one in mae],
        "MAE, low": [one and one.low for one in mae],
        "MAE, high": [one and one.high for one in mae],
        later("predicted less labelled"): [one and one.estimate for one in bias],
        later("low"): [one and one.low for one in bias],
        later("high"): [one and one.high for one in bias],
        later("judged"): [one.judged for one in each.off],
    }

"""The Bias view: which attributes go together with the label, and how the labels spread over one attribute's groups."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.intervals import intervals
from core.context import Context
from core.profile.records import Association
from core.records import Dataset, Version
from core.services.profile.figures import attribute_of, group_shares
from core.ui.parts.empty import empty_state
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.groups import groups_view
from core.ui.profile.parts import CHOICE, Opened, chart, chosen, heading, numbers
from core.ui.shell.pages import link

VIEW = "bias"
DRAWN = 15
_MEASURES = {
    "cramers_v": "Cramér's V, bias-corrected (Bergsma 2013)",
    "correlation_ratio": "correlation ratio η, bias-corrected (Kelley 1935)",
    "none": "",
}


def bias_view(context: Context, dataset: Dataset, version: Version, found: Sequence[Association]) -> Opened | None:
    """All associations, then the groups of the attribute that is chosen, else of the strongest; the rows of the cell
    that is chosen of it."""
    measured = [one for one in found if one.value is not None]
    if not measured:
        _nothing(found)
        return None
    left, right = st.columns([4, 7], gap="large")
    with left:
        column = _associations(dataset, version, measured, found)
    attribute = attribute_of(dataset, column)
    groups = settled(lambda: group_shares(context, version.version_id, attribute))
    return None if groups is None else groups_view(dataset, version, groups, right)


def _nothing(found: Sequence[Association]) -> None:
    reasons = "; ".join(f"{plain(one.attribute)}: {plain(one.note)}" for one in found[:5])
    empty_state(
        "No attribute to measure",
        reasons or "Bias is measured on columns beside example and label, such as an author: there is none.",
        icon="balance",
        action=lambda: link("data", "Load it with more columns", icon=":material/upload:", view="load"),
        shows="ties",
    )


def _associations(
    dataset: Dataset, version: Version, measured: Sequence[Association], found: Sequence[Association]
) -> str:
    """Every attribute's association; the column that is chosen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading("Tied to the label", "0 not at all, 1 entirely")
        st.space("stretch")
        numbers(dataset, version, "associations", _columns(found), key=VIEW)
    columns = [one.column for one in measured]
    names = {one.column: one.attribute for one in measured}
    kept = chosen(VIEW, "attribute")
    if kept not in columns:
        st.session_state[f"{CHOICE}-{VIEW}-attribute"] = kept = columns[0]
    drawn = measured[:DRAWN]
    figure = intervals(
        [one.attribute for one in drawn],
        [one.value for one in drawn if one.value is not None],
        selected=columns.index(kept) if columns.index(kept) < DRAWN else None,
    )
    column = chart(
        figure,
        VIEW,
        "attribute",
        columns[:DRAWN],
        alt=f"Association of each attribute with the label; strongest {measured[0].attribute}",
        label="Attribute",
        shown=lambda column: names[column],
        every=columns,
    )
    one = next(one for one in measured if one.column == (column or columns[0]))
    if one.value is not None:
        st.caption(
            f"**{plain(one.attribute)}** {one.value.estimate:.3f}, 95 % {one.value.low:.3f} – {one.value.high:.3f} ·"
            f" {_MEASURES[one.measure]}, {one.rows:,} rows. {one.note}"
        )
    left_out = [other for other in found if other.value is None]
    if left_out:
        with st.expander(f"{len(left_out):,} not measured"):
            for other in left_out:
                st.caption(f"**{plain(other.attribute)}** {plain(other.note)}")
    return one.column


def _columns(found: Sequence[Association]) -> dict[str, list[object]]:
    return {
        "attribute": [one.attribute for one in found],
        "measure": [one.measure.replace("_", " ") for one in found],
        "estimate": [None if one.value is None else round(one.value.estimate, 4) for one in found],
        "low": [None if one.value is None else round(one.value.low, 4) for one in found],
        "high": [None if one.value is None else round(one.value.high, 4) for one in found],
        "rows": [one.rows for one in found],
        "derived": [one.derived for one in found],
        "note": [one.note for one in found],
    }

"""The Bias view: which attributes go together with the label, and how the labels spread over one attribute's groups."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.intervals import intervals
from core.context import Context
from core.profile.records import Association, Size
from core.records import Dataset, Version
from core.services.issues.listing import latest_scan
from core.services.profile.cleaning import cleaning_by_group
from core.services.profile.figures import group_shares
from core.ui import keys
from core.ui.parts.empty import empty_state
from core.ui.parts.labels import attribute_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.bias.cleaning import cleaning_view, not_cleaned
from core.ui.profile.bias.crossing import crossed_with
from core.ui.profile.bias.groups import VIEW as GROUPS
from core.ui.profile.bias.groups import groups_view
from core.ui.profile.bias.representative import representative_view
from core.ui.profile.parts import Opened, asked_first, chart, heading, numbers
from core.ui.shell.pages import link
from core.words import later, say, say_stored

VIEW = "bias"
DRAWN = 15
_MEASURES = {
    "cramers_v": later("Cramér's V, bias-corrected (Bergsma 2013)"),
    "correlation_ratio": later("correlation ratio η, bias-corrected (Kelley 1935)"),
    "none": "",
}
_SIZES: dict[Size, str] = {
    "tiny": later("**{name}** tells next to nothing about the label."),
    "small": later("**{name}** tells a little about the label: a small association."),
    "medium": later("**{name}** tells something about the label: a medium association."),
    "large": later("**{name}** tells much about the label: a large association."),
}
_UNCLEAR = later("**{name}** may tell nothing about the label: the interval reaches down to 0.")


def bias_view(context: Context, dataset: Dataset, version: Version, found: Sequence[Association]) -> Opened | None:
    """All associations, then the groups of the attribute that is chosen, else of the strongest; the rows of the cell
    that is chosen of it."""
    measured = [one for one in found if one.value is not None]
    if not measured:
        _nothing(dataset, found)
        return None
    left, right = st.columns([4, 7], gap="large")
    with left:
        column = _associations(dataset, version, measured, found)
        names = {one.column: attribute_said(dataset, one.attribute) for one in measured}
        crossed = crossed_with(dataset, names, column)
    groups = settled(lambda: group_shares(context, version.version_id, crossed))
    if groups is None:
        return None
    opened = groups_view(dataset, version, groups, right)
    representative_view(dataset, version, groups.table, GROUPS)
    if latest_scan(context, version.version_id) is None:
        not_cleaned(dataset, version)
        return opened
    treated = settled(lambda: cleaning_by_group(context, version, crossed))
    if treated is not None:
        behind = cleaning_view(dataset, version, treated, GROUPS, groups.table)
        opened = opened or behind
    return opened


def _nothing(dataset: Dataset, found: Sequence[Association]) -> None:
    reasons = "; ".join(f"{_named(dataset, one)}: {plain(say_stored(one.note))}" for one in found[:5])
    empty_state(
        say("No attribute to measure"),
        reasons or say("Bias is measured on columns beside example and label, such as an author: there is none."),
        icon="balance",
        action=lambda: link("data", say("Load it with more columns"), icon=":material/upload:", view="load"),
        shows="ties",
    )


def _associations(
    dataset: Dataset, version: Version, measured: Sequence[Association], found: Sequence[Association]
) -> str:
    """Every attribute's association; the column that is chosen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Tied to the label"), say("0 not at all, 1 entirely"))
        st.space("stretch")
        numbers(dataset, version, later("associations"), _columns(found), key=VIEW)
    columns = [one.column for one in measured]
    names = {one.column: attribute_said(dataset, one.attribute) for one in measured}
    kept = asked_first(VIEW, "attribute", keys.COLUMN, columns)
    drawn = measured[:DRAWN]
    figure = intervals(
        [names[one.column] for one in drawn],
        [one.value for one in drawn if one.value is not None],
        selected=columns.index(kept) if columns.index(kept) < DRAWN else None,
    )
    column = chart(
        dataset,
        figure,
        VIEW,
        "attribute",
        columns[:DRAWN],
        alt=say("Association of each attribute with the label; strongest {name}", name=names[measured[0].column]),
        label=say("Attribute"),
        shown=lambda column: names[column],
        every=columns,
        in_url=keys.COLUMN,
    )
    one = next(one for one in measured if one.column == (column or columns[0]))
    if one.value is not None and one.size is not None:
        verdict = _SIZES[one.size] if round(one.value.low, 3) > 0 else _UNCLEAR
        st.caption(
            say(
                "{verdict} {value:.3f}, 95 % {low:.3f} – {high:.3f} · {measure}, {rows:,} rows. {note}",
                verdict=say(verdict, name=_named(dataset, one)),
                value=one.value.estimate,
                low=one.value.low,
                high=one.value.high,
                measure=say(_MEASURES[one.measure]),
                rows=one.rows,
                note=say_stored(one.note),
            )
        )
    left_out = [other for other in found if other.value is None]
    if left_out:
        with st.expander(say("{n:,} not measured", n=len(left_out))):
            for other in left_out:
                st.caption(f"**{_named(dataset, other)}** {plain(say_stored(other.note))}")
    return one.column


def _named(dataset: Dataset, one: Association) -> str:
    return plain(attribute_said(dataset, one.attribute))


def _columns(found: Sequence[Association]) -> dict[str, list[object]]:
    return {
        later("attribute"): [one.attribute for one in found],
        later("measure"): [one.measure.replace("_", " ") for one in found],
        later("estimate"): [None if one.value is None else round(one.value.estimate, 4) for one in found],
        later("low"): [None if one.value is None else round(one.value.low, 4) for one in found],
        later("high"): [None if one.value is None else round(one.value.high, 4) for one in found],
        later("rows"): [one.rows for one in found],
        later("derived"): [one.derived for one in found],
        later("note"): [one.note for one in found],
    }

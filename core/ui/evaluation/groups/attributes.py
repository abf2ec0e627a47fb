"""Every attribute with how differently accurate a run is in its groups, and the accuracy in the groups of one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.profile.by_group.predicted import Outcomes
from core.profile.records import Group
from core.records import Attribute, Dataset
from core.services.evaluation.groups import ByAttribute
from core.ui import keys
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.parts import (
    LISTED,
    WITHOUT,
    chosen_attribute,
    group_box,
    rate_chart,
    rate_columns,
    reading,
)
from core.ui.parts.labels import attribute_said, attributes_said, group_said
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers, share_column
from core.ui.url import put
from core.words import later, say


def attributes(shown: AnyShown, compared: Sequence[ByAttribute], others: int) -> tuple[Attribute, ...]:
    """Every attribute with how far apart its groups are; the one that is chosen, else the first, and those that it is
    crossed with."""
    dataset = shown.dataset
    names = {one.outcomes.column: attribute_said(dataset, one.outcomes.attribute) for one in compared}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Is it wrong more often in some groups?"), say("accuracy by group"))
        st.space("stretch")
        numbers(dataset, shown.truth, later("accuracy by group"), _attribute_columns(compared), key="groups-attributes")
    st.caption(_verdict(dataset, compared[0]))
    columns = list(names)

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        put(WITHOUT | {keys.BY: columns[rows[0]] if rows else None})

    key = f"groups-attributes-{hash((shown.run.run_id, shown.split, st.query_params.get(keys.BY))):x}"
    ends = [one.outcomes.accuracy.ends or (0, 0) for one in compared]
    st.dataframe(
        {
            "attribute": list(names.values()),
            "difference": [one.outcomes.accuracy.difference for one in compared],
            "lowest": [_end(dataset, one.outcomes, low) for one, (low, _) in zip(compared, ends, strict=True)],
            "highest": [_end(dataset, one.outcomes, high) for one, (_, high) in zip(compared, ends, strict=True)],
            "reading": [reading(one.chance) for one in compared],
        },
        hide_index=True,
        height="content" if len(compared) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "attribute": st.column_config.Column(say("attribute")),
            "difference": share_column(
                say("difference"), say("How far apart the groups are: the highest less the lowest."), 110
            ),
            "lowest": st.column_config.Column(say("lowest in")),
            "highest": st.column_config.Column(say("highest in")),
            "reading": st.column_config.Column(
                say("reading", "what a figure says"),
                help=say(
                    "By a chi-square test of right and wrong rows in the groups, corrected for the {n:,} attributes "
                    "that are looked at together (Holm): not chance where it is below 5 %.",
                    n=len(compared),
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("How differently accurate it is in the groups of each attribute"),
    )
    return chosen_attribute(dataset, names, others)


def accuracy(shown: AnyShown, outcome: Outcomes) -> Group | None:
    """The accuracy of every group; the one that is chosen."""
    dataset, held = shown.dataset, [one for one in outcome.groups if one.where is not None]
    chosen = next((one for one in held if one.name == st.query_params.get(keys.GROUP)), None)
    name = attributes_said(dataset, outcome.attribute)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Accuracy by {name}", name=plain(name)), say("with 95 % intervals"))
        st.space("stretch")
        numbers(dataset, shown.truth, "accuracy", rate_columns(outcome, outcome.accuracy), key="groups-accuracy")
    rate_chart(
        dataset, outcome, outcome.accuracy, "accuracy", say("Accuracy by {name}", name=name), chosen, clickable=True
    )
    group_box(dataset, outcome.column, outcome.groups, chosen, all(one.judged for one in outcome.groups))
    return chosen


def _verdict(dataset: Dataset, first: ByAttribute) -> str:
    """What the table comes to, of the attribute that stands first."""
    outcome = first.outcomes
    low, high = (plain(_end(dataset, outcome, place)) for place in outcome.accuracy.ends or (0, 0))
    name = plain(attributes_said(dataset, outcome.attribute))
    if first.chance:
        return say("No attribute tells groups apart by more than chance.")
    return say("It depends on {name}: {low} against {high}, which is not chance.", name=name, low=low, high=high)


def _end(dataset: Dataset, outcome: Outcomes, place: int) -> str:
    """A group with its accuracy."""
    share = outcome.accuracy.estimates[place]
    name = group_said(dataset, outcome.column, outcome.groups[place])
    return name if share is None else f"{name} ({share.estimate:.1%})"


def _attribute_columns(compared: Sequence[ByAttribute]) -> dict[str, list[object]]:
    ends = [one.outcomes.accuracy.ends or (0, 0) for one in compared]
    groups_of = [one.outcomes.groups for one in compared]
    return {
        later("attribute"): [one.outcomes.attribute for one in compared],
        later("difference"): [one.outcomes.accuracy.difference for one in compared],
        later("ratio"): [one.outcomes.accuracy.ratio for one in compared],
        later("lowest in"): [own[low].name for own, (low, _) in zip(groups_of, ends, strict=True)],
        later("highest in"): [own[high].name for own, (_, high) in zip(groups_of, ends, strict=True)],
        later("p-value"): [one.p_value for one in compared],
    }

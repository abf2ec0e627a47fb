"""Every attribute with how differently far off a run is in its groups, where labels are numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.profile.by_group.off import NumberOutcomes
from core.records import Attribute, Dataset
from core.services.evaluation.number_groups import NumbersByAttribute
from core.services.evaluation.number_report import number
from core.ui import keys
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.groups.parts import LISTED, WITHOUT, chosen_attribute, reading
from core.ui.parts.labels import attribute_said, attributes_said, group_said
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers
from core.ui.url import put
from core.words import later, say


def attributes(shown: ShownNumbers, compared: Sequence[NumbersByAttribute], others: int) -> tuple[Attribute, ...]:
    """The one that is chosen, else the first, and those that it is crossed with."""
    dataset = shown.dataset
    names = {one.outcomes.column: attribute_said(dataset, one.outcomes.attribute) for one in compared}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Is it farther off in some groups?"), say("mean absolute error by group"))
        st.space("stretch")
        numbers(dataset, shown.truth, later("MAE by group"), _columns(compared), key="numbers-attributes")
    st.caption(_verdict(dataset, compared[0]))
    columns = list(names)

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        put(WITHOUT | {keys.BY: columns[rows[0]] if rows else None})

    key = f"numbers-attributes-{hash((shown.run.run_id, shown.split, st.query_params.get(keys.BY))):x}"
    ends = [one.outcomes.ends for one in compared]
    st.dataframe(
        {
            "attribute": list(names.values()),
            "difference": [one.outcomes.difference for one in compared],
            "lowest": [one and _end(dataset, of.outcomes, one[0]) for of, one in zip(compared, ends, strict=True)],
            "highest": [one and _end(dataset, of.outcomes, one[1]) for of, one in zip(compared, ends, strict=True)],
            "reading": [reading(one.chance) for one in compared],
        },
        hide_index=True,
        height="content" if len(compared) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "attribute": st.column_config.Column(say("attribute")),
            "difference": st.column_config.NumberColumn(
                say("difference"),
                format="%.4g",
                help=say("How far apart the groups are: the highest less the lowest."),
            ),
            "lowest": st.column_config.Column(say("lowest in")),
            "highest": st.column_config.Column(say("highest in")),
            "reading": st.column_config.Column(
                say("reading", "what a figure says"),
                help=say(
                    "By the Kruskal-Wallis test of how far off, and of to which side, in the groups, corrected for the "
                    "{n:,} attributes that are looked at together (Holm): not chance where it is below 5 %.",
                    n=len(compared),
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("How differently far off it is in the groups of each attribute"),
    )
    return chosen_attribute(dataset, names, others)


def _verdict(dataset: Dataset, first: NumbersByAttribute) -> str:
    outcome = first.outcomes
    if first.chance or outcome.ends is None:
        return say("No attribute tells groups apart by more than chance.")
    low, high = (plain(_end(dataset, outcome, place)) for place in outcome.ends)
    name = plain(attributes_said(dataset, outcome.attribute))
    return say("It depends on {name}: {low} against {high}, which is not chance.", name=name, low=low, high=high)


def _end(dataset: Dataset, outcome: NumberOutcomes, place: int) -> str:
    """A group with its MAE."""
    found = outcome.off[place].mae
    name = group_said(dataset, outcome.column, outcome.groups[place])
    return name if found is None else f"{name} ({number(found.estimate)})"


def _columns(compared: Sequence[NumbersByAttribute]) -> dict[str, list[object]]:
    ends = [one.outcomes.ends for one in compared]
    groups_of = [one.outcomes.groups for one in compared]
    return {
        later("attribute"): [one.outcomes.attribute for one in compared],
        later("difference"): [one.outcomes.difference for one in compared],
        later("lowest in"): [one and own[one[0]].name for own, one in zip(groups_of, ends, strict=True)],
        later("highest in"): [one and own[one[1]].name for own, one in zip(groups_of, ends, strict=True)],
        later("p-value"): [one.p_value for one in compared],
    }

"""Every attribute with how differently far off a run is in its groups, where labels are numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.profile.by_group.off import NumberOutcomes
from core.records import Attribute, Dataset
from core.services.evaluation.number_groups import NumbersByAttribute
from core.services.evaluation.number_report import number
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.groups.tables import AttributeLine, Measured, attribute_chosen, attribute_table
from core.ui.parts.labels import attribute_said, attributes_said, group_said
from core.ui.parts.problems import plain
from core.words import later, say


def attributes(shown: ShownNumbers, compared: Sequence[NumbersByAttribute], others: int) -> tuple[Attribute, ...]:
    """The one that is chosen, else the first, and those that it is crossed with."""
    dataset = shown.dataset
    lines = [_line(dataset, one) for one in compared]
    attribute_table(
        shown,
        Measured(
            key="numbers-attributes",
            title=say("Is it farther off in some groups?"),
            about=say("mean absolute error by group"),
            file=later("MAE by group"),
            numbers=_columns(compared),
            alt=say("How differently far off it is in the groups of each attribute"),
        ),
        lines,
        _verdict(dataset, compared[0]),
        st.column_config.NumberColumn(
            say("difference"), format="%.4g", help=say("How far apart the groups are: the highest less the lowest.")
        ),
        say(
            "By the Kruskal-Wallis test of how far off, and of to which side, in the groups, corrected for the {n:,} "
            "attributes that are looked at together (Holm): not chance where it is below 5 %.",
            n=len(compared),
        ),
    )
    return attribute_chosen(dataset, lines, others)


def _line(dataset: Dataset, one: NumbersByAttribute) -> AttributeLine:
    outcome = one.outcomes
    low, high = (outcome.ends and _end(dataset, outcome, outcome.ends[place]) for place in (0, 1))
    name = attribute_said(dataset, outcome.attribute)
    return AttributeLine(outcome.column, name, outcome.difference, low, high, one.chance)


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

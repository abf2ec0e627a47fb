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
from core.ui.evaluation.groups.parts import group_box, rate_chart, rate_columns
from core.ui.evaluation.groups.tables import AttributeLine, Measured, attribute_chosen, attribute_table
from core.ui.parts.labels import attribute_said, attributes_said, group_said
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers, share_column
from core.words import later, say


def attributes(shown: AnyShown, compared: Sequence[ByAttribute], others: int) -> tuple[Attribute, ...]:
    """Every attribute with how far apart its groups are; the one that is chosen, else the first, and those that it is
    crossed with."""
    dataset = shown.dataset
    lines = [_line(dataset, one) for one in compared]
    attribute_table(
        shown,
        Measured(
            key="groups-attributes",
            title=say("Is it wrong more often in some groups?"),
            about=say("accuracy by group"),
            file=later("accuracy by group"),
            numbers=_attribute_columns(compared),
            alt=say("How differently accurate it is in the groups of each attribute"),
        ),
        lines,
        _verdict(dataset, compared[0]),
        share_column(say("difference"), say("How far apart the groups are: the highest less the lowest."), 110),
        say(
            "By a chi-square test of right and wrong rows in the groups, corrected for the {n:,} attributes that are "
            "looked at together (Holm): not chance where it is below 5 %.",
            n=len(compared),
        ),
    )
    return attribute_chosen(dataset, lines, others)


def _line(dataset: Dataset, one: ByAttribute) -> AttributeLine:
    outcome = one.outcomes
    low, high = (_end(dataset, outcome, place) for place in outcome.accuracy.ends or (0, 0))
    name = attribute_said(dataset, outcome.attribute)
    return AttributeLine(outcome.column, name, outcome.accuracy.difference, low, high, one.chance)


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

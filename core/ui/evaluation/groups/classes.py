"""How differently each class fares in the groups of an attribute, and the rates of one class in every group."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.profile.by_group.rates import MIN_RATE_ROWS
from core.services.evaluation.groups import ByClass, InGroups
from core.ui import keys
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.parts import LISTED, rate_chart, reading
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers, share_column
from core.ui.url import put
from core.words import later, say


def classes(shown: AnyShown, each: InGroups) -> str | None:
    """How differently each class fares, and of one its rates in every group; its code."""
    dataset = shown.dataset
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Does each class fare alike?"), say("equalised odds: 0 points apart is alike"))
        st.space("stretch")
        numbers(dataset, shown.truth, later("classes in groups"), _class_columns(each.classes), key="groups-classes")
    codes = [one.label for one in each.classes]
    label = st.query_params.get(keys.CLASS)
    label = label if label in codes else dataset.coded(label) if label else None

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        put({keys.CLASS: codes[rows[0]] if rows else None})

    key = f"groups-classes-{hash((shown.run.run_id, shown.split, each.found.outcomes.column, label)):x}"
    st.dataframe(
        {
            "class": [dataset.called(one.label) for one in each.classes],
            "odds": [one.equalised_odds for one in each.classes],
            "found": [one.found.difference for one in each.classes],
            "wrongly given": [one.wrongly_given.difference for one in each.classes],
            "given": [one.given.difference for one in each.classes],
            "ratio": [one.given.ratio for one in each.classes],
            "reading": [_said_of_class(one) for one in each.classes],
        },
        hide_index=True,
        height="content" if len(codes) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "class": st.column_config.Column(say("class")),
            "odds": share_column(
                say("equalised odds"),
                say("The larger of the next two: how far apart the groups are. 0 is equal odds (Hardt et al. 2016)."),
            ),
            "found": share_column(
                say("found"),
                say("Recall, the true positive rate: of the class, the share that is predicted as it. The difference."),
            ),
            "wrongly given": share_column(
                say("wrongly given"),
                say("The false positive rate: of the other rows, the share that is predicted as it. The difference."),
            ),
            "given": share_column(
                say("given"),
                say("The selection rate: of all rows, the share that is predicted as it. 0 is demographic parity."),
            ),
            "ratio": st.column_config.NumberColumn(
                say("ratio"), format="%.2f", help=say("The lowest selection rate over the highest: 1 is parity.")
            ),
            "reading": st.column_config.Column(
                say("reading", "what a figure says"),
                help=say(
                    "Of the rates of found and wrongly given, corrected for the {n:,} classes (Holm). Groups with "
                    "fewer than {rows} rows for a rate are not compared.",
                    n=len(codes),
                    rows=MIN_RATE_ROWS,
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("How differently each class fares in the groups"),
    )
    box = "evaluation-group-class"
    st.session_state[box] = label if label in codes else None
    st.selectbox(
        say("Class"),
        codes,
        index=None,
        format_func=dataset.called,
        key=box,
        placeholder=say("Class"),
        label_visibility="collapsed",
        on_change=lambda: put({keys.CLASS: st.session_state[box]}),
        width=320,
    )
    one = next((one for one in each.classes if one.label == label), None)
    if one is None:
        return None
    name = dataset.called(one.label)
    rates = (
        ("found", one.found, say("Found, of **{name}**", name=plain(name))),
        ("wrongly-given", one.wrongly_given, say("Wrongly given, of all others: **{name}**", name=plain(name))),
    )
    for place, (key_of, rate, title) in zip(st.columns(2, gap="large"), rates, strict=True):
        with place:
            st.markdown(title)
            rate_chart(dataset, each.found.outcomes, rate, key_of, title.replace("*", ""), None, clickable=False)
    return one.label


def _said_of_class(one: ByClass) -> str:
    return say("too few rows to compare") if one.equalised_odds is None else reading(one.chance)


def _class_columns(classes: Sequence[ByClass]) -> dict[str, list[object]]:
    return {
        later("class"): [one.label for one in classes],
        later("equalised odds difference"): [one.equalised_odds for one in classes],
        later("equal opportunity difference"): [one.found.difference for one in classes],
        later("false positive rate difference"): [one.wrongly_given.difference for one in classes],
        later("demographic parity difference"): [one.given.difference for one in classes],
        later("demographic parity ratio"): [one.given.ratio for one in classes],
        later("p-value"): [one.p_value for one in classes],
    }

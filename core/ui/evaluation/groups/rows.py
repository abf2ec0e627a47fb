"""The wrong rows of a group, of a class in it, or of all."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.context import Context
from core.profile.by_group.predicted import Outcomes
from core.profile.records import Group
from core.records import PredictionFilter
from core.ui import keys
from core.ui.evaluation.choice import AnyShown, Shown
from core.ui.evaluation.row_list import counted, list_bar, list_of, narrowed, rows_table
from core.ui.evaluation.rows import among_of
from core.ui.parts.labels import attributes_said, group_said
from core.ui.parts.problems import plain
from core.ui.url import put
from core.words import say, say_n


def wrong_rows(
    context: Context, shown: AnyShown, outcome: Outcomes | None, chosen: Group | None, label: str | None
) -> None:
    """The wrong rows of the group and class that are chosen."""
    tools, listed = list_of(context, shown)
    wrong = PredictionFilter(shown.split, correct=False)
    where = narrowed(
        replace(wrong, true_label=label) if isinstance(shown, Shown) else replace(wrong, missed=label), listed
    )
    if chosen is not None and chosen.where is not None:
        where = replace(where, rows=replace(chosen.where, columns=(*chosen.where.columns, *where.rows.columns)))
    total = counted(context, shown, where)
    if total is None:
        return
    said = [] if label is None else [shown.dataset.called(label)]
    if chosen is not None and outcome is not None:
        name = attributes_said(shown.dataset, outcome.attribute)
        said.insert(0, f"{name}: {group_said(shown.dataset, outcome.column, chosen)}")
    rows = say("{rows} predicted wrong", rows=say_n("**{n:,} row**", "**{n:,} rows**", total))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        st.markdown(" · ".join((rows, *map(plain, said))), width="content")
        if chosen is not None or label is not None:
            st.button(
                say("All errors"),
                icon=":material/close:",
                type="tertiary",
                on_click=put,
                args=({keys.GROUP: None, keys.CLASS: None},),
            )
    list_bar(tools, listed, shown, where, total, None)
    which = [among_of(label, None)]
    if chosen is not None and outcome is not None:
        which.append(f"{outcome.attribute}: {chosen.name}")
    among = " · ".join(which)
    key = f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}"
    rows_table(context, shown, where, total, key, among=among)

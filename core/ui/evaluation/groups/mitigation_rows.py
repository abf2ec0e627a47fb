"""The rows that a model of reweighted rows judges otherwise than the one of the rows as they are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.errors import NotFoundError
from core.jobs.mitigation.spec import Arm
from core.services.evaluation.mitigation import Answer, changed_rows
from core.services.evaluation.mitigation_words import arm_title
from core.ui.evaluation.choice import AnyShown
from core.ui.lists.paging import paged, pages
from core.ui.lists.rows import picked_rows, show_row
from core.ui.modalities import line_of
from core.ui.parts.problems import plain
from core.words import say, say_n

PAGE = 10
LINE_CHARACTERS = 200


def mitigation_rows(context: Context, shown: AnyShown, answer: Answer, names: Sequence[str]) -> None:
    """A page of them, of one group or of all; the one that is picked stands whole beside it. `names` are those of the
    answer's groups."""
    arms: list[Arm] = [arm.arm for arm in answer.result.arms[1:]]
    titles = dict(zip([one.name for one in answer.result.groups], names, strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        arm = st.selectbox(
            say("Rows that are judged otherwise"), arms, format_func=arm_title, key="mitigation-arm", width=320
        )
        group = st.selectbox(
            say("Group"),
            list(titles),
            index=None,
            format_func=lambda one: titles[one],
            placeholder=say("all groups"),
            key="mitigation-group",
            width=260,
        )
    key = f"mitigation-rows-{hash((answer.job_id, arm, group)):x}"
    try:
        total, rows = paged(
            key,
            PAGE,
            lambda offset: changed_rows(context, shown.truth, answer, arm, group, offset, PAGE),
            lambda found: found[0],
        )
    except NotFoundError as error:
        st.caption(plain(str(error)))
        return
    if not total:
        st.caption(say("It judges every row as the model of the rows as they are does."))
        return
    st.caption(say_n("{n:,} row is judged otherwise.", "{n:,} rows are judged otherwise.", total))
    examples = [one.example for one in rows]
    table_key = f"{key}-table-{st.session_state.get(key, 1)}"
    picked = picked_rows(table_key, examples)
    places = st.columns([3, 2]) if picked else [st.container()]
    called = shown.dataset.called
    with places[0]:
        st.dataframe(
            {
                say("row"): [one.example_id for one in examples],
                say("label"): [None if one.label is None else called(one.label) for one in examples],
                say("as it is"): [called(one.before) for one in rows],
                arm_title(arm): [called(one.after) for one in rows],
                say("example"): [line_of(shown.dataset, one, LINE_CHARACTERS) for one in examples],
            },
            hide_index=True,
            height="content",
            key=table_key,
            on_select="rerun",
            selection_mode="single-row",
            alt=say("The rows that are judged otherwise"),
        )
        pages(key, PAGE, total)
    if picked:
        with places[1]:
            show_row(context, shown.dataset, picked[0], "mitigation", version=shown.truth)

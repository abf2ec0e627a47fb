"""What the workspace takes of its disk, counted beside the page when it is asked for; clearing what can be computed
again, by kind and age."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.room import give_reserve, keep_reserve, size_words
from core.services.space import KindSpace, Space, clear, space
from core.ui.parts.background import forget, result_of
from core.ui.parts.job_words import ago
from core.ui.parts.problems import plain, shown_errors

SHOWN, DAYS, SURE = "space-shown", "space-days", "space-sure"
COUNTED = "space"
OLD_DAYS = 30


def space_panel(context: Context) -> None:
    """The panel, which counts nothing until it is opened."""
    if not st.toggle("Space on the disk", key=SHOWN, help="What takes room, and what of it can be computed again."):
        return
    found = result_of(context, COUNTED, lambda: space(context.workspace), waiting="Counting the workspace's files")
    if found is not None:
        with st.container(border=True, gap="small", key="space"):
            _counted(context, found)
            _clear(context, found)


def _counted(context: Context, found: Space) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        size, again = plain(size_words(found.size)), plain(size_words(found.again))
        st.markdown(f"**{size}**, of which {again} can be computed again", width="content")
        when = ago(found.counted_at, datetime.now(UTC))
        st.caption(plain(f"{size_words(found.free)} free on this disk · counted {when}"), width="content")
        st.space("stretch")
        st.button("Count again", key="space-again", type="tertiary", on_click=forget, args=(context, COUNTED))
    lines = [
        {
            "What": one.kind.title,
            "Size": size_words(one.size),
            "Count": len(one.items),
            "Can be computed again": one.kind.again,
            "About": one.kind.about,
        }
        for one in sorted(found.kinds, key=lambda one: -one.size)
        if one.size
    ]
    st.dataframe(lines, hide_index=True)


def _clear(context: Context, found: Space) -> None:
    """Chosen by kind and age, with how many and how much; cleared once somebody has said that they are sure."""
    choices = {one.kind.title: one for one in found.kinds if one.kind.again and one.items}
    if not choices:
        st.caption("There is nothing that can be computed again.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choices[st.selectbox("Clear", list(choices), key="space-kind", width=220)]
        days = st.number_input("Unchanged for days", 0, 3650, OLD_DAYS, key=DAYS, width=180)
        items = chosen.older_than(days)
        said = f"{len(items):,} of {len(chosen.items):,}, {size_words(sum(item.size for item in items))}"
        key = f"{SURE}-{chosen.kind.name}-{days}"  # sure of this choice and of no other
        sure = st.checkbox(plain(f"Yes, clear {said}"), key=key, disabled=not items, help=chosen.kind.about)
        if st.button("Clear", key="space-clear", icon=":material/mop:", disabled=not (sure and items)):
            with shown_errors():
                _cleared(context, chosen, days, key)


def _cleared(context: Context, chosen: KindSpace, days: float, key: str) -> None:
    give_reserve(context.workspace.root)
    done = clear(context.workspace, context.queue, chosen.kind.name, days)
    keep_reserve(context.workspace.root)
    forget(context, COUNTED)
    del st.session_state[key]
    st.toast(plain(f"Cleared {size_words(done.size)} of {done.kind}."))
    st.rerun()

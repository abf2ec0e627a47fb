"""What the workspace takes of its disk, counted beside the page when it is asked for; clearing it by kind and age."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.room import give_reserve, keep_reserve, size_words
from core.services.space import TRASH, Item, Kind, KindSpace, Space, clear, space
from core.services.trash import empty
from core.store.datasets import list_datasets, trashed_at
from core.ui.parts.background import forget, result_of
from core.ui.parts.job_words import ago
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link

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
            "Cleared": "here" if one.kind.clearable else "with its run" if one.kind.by else "never",
            "About": one.kind.about,
        }
        for one in sorted(found.kinds, key=lambda one: -one.size)
        if one.size
    ]
    st.dataframe(lines, hide_index=True)


def _clear(context: Context, found: Space) -> None:
    """Chosen by kind and age, with how many and how much; cleared once somebody has said that they are sure."""
    trash = _trash(context)
    kinds = [one for one in (*found.kinds, trash) if one.items and (one.kind.clearable or one is trash)]
    if not kinds:
        st.caption("There is nothing to clear.")
        return
    choices = {one.kind.title: one for one in kinds}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choices[st.selectbox("Clear", list(choices), key="space-kind", width=220)]
        days = st.number_input("Unchanged for days", 0, 3650, OLD_DAYS, key=DAYS, width=180)
        items = chosen.older_than(days)
        said = f"{len(items):,} of {len(chosen.items):,}"
        if chosen is not trash:
            said += f", {size_words(sum(item.size for item in items))}"
        key = f"{SURE}-{chosen.kind.name}-{days}"  # sure of this choice and of no other
        yes = "Yes, clear" if chosen.kind.again else "Yes, give up"
        sure = st.checkbox(plain(f"{yes} {said}"), key=key, disabled=not items, help=chosen.kind.about)
        if st.button("Clear", key="space-clear", icon=":material/mop:", disabled=not (sure and items)):
            with shown_errors():
                _cleared(context, chosen, days, key)
    if items and not chosen.kind.again:
        st.caption(":material/warning: This cannot be computed again, and nothing brings it back.")
    if any(one.kind.by and one.items for one in found.kinds):
        link(
            "training", "Models go with their runs: delete a run on the page Training", icon=":material/model_training:"
        )


def _trash(context: Context) -> KindSpace:
    """Datasets in the trash, by when they came there; how much of the database is theirs nobody can tell."""
    times = (trashed_at(context.store, one.dataset_id) for one in list_datasets(context.store, "trashed"))
    kind = Kind(
        TRASH, "Trash", "Its datasets, their decisions and runs are deleted for good.", lambda workspace: iter(())
    )
    return KindSpace(kind, tuple(Item((), 0, when.timestamp()) for when in times if when))


def _cleared(context: Context, chosen: KindSpace, days: float, key: str) -> None:
    if chosen.kind.name == TRASH:
        toast = f"{len(empty(context, days)):,} datasets are deleted for good."
    else:
        give_reserve(context.workspace.root)
        done = clear(context.workspace, context.queue, chosen.kind.name, days, sure=True)
        keep_reserve(context.workspace.root)
        toast = f"Cleared {size_words(done.size)} of {done.kind}."
    forget(context, COUNTED)
    del st.session_state[key]
    st.toast(plain(toast))
    st.rerun()

"""What the workspace takes of its disk, counted beside the page when it is asked for; clearing it by kind and age."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.context import Context
from core.room import give_reserve, keep_reserve, size_words
from core.services.trash import empty
from core.services.upkeep.space import TRASH, Item, Kind, KindSpace, Space, clear, space
from core.store.datasets import list_datasets, trashed_at
from core.ui.parts.background import forget, result_of
from core.ui.parts.job_words import ago
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link
from core.words import later, say

SHOWN, DAYS, SURE = "space-shown", "space-days", "space-sure"
COUNTED = "space"
OLD_DAYS = 30


def space_panel(context: Context) -> None:
    """The panel, which counts nothing until it is opened."""
    if not st.toggle(
        say("Space on the disk"), key=SHOWN, help=say("What takes room, and what of it can be computed again.")
    ):
        return
    found = result_of(
        context, COUNTED, lambda: space(context.workspace), waiting=later("Counting the workspace's files")
    )
    if found is not None:
        with st.container(border=True, gap="small", key="space"):
            _counted(context, found)
            _clear(context, found)


def _counted(context: Context, found: Space) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        size, again = plain(size_words(found.size)), plain(size_words(found.again))
        st.markdown(say("**{size}**, of which {again} can be computed again", size=size, again=again), width="content")
        when = ago(found.counted_at, datetime.now(UTC))
        free = say("{size} free on this disk · counted {when}", size=size_words(found.free), when=when)
        st.caption(plain(free), width="content")
        st.space("stretch")
        st.button(say("Count again"), key="space-again", type="tertiary", on_click=forget, args=(context, COUNTED))
    lines = [
        {
            "what": say(one.kind.title),
            "size": one.size,
            "cleared": say("here") if one.kind.clearable else say("with its run") if one.kind.by else say("never"),
            "again": say("yes") if one.kind.again else say("no"),
            "count": len(one.items),
            "about": say(one.kind.about),
        }
        for one in sorted(found.kinds, key=lambda one: -one.size)
        if one.size
    ]
    columns = {
        "what": st.column_config.TextColumn(say("What"), pinned=True),
        "size": st.column_config.NumberColumn(say("Size"), format="bytes", width=90),
        "cleared": st.column_config.TextColumn(say("Cleared"), width=110),
        "again": st.column_config.TextColumn(say("Can be computed again"), width=160),
        "count": st.column_config.NumberColumn(say("Count"), width=70),
        "about": st.column_config.TextColumn(say("About"), width="large"),
    }
    st.dataframe(
        lines, hide_index=True, column_config=columns, alt=say("What takes room, and what of it can be computed again.")
    )


def _clear(context: Context, found: Space) -> None:
    """Chosen by kind and age, with how many and how much; cleared once somebody has said that they are sure."""
    trash = _trash(context)
    kinds = [one for one in (*found.kinds, trash) if one.items and (one.kind.clearable or one is trash)]
    if not kinds:
        st.caption(say("There is nothing to clear."))
        return
    choices = {one.kind.name: one for one in kinds}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            say("Clear"),
            list(choices),
            format_func=lambda one: say(choices[one].kind.title),
            key="space-kind",
            width=220,
        )
        chosen = choices[name]
        days = st.number_input(say("Unchanged for days"), 0, 3650, OLD_DAYS, key=DAYS, width=180)
        items = chosen.older_than(days)
        said = say("{n:,} of {all:,}", n=len(items), all=len(chosen.items))
        if chosen is not trash:
            said += f", {size_words(sum(item.size for item in items))}"
        key = f"{SURE}-{chosen.kind.name}-{days}"  # sure of this choice and of no other
        yes = later("Yes, clear {what}") if chosen.kind.again else later("Yes, give up {what}")
        sure = st.checkbox(plain(say(yes, what=said)), key=key, disabled=not items, help=say(chosen.kind.about))
        if st.button(say("Clear"), key="space-clear", icon=":material/mop:", disabled=not (sure and items)):
            with shown_errors():
                _cleared(context, chosen, days, key)
    if items and not chosen.kind.again:
        st.caption(f":material/warning: {say('This cannot be computed again, and nothing brings it back.')}")
    if any(one.kind.by and one.items for one in found.kinds):
        with st.container(gap="xxsmall"):
            st.caption(say("Models go with their runs: delete a run on the page Train"))
            link("training", say("Train"), icon=":material/model_training:")


def _trash(context: Context) -> KindSpace:
    """Datasets in the trash, by when they came there; how much of the database is theirs nobody can tell."""
    times = (trashed_at(context.store, one.dataset_id) for one in list_datasets(context.store, "trashed"))
    kind = Kind(
        TRASH,
        later("Trash"),
        later("Its datasets, their decisions and runs are deleted for good."),
        lambda workspace: iter(()),
    )
    return KindSpace(kind, tuple(Item((), 0, when.timestamp()) for when in times if when))


def _cleared(context: Context, chosen: KindSpace, days: float, key: str) -> None:
    if chosen.kind.name == TRASH:
        toast = say("{n:,} datasets are deleted for good.", n=len(empty(context, days)))
    else:
        give_reserve(context.workspace.root)
        done = clear(context.workspace, context.queue, chosen.kind.name, days, sure=True)
        keep_reserve(context.workspace.root)
        toast = say("Cleared {size} of {kind}.", size=size_words(done.size), kind=say(chosen.kind.title))
    forget(context, COUNTED)
    del st.session_state[key]
    st.toast(plain(toast))
    st.rerun()

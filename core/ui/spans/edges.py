"""Words at the edges of entities: in some of them, just outside of others."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.profile.edges import Edge, Side
from core.records import Dataset, Version
from core.ui.profile.parts import heading, numbers
from core.words import later, say

KEY = "edges"
SIDES: dict[Side, str] = {"first": later("at the beginning"), "last": later("at the end")}


def edges_list(dataset: Dataset, version: Version, found: Sequence[Edge]) -> None:
    """Each word with both counts, the most divided first."""
    columns: dict[str, Sequence[object]] = {
        later("word"): [one.word for one in found],
        later("where"): [say(SIDES[one.side]) for one in found],
        later("part of the entity"): [one.within for one in found],
        later("just outside"): [one.beside for one in found],
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(
            say("Words at the edge of entities"),
            say("part of some entities and just outside of others, the most divided first") if found else "",
        )
        st.space("stretch")
        if found:
            numbers(dataset, version, later("edges"), columns, key=KEY)
    if not found:
        st.caption(say("No word is part of an entity at its edge in one place and just outside of one in another."))
        return
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "word": st.column_config.TextColumn(say("word")),
            "where": st.column_config.TextColumn(say("where")),
            "part of the entity": st.column_config.NumberColumn(
                say("part of the entity"),
                format="localized",
                help=say("How many entities of several words begin or end with it."),
            ),
            "just outside": st.column_config.NumberColumn(
                say("just outside"),
                format="localized",
                help=say("How many entities it stands directly before or behind, without being in one."),
            ),
        },
        height="content" if len(found) <= 8 else 320,
        key=f"{KEY}-list",
        alt=say("Words at the edge of entities"),
    )
    st.caption(
        say(
            "Say in the guidelines of the types whether such words belong to an entity; those entities that you would "
            "change are in the list above, with a shorter one or in a longer one."
        )
    )

"""The boxes that cross an attribute with others, so that their groups are combined."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.records import Attribute, Dataset
from core.services.profile.figures import attribute_of
from core.ui import keys
from core.ui.url import optional_from_url, optional_to_url
from core.words import say


def crossed_with(dataset: Dataset, names: Mapping[str, str], column: str) -> tuple[Attribute, ...]:
    """The attribute of that column and those, of `names` by column, that were chosen beside it; in the URL."""
    columns = [column]
    with st.container(horizontal=True, gap="small"):
        for key in (keys.CROSSED, keys.CROSSED_TOO):
            others = [one for one in names if one not in columns]
            if not others:
                break
            optional_from_url(key, others)
            chosen = st.selectbox(
                say("Crossed with"),
                others,
                index=None,
                format_func=lambda one: names[one],
                key=key,
                placeholder=say("Crossed with"),
                label_visibility="collapsed",
                icon=":material/close:",
                on_change=optional_to_url,
                args=(key,),
                width=230,
            )
            if chosen is None:
                break
            columns.append(chosen)
    return tuple(attribute_of(dataset, one) for one in columns)

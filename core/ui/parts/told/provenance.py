"""Where a masked dataset comes from and which masked copies a dataset has, each a click away."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Context
from core.records import Dataset, MaskedCopy
from core.services.privacy.copies import copies_of, copy_of, how_words, named
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.words import say


def provenance(context: Context, dataset: Dataset, page: str, *, links: bool = True) -> None:
    """Lines of both; nothing where it is neither. Links lead to the same `page`."""
    origin = copy_of(context, dataset)
    if origin is not None:
        of = named(context, origin.of_dataset)
        about = {"name": plain(of.name if of else origin.of_name), "n": origin.of_number}
        said = say("Masked copy of {name}, version {n}", **about)
        _line(origin, said, page, of if links else None, origin.of_number)
    for one, made in copies_of(context, dataset) if links else ():
        said = say("Masked copy of version {n}: {name}", n=one.of_number, name=plain(made.name))
        _line(one, said, page, made)


def _line(copy: MaskedCopy, said: str, page: str, to: Dataset | None, number: int | None = None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if to is None:
            st.caption(f":material/visibility_off: {said}", width="content")
        else:
            view = {"data": "rows"}.get(page, "versions")
            query: dict[str, Any] = {} if page == "story" else {"version": number, "view": view}
            icon, place = ":material/visibility_off:", copy.dataset_id
            link(page, said, icon=icon, place=place, dataset=to.name, **query)
        about = {"how": plain(how_words(copy)), "by": plain(copy.by), "at": copy.at}
        st.caption(say("{how} · by {by}, {at:%d %b %Y}", **about), width="content")

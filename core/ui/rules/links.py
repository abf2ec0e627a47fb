"""A number of a rule that opens the rows behind it."""

from __future__ import annotations

import streamlit as st

from core.records import Dataset, Version
from core.services.lists.written import write_filters
from core.ui.shell.pages import link


def rows_link(dataset: Dataset, version: Version, said: str, rows: int, place: str, *where: str) -> None:
    """The words, which open the rows that these filters keep; plain where there is none."""
    if not rows:
        st.caption(said, width="content")
        return
    with st.container(key=f"rules-open-{place}-{abs(hash(where)):x}", width="content"):
        link(
            "data",
            f":small[{said}]",
            place=place,
            dataset=dataset.name,
            version=version.number,
            view="rows",
            where=write_filters(where),
        )

"""A list that has become shorter shows its last page, never an empty one."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from core.ui.lists.paging import paged, pages

    rows = list(range(st.session_state["rows"]))
    found = paged("page", 10, lambda offset: (len(rows), rows[offset : offset + 10]), lambda page: page[0])
    st.text(f"{found[1]}")
    pages("page", 10, found[0])
    st.caption(str(st.session_state.get("page")))


@pytest.mark.parametrize(
    ("rows", "shown", "number"),
    [(25, "[20, 21, 22, 23, 24]", "3"), (20, f"{list(range(10, 20))}", "2"), (4, "[0, 1, 2, 3]", "1"), (0, "[]", "1")],
)
def test_a_page_beyond_the_end_is_the_last_one(rows: int, shown: str, number: str) -> None:
    page = AppTest.from_function(_script)
    page.session_state["rows"] = 25
    page.session_state["page"] = 3
    assert page.run().text[0].value == "[20, 21, 22, 23, 24]"
    page.session_state["rows"] = rows
    page.run()
    assert not page.exception
    assert page.text[0].value == shown
    assert page.caption[0].value == number

"""Lists that are read a page at a time and may become shorter while somebody looks at their last page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

T = TypeVar("T")

WHOLE_HEADER: Literal["single-column"] = "single-column"
"""A selection mode that makes a header choose its column: without it, a click on one sorts the page that is drawn,
which looks like a sort of the whole list."""


def one_page(key: str) -> DeltaGenerator:
    """Where the table with the page that is drawn stands. What a table offers by itself, a search, and in the menu of a
    header a sort and statistics, is of that page alone, though it looks like the whole list's: `shell.css` leaves it
    out."""
    return st.container(key=f"list-page-{key}")


def paged(key: str, size: int, read: Callable[[int], T], total: Callable[[T], int]) -> T:
    """What `read` gives at the offset of the page that `pages` is on under the same key.

    Where the list has become shorter than that, its last page. `total` tells how long the list is.
    """
    number = max(1, int(st.session_state.get(key, 1)))
    found = read((number - 1) * size)
    last = max(1, -(-total(found) // size))
    if number <= last:
        return found
    st.session_state[key] = last
    return read((last - 1) * size)


def pages(key: str, size: int, total: int) -> None:
    """The page numbers beneath a list, where it has more than one page."""
    if total > size:
        st.pagination(-(-total // size), key=key)

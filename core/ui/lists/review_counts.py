"""How far a review is, beside its other figures."""

from __future__ import annotations

import streamlit as st

from core.records import ReviewCounts

STANDS = "A verdict of an earlier version stands until the row's label changes or somebody decides otherwise."


def settled_before(review: ReviewCounts) -> None:
    """How many flagged rows an earlier version's verdict has settled; nothing where there is none."""
    if review.settled_before:
        st.caption(f"{review.settled_before:,} decided before", help=STANDS, width="content")

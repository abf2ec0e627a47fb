"""How far a review is, beside its other figures."""

from __future__ import annotations

import streamlit as st

from core.records import ReviewCounts
from core.words import later, say

STANDS = later("A verdict of an earlier version stands until the row's label changes or somebody decides otherwise.")


def settled_before(review: ReviewCounts) -> None:
    """How many flagged rows an earlier version's verdict has settled; nothing where there is none."""
    if review.settled_before:
        st.caption(say("{n:,} decided before", n=review.settled_before), help=say(STANDS), width="content")

"""How far a review is, beside its other figures."""

from __future__ import annotations

import streamlit as st

from core.records import Dataset, ReviewCounts
from core.services.lists.asked import FILTERS
from core.ui import keys
from core.ui.shell.pages import count
from core.words import later, say

VERDICTS = {keys.VIEW: "decisions", keys.LOG_EACH: "true", f"decisions_{FILTERS}": "verdict = true"}
"""What a link to the list of decisions asks for that is to have what verdicts are counted of, row by row."""
STANDS = later("A verdict of an earlier version stands until the row's label changes or somebody decides otherwise.")


def decided(dataset: Dataset, version: int, review: ReviewCounts) -> None:
    """How many rows of a version have a verdict, which opens them; and those of earlier versions."""
    here: dict[str, str | int] = {"dataset": dataset.name, "version": version, keys.LOG_VERSION: version}
    count(review.verdicts, later("{n:,} decided"), "review", **here, **VERDICTS)
    settled_before(review)


def settled_before(review: ReviewCounts) -> None:
    """How many flagged rows an earlier version's verdict has settled; nothing where there is none."""
    if review.settled_before:
        st.caption(say("{n:,} decided before", n=review.settled_before), help=say(STANDS), width="content")

"""Pairs of classes that a model hardly tells apart, each with a link that fills in their merge."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from core.evaluation.confusion import Overlap
from core.records import Dataset
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.words import say


def overlaps_told(dataset: Dataset, found: Sequence[Overlap]) -> None:
    """A sentence for each; its classes are as people call them."""
    for place, one in enumerate(found):
        st.caption(
            ":material/join_inner: "
            + say(
                "**{first}** and **{second}** are hardly told apart: of their {n:,} rows that are predicted as one of "
                "the two, {right:.0%} of each on average are right, where a coin has 50 %. If they mean the same, "
                "merge them; else say in their guidelines what sets them apart.",
                first=plain(one.first),
                second=plain(one.second),
                n=one.rows,
                right=one.right.estimate,
            )
        )
        if not reading():
            both = json.dumps([dataset.coded(one.first), dataset.coded(one.second)], ensure_ascii=False)
            link(
                "data",
                say("Merge {first} and {second}…", first=plain(one.first), second=plain(one.second)),
                icon=":material/merge:",
                place=f"overlap-{place}-",
                dataset=dataset.name,
                view="classes",
                merge=both,
            )

"""The Balance view where a label is several classes: how many a row has, which occur together, the commonest labels."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.charts.bars import bars
from core.charts.together import pairs_of, together
from core.profile.records import LabelSets
from core.records import Dataset, RowFilter, Version
from core.tasks import target_of
from core.ui.parts.problems import plain
from core.ui.profile.parts import Opened, chart, chosen, heading, numbers
from core.words import later, say

VIEW = "classes"
"""That of the bars of classes: a choice here lifts the one there."""
HELP = {
    later("Classes per row"): later(
        "Label cardinality: how many classes a row has on average. The shares of the classes are shares "
        "of rows and sum to it."
    ),
    later("Rows of none"): later("Rows to which no class applies, which is a label too."),
    later("Different labels"): later("Different sets of classes."),
}


def figures_of(sets: LabelSets) -> Mapping[str, str]:
    """Their figures, by name."""
    return {
        "Classes per row": f"{sets.cardinality:.2f}",
        "Rows of none": f"{sets.none:,}",
        "Different labels": f"{sets.distinct:,}",
    }


def label_sets_view(dataset: Dataset, version: Version, sets: LabelSets) -> Opened | None:
    """Pairs of classes on the left, whole labels on the right; the rows of the one that is chosen."""
    left, right = st.columns([6, 5], gap="large")
    with left:
        pair = _together(dataset, version, sets)
    with right:
        label = _commonest(dataset, version, sets)
    return pair or label


def _together(dataset: Dataset, version: Version, sets: LabelSets) -> Opened | None:
    pairs = pairs_of(sets.together)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        drawn = len(sets.labels)
        remark = say("rows with both") if drawn == len(dataset.labels) else say("the {n} largest classes", n=drawn)
        heading(say("Together"), remark)
        st.space("stretch")
        numbers(dataset, version, later("together"), _columns(sets), key=f"{VIEW}-pair")
    if not pairs:
        st.caption(say("No row has two classes."))
        return None
    kept = chosen(VIEW, "pair")
    place = chart(
        dataset,
        together(sets.labels, sets.together, pairs[kept] if kept in range(len(pairs)) else None),
        VIEW,
        "pair",
        list(range(len(pairs))),
        alt=say("Rows that have both classes of each pair; the numbers behind it say the same"),
        label=say("Open the rows of two classes"),
        shown=lambda place: _both(*(sets.labels[one] for one in pairs[place])),
        width="content",
    )
    st.caption(say("Grey: all rows of the class. A click on a cell opens the rows that have both."))
    if place is None:
        return None
    one, other = (sets.labels[side] for side in pairs[place])
    return Opened(RowFilter(label=dataset.coded(one), also=dataset.coded(other)), lambda: _both(one, other))


def _both(one: str, other: str) -> str:
    return say("{one} and {other}", one=one, other=other)


def _commonest(dataset: Dataset, version: Version, sets: LabelSets) -> Opened | None:
    words = target_of(dataset).words
    names, counts = [words(label) for label, _ in sets.commonest], [count for _, count in sets.commonest]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        remark = say("{n:,} of {all:,}, rows with exactly these classes", n=len(names), all=sets.distinct)
        heading(say("Commonest labels"), remark)
        st.space("stretch")
        numbers(dataset, version, later("labels"), {later("label"): names, later("rows"): counts}, key=f"{VIEW}-set")
    if not names:
        return None
    kept = chosen(VIEW, "set")
    place = chart(
        dataset,
        bars(names, counts, sets.rows, selected=kept if kept in range(len(names)) else None),
        VIEW,
        "set",
        list(range(len(names))),
        alt=say("The commonest labels: rows with exactly these classes; most often {label}", label=names[0]),
        label=say("Open the rows of a label"),
        shown=lambda place: names[place],
    )
    if place is None:
        return None
    exactly = RowFilter(exactly=sets.commonest[place][0])
    return Opened(exactly, lambda: say("exactly {label}", label=plain(names[place])))


def _columns(sets: LabelSets) -> dict[str, list[object]]:
    pairs = pairs_of(sets.together)
    return {
        later("class"): [sets.labels[one] for one, _ in pairs],
        later("other class"): [sets.labels[other] for _, other in pairs],
        later("rows with both"): [int(sets.together[pair]) for pair in pairs],
        later("share of the class"): [
            round(int(sets.together[pair]) / int(sets.together[pair[0], pair[0]]), 6) for pair in pairs
        ],
        later("share of the other"): [
            round(int(sets.together[pair]) / int(sets.together[pair[1], pair[1]]), 6) for pair in pairs
        ],
    }

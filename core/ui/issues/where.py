"""Where the wrong labels are: the given × suggested matrix and the noise per class. A click narrows the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.charts.matrix import MAX_CLASSES, NUMBERED_CLASSES, matrix
from core.records import Dataset, Version
from core.services.issues.listing import MAX_PAIRS, Findings, PairRows, overlaps_of
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.issues.changes import class_changes
from core.ui.issues.numbers import numbers
from core.ui.lists.issue_filter import ALL, FLAGGED, choose, chosen_pair
from core.ui.parts.cells import clicked_cell
from core.ui.parts.labels import target_of
from core.ui.parts.problems import plain
from core.ui.parts.told.overlaps import overlaps_told
from core.words import say

SHOWN_CLASSES = 9
"""A longer table of classes scrolls."""


def says_where(found: Findings) -> bool:
    """Whether the type that is listed says anything of classes."""
    return "classes" in found.about


def where_they_are(dataset: Dataset, version: Version, found: Findings) -> None:
    """The matrix beside the noise per class, or what is missing and extra of each; a click on either narrows the list
    beneath."""
    classes = len(dataset.labels)
    if target_of(dataset).several:
        class_changes(dataset, version, found)
        return
    flagged = [pair for pair in found.pairs if pair.flagged]
    with st.container(horizontal=True, gap="large"):
        if classes <= MAX_CLASSES:
            with st.container(width="content"):
                _matrix(dataset, flagged)
        with st.container(width="stretch"):
            _classes(dataset, found)
            if classes > NUMBERED_CLASSES:
                _pair_list(dataset, flagged[:MAX_PAIRS])
            overlaps_told(dataset, overlaps_of(found.scan, dataset.called))
            if st.button(say("As tables"), icon=":material/table:", type="tertiary", key="issue-numbers"):
                numbers(dataset, version, found)


def _matrix(dataset: Dataset, flagged: Sequence[PairRows]) -> None:
    st.markdown(say("**Given label** (rows) × **what it looks like** (columns)"), width="content")
    if not flagged:
        st.caption(say("No flagged row looks like another class."))
        return
    called, pair = dataset.called, chosen_pair()
    cells = [(called(one.given), called(one.suggested), one.flagged) for one in flagged]
    names = [called(code) for code in dataset.labels]
    most, looks_like, _ = cells[0]
    chart_with_files(
        matrix(cells, names, None if pair is None else (called(pair[0]), called(pair[1]))),
        width="content",
        key="issue-matrix",
        dataset=dataset.name,
        name="given-and-suggested-labels",
        columns=dict(zip(("given", "looks like", "rows"), zip(*cells, strict=True), strict=True)),
        on_select=lambda: _cell_clicked(dataset),
        alt=say(
            "Flagged rows by given and suggested label; most are {most} that look like {other}",
            most=most,
            other=looks_like,
        ),
    )


def _cell_clicked(dataset: Dataset) -> None:
    """A click on a cell narrows to its pair; a click on the chosen cell lifts that again."""
    points = st.session_state["issue-matrix"]["selection"]["points"]
    cell = next((point["customdata"] for point in points if point.get("customdata")), None)
    if cell is None:
        return
    pair = (dataset.coded(str(cell[0])), dataset.coded(str(cell[1])))
    choose(*((None, None) if pair == chosen_pair() else pair))


def _pair_list(dataset: Dataset, flagged: Sequence[PairRows]) -> None:
    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            choose(flagged[cell[0]].given, flagged[cell[0]].suggested)

    key = _fresh("issue-pairs")
    st.markdown(f"**{say('Most frequent pairs')}**")
    st.dataframe(
        {
            "rows": [pair.flagged for pair in flagged],
            "given": [dataset.called(pair.given) for pair in flagged],
            "looks like": [dataset.called(pair.suggested) for pair in flagged],
        },
        hide_index=True,
        column_config={"rows": say("rows"), "given": say("given"), "looks like": say("looks like")},
        height="content" if len(flagged) <= SHOWN_CLASSES else 330,
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Most frequent pairs of given and suggested label"),
    )


def _fresh(name: str) -> str:
    """A key that changes with the chosen pair: a table that was clicked is ready for the next click."""
    return f"{name}-{hash((st.session_state.get(keys.GIVEN), chosen_pair())):x}"


def _classes(dataset: Dataset, found: Findings) -> None:
    flagged = Counter[str]()
    for pair in found.pairs:
        flagged[pair.given] += pair.flagged
    counted = [{**one, "flagged": flagged[one["label"]]} for one in found.about["classes"]]
    classes = sorted(counted, key=lambda one: -float(one["noise"] or 0))
    few = [dataset.called(str(one["label"])) for one in classes if one.get("noise") is None]

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            choose(given=str(classes[cell[0]]["label"]), show=ALL if cell[1] == "rows" else FLAGGED)

    key = _fresh("issue-classes")
    st.markdown(f"**{say('Noise per class')}**")
    st.dataframe(
        _class_columns(dataset, classes),
        hide_index=True,
        height="content" if len(classes) <= SHOWN_CLASSES else 330,
        column_config={
            "given": say("given"),
            "wrong": st.column_config.ProgressColumn(
                say("wrong"),
                format="percent",
                min_value=0.0,
                max_value=1.0,
                help=say("Estimated share of wrong labels"),
            ),
            "95 % interval": st.column_config.TextColumn(
                say("95 % interval"), help=say("Of the share of wrong labels")
            ),
            "flagged": say("flagged"),
            "rows": say("rows"),
            "usual": st.column_config.NumberColumn(
                say("typical"),
                format="%.2f",
                help=say(
                    "How sure the model is of this class on rows that carry it, on average, from 0 to 1: the "
                    "threshold of confident learning. A low one means that the class is hard to tell."
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Estimated share of wrong labels per class"),
    )
    if few and not found.about.get("untold"):
        st.caption(say("Too few rows to say: {names}", names=plain(", ".join(few[:20]))))


def _class_columns(dataset: Dataset, classes: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = {"given": "label", "wrong": "noise", "flagged": "flagged", "rows": "support", "usual": "threshold"}
    columns = {shown: [one[name] for one in classes] for shown, name in names.items()}
    intervals = [_interval(one) for one in classes]
    given = [dataset.called(str(code)) for code in columns.pop("given")]
    return {"given": given, "wrong": columns.pop("wrong"), "95 % interval": intervals} | columns


def _interval(one: Mapping[str, Any]) -> str:
    low, high = one.get("noise_low"), one.get("noise_high")
    return "–" if low is None or high is None else f"{low:.0%} – {high:.0%}"

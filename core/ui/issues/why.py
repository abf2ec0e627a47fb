"""One row of the ranked list, whole, and why it stands there: both labels' probabilities and the nearest rows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.issues.contract import IssueType
from core.records import Scan
from core.review.records import ReviewItem
from core.services.issues.listing import explain
from core.tasks import task_named
from core.ui.issues.groups import keep_one_of_group
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.problems import plain
from core.ui.shell.frame import Frame

CELL_CHARACTERS = 160


def explanation(frame: Frame, scan: Scan, kind: IssueType[Any], row_id: int) -> None:
    """Draws the row, the reason for its score, what speaks for and against its label, and the rows beside it."""
    item = explain(frame.context, scan, row_id, kind.name)
    with st.container(border=True, key="issue-why"):
        _heading(item)
        drawing_of(frame.dataset).beside(frame.context, item.example)
        st.caption(plain(item.why))
        keep_one_of_group(frame, scan, kind.name, item)
        if item.issue.suggested_label is not None:
            _evidence(item, item.issue.suggested_label)
        _neighbours(frame, item)


def _heading(item: ReviewItem) -> None:
    issue, example = item.issue, item.example
    place = [f"row {example.row_id}", example.source_id, example.split, f"score {issue.score:.3f}"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        suggested = issue.suggested_label
        looks_like = "" if suggested is None else f" :material/arrow_forward: :blue-badge[{plain(suggested)}]"
        st.markdown(f":gray-badge[{plain(issue.given_label)}]{looks_like}", width="content")
        st.space("stretch")
        st.caption(" · ".join(plain(str(part)) for part in place if part), width="content")


def _evidence(item: ReviewItem, suggested: str) -> None:
    """The given label, the suggested one and whatever else is likely, against the thresholds that are known."""
    issue = item.issue
    thresholds = {
        issue.given_label: issue.why.get("given_threshold"),
        suggested: issue.why.get("suggested_threshold"),
    }
    first = list(dict.fromkeys((issue.given_label, suggested)))
    shares = dict(item.probabilities)
    columns = {"label": first, "probability": [shares.get(label) for label in first]}
    if any(thresholds.values()):
        columns["usual"] = [thresholds[label] for label in first]
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "probability": st.column_config.ProgressColumn(
                "probability here",
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help="From a model that has not seen the row",
            ),
            "usual": st.column_config.ProgressColumn(
                "class threshold",
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help="Mean probability of the label over the rows that carry it",
            ),
        },
        alt="Probability of both labels and the thresholds of their classes",
    )


def _neighbours(frame: Frame, item: ReviewItem) -> None:
    if not item.neighbours:
        return
    near = [neighbour.example for neighbour in item.neighbours]
    columns: dict[str, list[object]] = {"close": [neighbour.similarity for neighbour in item.neighbours]}
    drawing = drawing_of(frame.dataset)
    if drawing.cell:
        columns[drawing.cell] = drawing.cells(frame.context, near)
    columns["label"] = [one.label for one in near]
    columns["example"] = [line_of(frame.dataset, one, CELL_CHARACTERS) for one in near]
    st.dataframe(
        columns,
        hide_index=True,
        row_height=task_named(frame.dataset.task).modality.row_height,
        column_config={
            "close": st.column_config.NumberColumn(
                "similarity", format="%.2f", width=72, help="Cosine, 1 is identical"
            ),
            **({drawing.cell: drawing.column(64)} if drawing.cell else {}),
            "example": st.column_config.TextColumn("nearest rows", width="large"),
        },
        alt="The nearest rows and their labels",
    )

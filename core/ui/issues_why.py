"""One row of the ranked list, whole, and why it stands there: both labels' probabilities and the nearest rows."""

from __future__ import annotations

import streamlit as st

from core.records import Example, Scan
from core.ui.frame import Frame
from core.ui.problems import plain
from core.ui.rows import data_url
from core.workflow.issues import Explanation, LabelEvidence, explain
from core.workflow.media import original, thumbnail

TEXT_PIXELS = 190
"""A longer text scrolls inside its box, so that the reasons stay in sight."""
CELL_CHARACTERS = 160


def explanation(frame: Frame, scan: Scan, row_id: int) -> None:
    """Draws the row, what speaks for and against its label, and its neighbours."""
    why = explain(frame.context, scan, row_id)
    with st.container(border=True, key="issue-why"):
        _heading(why)
        _example(frame, why.line.example)
        st.markdown(_in_words(why))
        _evidence((why.given, why.suggested))
        _neighbours(frame, why)


def _heading(why: Explanation) -> None:
    issue, example = why.line.issue, why.line.example
    place = [f"row {example.row_id}", example.source_id, example.split, f"score {issue.score:.3f}"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(issue.given_label, color="gray")
        st.markdown(":material/arrow_forward:", width="content")
        st.badge(issue.suggested_label, color="blue")
        st.space("stretch")
        st.caption(" · ".join(plain(str(part)) for part in place if part), width="content")


def _example(frame: Frame, example: Example) -> None:
    if example.media_id is not None:
        image, _ = original(frame.context, example.media_id)
        st.image(image, width=160, alt=example.text or f"row {example.row_id}")
        return
    text = example.text or ""
    with st.container(height=TEXT_PIXELS if len(text) > 350 else "content", border=False):
        st.text(text)


def _in_words(why: Explanation) -> str:
    """The reason as a sentence; every label is escaped, since it comes from the data."""
    given, suggested = plain(why.given.label), plain(why.suggested.label)
    if why.given.label == why.suggested.label:
        return f"Its label **{given}** is also the most probable one."
    sentence = (
        f"A model that has not seen this row takes it for **{suggested}** with probability "
        f"{why.suggested.probability:.2f}, for **{given}** with {why.given.probability:.2f}."
    )
    if why.neighbours:
        sentence += f" Of its {len(why.neighbours)} nearest rows, {why.agreeing_neighbours} are labelled {suggested}."
    return sentence


def _evidence(labels: tuple[LabelEvidence, LabelEvidence]) -> None:
    shown = labels if labels[0].label != labels[1].label else labels[:1]
    st.dataframe(
        {
            "label": [evidence.label for evidence in shown],
            "probability": [evidence.probability for evidence in shown],
            "usual": [evidence.threshold for evidence in shown],
        },
        hide_index=True,
        column_config={
            "probability": st.column_config.ProgressColumn(
                "probability here", format="%.2f", min_value=0.0, max_value=1.0
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


def _neighbours(frame: Frame, why: Explanation) -> None:
    if not why.neighbours:
        return
    near = [neighbour.example for neighbour in why.neighbours]
    columns: dict[str, list[object]] = {"close": [neighbour.similarity for neighbour in why.neighbours]}
    if frame.dataset.task == "image":
        columns["image"] = [data_url(thumbnail(frame.context, one.media_id)) if one.media_id else None for one in near]
    columns["label"] = [one.label for one in near]
    columns["example"] = [" ".join((one.text or "")[:CELL_CHARACTERS].split()) for one in near]
    st.dataframe(
        columns,
        hide_index=True,
        row_height=48 if "image" in columns else None,
        column_config={
            "close": st.column_config.NumberColumn(
                "similarity", format="%.2f", width=72, help="Cosine, 1 is identical"
            ),
            "image": st.column_config.ImageColumn("image", width=64),
            "example": st.column_config.TextColumn("nearest rows", width="large"),
        },
        alt="The nearest rows and their labels",
    )

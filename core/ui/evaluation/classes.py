"""Evaluate, view Classes: the classification report. A click on a class opens its wrong rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.records import Scores
from core.services.export import file_name
from core.ui.evaluation.choice import Shown
from core.ui.evaluation.rows import choose_cell, chosen_cell
from core.ui.parts.csv_text import csv_button, csv_text
from core.words import later, say

AVERAGES = {
    "micro avg": later("Micro: every row counts the same"),
    "macro avg": later("Macro: every class counts the same"),
    "weighted avg": later("Weighted: every class by its rows"),
}
SHOWN_CLASSES = 14
"""A longer table scrolls."""
COLUMNS = (later("class"), later("precision"), later("recall"), "F1", later("rows", "column"))
WRONG = later("wrong", "column")


def classes(shown: Shown) -> None:
    """The classes, then their averages."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            say(
                "Precision: of what is predicted as the class, the share that is. Recall: of the class, the "
                "share that is found. F1: their harmonic mean. A heading sorts, a line shows the class's wrong "
                "rows."
            ),
            width="stretch",
        )
        _download(shown)
    _classes(shown)
    _averages(shown.found.averages)


def _classes(shown: Shown) -> None:
    classes = shown.found.classes
    names = list(classes)

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        choose_cell(names[rows[0]] if rows else None, None)

    key = f"class-report-{hash((shown.run.run_id, shown.split, chosen_cell(shown))):x}"
    right = {shown.found.labels[place]: int(count) for place, count in enumerate(shown.found.matrix.diagonal())}
    st.dataframe(
        score_columns(classes) | {WRONG: [classes[name].support - right[name] for name in names]},
        hide_index=True,
        height="content" if len(names) <= SHOWN_CLASSES else 38 + 35 * SHOWN_CLASSES,
        column_config={name: bar(name) for name in ("precision", "recall", "F1")}
        | {"class": st.column_config.Column(say("class"))}
        | {
            name: st.column_config.NumberColumn(say(name, "column"), format="localized", width=80)
            for name in ("rows", WRONG)
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("Precision, recall, F1 and rows by class"),
    )


def _averages(averages: Mapping[str, Scores]) -> None:
    named = {say(AVERAGES[name]): scores for name, scores in averages.items()}
    columns = score_columns(named)
    st.dataframe(
        {"average": columns.pop("class"), **columns},
        hide_index=True,
        column_config={name: bar(name) for name in ("precision", "recall", "F1")}
        | {
            "average": st.column_config.Column(say("average")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
        },
        alt=say("Micro, macro and weighted averages"),
    )


def score_columns(scores: Mapping[str, Scores]) -> dict[str, list[object]]:
    """The `COLUMNS` of classes or averages."""
    values = (
        list(scores),
        *([getattr(one, name) for one in scores.values()] for name in ("precision", "recall", "f1", "support")),
    )
    return dict(zip(COLUMNS, values, strict=True))


def bar(name: str) -> Any:
    """A column of shares."""
    return st.column_config.ProgressColumn(say(name), format="%.4f", min_value=0.0, max_value=1.0)


def _download(shown: Shown) -> None:
    def whole_report() -> bytes:
        parts = (("class", shown.found.classes), ("average", shown.found.averages))
        rows = (
            {"of": kind} | dict(zip(COLUMNS, row, strict=True))
            for kind, scores in parts
            for row in zip(*score_columns(scores).values(), strict=True)
        )
        return csv_text(("of", *COLUMNS), rows)

    name = file_name(f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}-classes.csv")
    csv_button(whole_report, name, key="classes-csv")

"""Evaluate, view Classes, where a label is several: the report by class. A click opens a figure's rows."""

from __future__ import annotations

import streamlit as st

from core.services.export import file_name
from core.ui import keys
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.classes import COLUMNS, SHOWN_CLASSES, bar, score_columns
from core.ui.evaluation.multi_label.rows import choose_classes, chosen_classes
from core.ui.parts.cells import clicked_cell
from core.ui.parts.csv_text import csv_button, csv_text
from core.words import later, say

AVERAGES = {
    "micro avg": later("Micro: every answer counts the same"),
    "macro avg": later("Macro: every class counts the same"),
    "weighted avg": later("Weighted: every class by its rows"),
    "samples avg": later("Samples: every row counts the same"),
}
OPENS = {"precision": keys.ADDED, "wrongly added": keys.ADDED, "found": keys.FOUND}
"""What a column's cells open; all others what is missed of the class."""
CSV_COLUMNS = (*COLUMNS, later("found"), later("missed"), later("wrongly added"), later("neither"))


def classes(shown: ShownSets) -> None:
    """The classes, then their averages."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            say(
                "Precision: of the rows predicted as the class, the share that has it. Recall: of the rows that "
                "have it, the share that is found. F1: their harmonic mean. A heading sorts. A click on "
                "precision or on wrongly added shows those rows, on found the found ones, on anything else the "
                "missed ones."
            ),
            width="stretch",
        )
        _download(shown)
    _classes(shown)
    _averages(shown)


def _classes(shown: ShownSets) -> None:
    names = list(shown.found.classes)
    key = f"class-report-{hash((shown.run.run_id, shown.split, tuple(chosen_classes(shown).items()))):x}"

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            choose_classes(**{OPENS.get(cell[1], keys.MISSED): names[cell[0]]})

    counted = ("rows", "found", "missed", "wrongly added")
    columns = _all_columns(shown)
    del columns["neither"]
    st.dataframe(
        columns,
        hide_index=True,
        height="content" if len(names) <= SHOWN_CLASSES else 38 + 35 * SHOWN_CLASSES,
        column_config={name: bar(name) for name in ("precision", "recall", "F1")}
        | {"class": st.column_config.Column(say("class"))}
        | {name: st.column_config.NumberColumn(_title(name), format="localized", width=100) for name in counted},
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Precision, recall, F1 and rows by class"),
    )


def _title(name: str) -> str:
    return say("rows", "column") if name == "rows" else say(name)


def _averages(shown: ShownSets) -> None:
    columns = score_columns({say(AVERAGES[name]): scores for name, scores in shown.found.averages.items()})
    rows = columns.pop("rows")
    st.dataframe(
        {"average": columns.pop("class"), **columns, "classes of all rows": rows},
        hide_index=True,
        column_config={name: bar(name) for name in ("precision", "recall", "F1")}
        | {
            "average": st.column_config.Column(say("average")),
            "classes of all rows": st.column_config.NumberColumn(
                say("classes of all rows"), format="localized", width=130
            ),
        },
        alt=say("Micro, macro, weighted and sample averages"),
    )
    st.caption(say("Averaged over samples, a row without a class, true or predicted, counts as 0."))


def _all_columns(shown: ShownSets) -> dict[str, list[object]]:
    counts = shown.found.tables
    return score_columns(shown.found.classes) | {
        "found": counts[:, 1, 1].tolist(),
        "missed": counts[:, 1, 0].tolist(),
        "wrongly added": counts[:, 0, 1].tolist(),
        "neither": counts[:, 0, 0].tolist(),
    }


def _download(shown: ShownSets) -> None:
    def whole_report() -> bytes:
        of_classes, of_averages = _all_columns(shown), score_columns(shown.found.averages)
        rows = [
            {"of": kind} | dict(zip(columns, row, strict=True))
            for kind, columns in (("class", of_classes), ("average", of_averages))
            for row in zip(*columns.values(), strict=True)
        ]
        return csv_text(("of", *CSV_COLUMNS), rows)

    name = file_name(f"{shown.dataset.name}-run-{shown.run.number}-{shown.split}-classes.csv")
    csv_button(whole_report, name, key="classes-csv")

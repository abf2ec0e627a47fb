"""The numbers behind the matrix, as tables: to read, to open their rows, to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records import Dataset, Version
from core.services.issues.listing import Findings
from core.typed import JsonObject
from core.ui.lists.issue_filter import ALL, FLAGGED, choose
from core.ui.parts.cells import clicked_cell
from core.ui.parts.csv_text import csv_text
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

SHOWN_ROWS = 9
"""A longer table scrolls."""
_TITLES = {
    "given": later("given"),
    "true": later("true"),
    "flagged rows": later("flagged rows"),
    "estimated rows": later("estimated rows"),
    "rows": later("rows"),
    "wrong": later("wrong"),
    "at least": later("at least"),
    "at most": later("at most"),
    "threshold": later("threshold"),
}
"""By column, whose name stays the key."""


def numbers(dataset: Dataset, version: Version, found: Findings) -> None:
    """The estimated joint distribution of given and true label, and the noise per class. A click opens the rows."""
    st.dialog(say("The numbers behind the matrix"), width="large")(_numbers)(dataset, version, found)


def _numbers(dataset: Dataset, version: Version, found: Findings) -> None:
    called = dataset.called
    joint = [
        {
            "given": called(pair.given),
            "true": called(pair.suggested),
            "flagged rows": pair.flagged,
            "estimated rows": pair.estimated,
        }
        for pair in found.pairs
    ]
    st.caption(
        say("Estimated: rows of the whole dataset that carry the one label and are the other. A click opens the rows.")
    )
    of = f"{dataset.name}-v{version.number}"
    _table(dataset, of, say("Given × true label"), "joint", joint)
    _table(dataset, of, say("Noise per class"), "noise", [_noise(dataset, one) for one in found.about["classes"]])
    for note in found.scan.summary.get("notes", ()):
        st.caption(plain(say_stored(str(note))))


def _noise(dataset: Dataset, one: Mapping[str, Any]) -> JsonObject:
    return {"given": dataset.called(str(one["label"])), "rows": one["support"], "flagged rows": one["flagged"]} | {
        "wrong": one["noise"],
        "at least": one.get("noise_low"),
        "at most": one.get("noise_high"),
        "threshold": one["threshold"],
    }


def _table(dataset: Dataset, of: str, title: str, name: str, records: Sequence[Mapping[str, Any]]) -> None:
    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            record = records[cell[0]]
            true = record.get("true")
            choose(
                dataset.coded(record["given"]),
                None if true is None else dataset.coded(true),
                ALL if cell[1] == "rows" else FLAGGED,
            )

    key, columns = f"numbers-{name}", list(records[0]) if records else []
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**", width="content")
        st.space("stretch")
        st.download_button(
            "CSV",
            csv_text(columns, records),
            f"{of}-{name}.csv",
            "text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key=f"{key}-csv",
        )
    event = st.dataframe(
        {column: [record[column] for record in records] for column in columns},
        hide_index=True,
        column_config={column: say(_TITLES[column]) for column in columns},
        height="content" if len(records) <= SHOWN_ROWS else 330,
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=title,
    )
    if clicked_cell(event) is not None:
        st.rerun()

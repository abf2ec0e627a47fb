"""Where labels of several classes are wrong: of each class, on how many rows it is probably missing or extra. A click
narrows the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records import Dataset, Version
from core.services.issues.listing import ClassChanges, Findings
from core.ui import keys
from core.ui.lists.issue_filter import ALL, FLAGGED, choose
from core.ui.parts.cells import clicked_cell
from core.ui.parts.csv_text import csv_text
from core.words import later, say

SHOWN_CLASSES = 9
"""A longer table of classes scrolls."""
MISSING, EXTRA = later("probably missing"), later("probably extra")


def class_changes(dataset: Dataset, version: Version, found: Findings) -> None:
    """A line for each class, the most changed first. Figures that the scan does not know are left out."""
    changed = {one.label: one for one in found.changes}
    classes = [_line(dataset, one, changed.get(str(one["label"]))) for one in found.about["classes"]]
    classes.sort(key=lambda one: (-one[MISSING] - one[EXTRA], one["class"]))

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            _choose(dataset.coded(classes[cell[0]]["class"]), cell[1])

    key = f"issue-changes-{hash(tuple(st.session_state.get(one) for one in (keys.GIVEN, keys.MISSING, keys.EXTRA))):x}"
    _head(dataset, version, classes)
    st.dataframe(
        {name: [one[name] for one in classes] for name in (classes[0] if classes else ())},
        hide_index=True,
        height="content" if len(classes) <= SHOWN_CLASSES else 330,
        column_config=_configured(),
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Flagged rows on which each class is probably missing or extra"),
    )


def _line(dataset: Dataset, about: Mapping[str, Any], changed: ClassChanges | None) -> dict[str, Any]:
    return {
        "class": dataset.called(str(about["label"])),
        MISSING: changed.added if changed else 0,
        EXTRA: changed.removed if changed else 0,
        **({"wrong": about["noise"]} if "noise" in about else {}),
        **({"rows": about["support"]} if "support" in about else {}),
        **({"usual": about["threshold"]} if "threshold" in about else {}),
    }


def _choose(name: str, column: str) -> None:
    if column == MISSING:
        choose(added=name)
    elif column == EXTRA:
        choose(removed=name)
    else:
        choose(given=name, show=ALL if column == "rows" else FLAGGED)


def _head(dataset: Dataset, version: Version, classes: Sequence[Mapping[str, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("**Flagged rows by class**: a number opens its rows"), width="content")
        st.space("stretch")
        st.download_button(
            "CSV",
            csv_text(list(classes[0]) if classes else [], classes),
            f"{dataset.name}-v{version.number}-classes.csv",
            "text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key="issue-changes-csv",
        )


def _configured() -> dict[str, Any]:
    said = {
        MISSING: say("Flagged rows on which it is not given, but the model takes it to apply"),
        EXTRA: say("Flagged rows on which it is given, but the model takes it not to apply"),
    }
    return {
        "class": say("class"),
        **{name: st.column_config.NumberColumn(say(name), format="%d", help=words) for name, words in said.items()},
        "wrong": st.column_config.NumberColumn(
            say("wrong"), format="percent", help=say("Estimated share of wrong labels")
        ),
        "rows": st.column_config.NumberColumn(say("rows"), help=say("Rows that carry the class")),
        "usual": st.column_config.NumberColumn(
            say("typical"),
            format="%.2f",
            help=say("How sure the model is of the class on rows that carry it, on average: 0 to 1"),
        ),
    }

"""The list of all decisions of a dataset: who, when, what, and whether it counts. Pages from the ledger."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.records import Action, Decision
from core.review.acts import ACTIONS
from core.review.words import in_words
from core.services.review.log import LogLine, log, version_list
from core.ui import keys
from core.ui.parts.csv_text import csv_text, csv_title
from core.ui.parts.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import Frame

PAGE_ROWS = 50
CSV_ROWS = 100_000
CELL_CHARACTERS = 160


@st.fragment
def decision_log(frame: Frame) -> None:
    """Filters, the table, its pages and its download."""
    with shown_errors():
        _draw(frame)


def _draw(frame: Frame) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        narrowed = _filters(frame)
        st.space("stretch")
        download = st.container(width="content")
    key = f"decision-log-{hash(tuple(narrowed.items())):x}"
    page = paged(
        key,
        PAGE_ROWS,
        lambda offset: log(frame.context, frame.dataset.dataset_id, **narrowed, limit=PAGE_ROWS, offset=offset),
        lambda page: page.total,
    )
    if not page.total:
        st.caption("No decision yet." if not any(narrowed.values()) else "No decision matches these filters.")
        return
    with download:
        _download(frame, narrowed, page.total)
    st.caption(f"{page.total:,} {'decision' if page.total == 1 else 'decisions'}, newest first")
    st.dataframe(
        _columns(page.lines),
        hide_index=True,
        height="content" if len(page.lines) <= 14 else 560,
        column_config={
            "when": st.column_config.DatetimeColumn("when", format="YYYY-MM-DD HH:mm:ss", width=150),
            "row": st.column_config.NumberColumn("row", format="%d", width=72),
            "decision": st.column_config.TextColumn("decision", width=170),
            "in force": st.column_config.TextColumn(
                "in force", width=72, help="No: a later decision replaced it, or it was taken back"
            ),
            "example": st.column_config.TextColumn("example", width="large"),
        },
        placeholder="–",
        key=f"{key}-table-{st.session_state.get(key, 1)}",
        on_select="rerun",
        selection_mode=WHOLE_HEADER,
        alt="Decisions, newest first",
    )
    pages(key, PAGE_ROWS, page.total)


def _filters(frame: Frame) -> dict[str, Any]:
    versions = {str(version.number): version for version in version_list(frame.context, frame.dataset.dataset_id)}
    reviewer = st.text_input(
        "Reviewer", key=keys.LOG_REVIEWER, bind="query-params", placeholder="anybody", type="search", width=190
    )
    action: Action | None = st.selectbox(
        "Decision", ACTIONS, index=None, key=keys.LOG_ACTION, bind="query-params", placeholder="any", width=150
    )
    number = st.selectbox(
        "Version", list(versions), index=None, key=keys.LOG_VERSION, bind="query-params", placeholder="all", width=110
    )
    return {
        "reviewer": reviewer.strip() or None,
        "action": action,
        "version_id": versions[number].version_id if number else None,
    }


def _columns(lines: tuple[LogLine, ...]) -> dict[str, list[Any]]:
    return {
        "when": [line.decision.decided_at for line in lines],
        "who": [line.decision.reviewer for line in lines],
        "row": [line.decision.row_id for line in lines],
        "label": [line.decision.shown.get("given_label") or line.example.label for line in lines],
        "decision": [in_words(line.decision) for line in lines],
        "suggested": [line.decision.shown.get("suggested_label") for line in lines],
        "in force": [_standing(line) for line in lines],
        "version": [line.version.number for line in lines],
        "example": [" ".join((line.example.text or "")[:CELL_CHARACTERS].split()) for line in lines],
    }


def _standing(line: LogLine) -> str | None:
    if line.decision.action == "undo":
        return None
    return "yes" if line.counts else "no"


def _download(frame: Frame, narrowed: dict[str, Any], total: int) -> None:
    def whole_list() -> bytes:
        page = log(frame.context, frame.dataset.dataset_id, **narrowed, limit=CSV_ROWS)
        return csv_text(_CSV, (_record(line.decision, line) for line in page.lines))

    st.download_button(
        csv_title(total, CSV_ROWS),
        whole_list,
        f"{frame.dataset.name}-decisions.csv",
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="decision-csv",
    )


_CSV = (
    "row_id",
    "source_id",
    "action",
    "label",
    "given_label",
    "suggested_label",
    "score",
    "tier",
    "reviewer",
    "decided_at",
    "version",
    "in_force",
)


def _record(decision: Decision, line: LogLine) -> dict[str, Any]:
    return {
        "row_id": decision.row_id,
        "source_id": line.example.source_id,
        "action": decision.action,
        "label": decision.new_label,
        **decision.shown,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at.isoformat(),
        "version": line.version.number,
        "in_force": line.counts,
    }

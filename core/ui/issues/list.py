"""The ranked list beside the row that is looked at: page by page from the store, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from core.context import Context
from core.issues.contract import IssueType
from core.records import Dataset, IssueFilter, Scan, Version
from core.review.words import change_marks
from core.services.issues.listing import Findings, IssuePage, ListedIssue, export_list, page
from core.targets import Target
from core.tasks import task_named
from core.ui import keys
from core.ui.issues.groups import keep_one_of_all, redraw_after_act
from core.ui.issues.why import explanation
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.cells import clicked_cell
from core.ui.parts.issue_filter import query
from core.ui.parts.labels import target_of
from core.ui.parts.paging import WHOLE_HEADER, paged, pages
from core.ui.parts.problems import plain
from core.ui.shell.pages import link

PAGE_ROWS = 25
CELL_CHARACTERS = 300
LIST_PIXELS = 620
LABEL_CHARACTERS, LABEL_PIXELS = 16, 130
"""Longer labels are cut to this width, so that the example stays in sight."""


@st.fragment
def ranked_list(
    context: Context, dataset: Dataset, version: Version, user: str, found: Findings, where: IssueFilter
) -> None:
    """The list on the left, the chosen row's reasons on the right. A click redraws only this."""
    redraw_after_act()
    left, right = st.columns([7, 5], gap="medium")
    with left:
        line = _list(context, dataset, version, user, found, where)
    with right:
        if line is not None:
            explanation(context, dataset, user, found.scan, found.kind, line.issue.example_id)


def _list(
    context: Context, dataset: Dataset, version: Version, user: str, of: Findings, where: IssueFilter
) -> ListedIssue | None:
    scan = of.scan
    key = f"issues-{scan.scan_id}-{hash(where):x}"
    found = paged(
        f"{key}-page",
        PAGE_ROWS,
        lambda offset: page(context, scan, where, PAGE_ROWS, offset),
        lambda page: page.total,
    )
    with st.container(horizontal=True, vertical_alignment="center", key="issue-list-bar"):
        st.markdown(f"**{found.total:,} rows**, worst first", width="content")
        st.space("stretch")
        if found.total:
            shown: dict[str, Any] = {keys.DATASET: dataset.name, keys.VERSION: version.number} | query()
            link("review", "Review these", icon=":material/rule:", **shown)
        if found.total and "group" in of.kind.actions:
            keep_one_of_all(context, user, of)
        _download(context, dataset, version, scan, where, found.total)
    if not found.lines:
        nothing = where == IssueFilter(where.issue_type) and not of.about["flagged"]
        st.caption("No row is flagged. “All rows” ranks them all." if nothing else "No row matches these filters.")
        return None
    table = f"{key}-table-{st.session_state.get(f'{key}-page', 1)}"
    picked = _table(context, dataset, version, of.kind, found, where, table)
    pages(f"{key}-page", PAGE_ROWS, found.total)
    return found.lines[picked]


def _table(
    context: Context,
    dataset: Dataset,
    version: Version,
    kind: IssueType[Any],
    found: IssuePage,
    where: IssueFilter,
    key: str,
) -> int:
    narrow, row_height = label_width(dataset), task_named(dataset.task).modality.row_height
    drawing = drawing_of(dataset)
    event = st.dataframe(
        _columns(context, dataset, version, found.lines, flags=not where.flagged_only),
        hide_index=True,
        row_height=row_height,
        height=min(LIST_PIXELS, 38 + row_height * len(found.lines)),
        column_config={
            "#": st.column_config.NumberColumn("#", width=48, format="%d"),
            **({drawing.cell: drawing.column(64)} if drawing.cell else {}),
            "given": st.column_config.TextColumn("given", width=narrow),
            "looks like": st.column_config.TextColumn("looks like", width=narrow),
            "example": st.column_config.TextColumn("example", width="large"),
            "score": st.column_config.NumberColumn("score", format="%.3f", width=64, help=kind.help),
        },
        key=key,
        on_select="rerun",
        selection_mode=["single-cell", WHOLE_HEADER] if found.total > PAGE_ROWS else "single-cell",
        placeholder="",
        alt=f"{kind.title}: rows, worst first",
    )
    row, _ = clicked_cell(event) or (0, "")
    return row if row < len(found.lines) else 0


def label_width(dataset: Dataset) -> int | None:
    """Pixels of a column of labels: as its content, unless that would crowd the others out."""
    return LABEL_PIXELS if max(map(len, dataset.labels), default=0) > LABEL_CHARACTERS else None


def _columns(
    context: Context, dataset: Dataset, version: Version, lines: Sequence[ListedIssue], flags: bool
) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"#": [line.issue.rank for line in lines]}
    drawing, target = drawing_of(dataset), target_of(dataset)
    if drawing.cell:
        columns[drawing.cell] = drawing.cells(context, [line.example for line in lines])
    columns["given"] = [target.words(line.issue.given_label) for line in lines]
    if any(line.issue.suggested_label for line in lines):
        columns["looks like"] = [
            change_marks(line.issue.given_label, line.issue.suggested_label, target) for line in lines
        ]
    columns["score"] = [line.issue.score for line in lines]
    if flags:
        columns["flagged"] = [line.issue.is_issue for line in lines]
    if any(line.decision for line in lines):
        columns["decided"] = [_verdict(line, version, target) for line in lines]
    columns["example"] = [line_of(dataset, line.example, CELL_CHARACTERS) for line in lines]
    if any(line.example.split for line in lines):
        columns["split"] = [line.example.split for line in lines]
    return columns


def _verdict(line: ListedIssue, version: Version, target: Target) -> str | None:
    decision = line.decision
    if decision is None:
        return None
    said = decision.action if decision.new_label is None else f"→ {target.words(decision.new_label)}"
    return said if decision.version_id == version.version_id else f"{said} (before)"


def _download(context: Context, dataset: Dataset, version: Version, scan: Scan, where: IssueFilter, total: int) -> None:
    def listed() -> bytes:
        with TemporaryDirectory() as folder:
            out = Path(folder) / "issues.csv"
            export_list(context, scan, out, "csv", where=where)
            return out.read_bytes()

    st.download_button(
        "CSV",
        listed,
        f"{dataset.name}-v{version.number}-{where.issue_type}.csv",
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="issue-csv",
        help=f"These {total:,} rows, as {plain(scan.tier)} ranks them",
    )

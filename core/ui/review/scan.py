"""Review of what a scan has found: which views there are for it, and its queue, narrowed by the filters of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.context import Context
from core.records import Dataset, IssueFilter, Scan, Version
from core.services.issues.listing import latest_scan
from core.services.review.sources import ScanSource
from core.ui import keys
from core.ui.modalities import drawing_of
from core.ui.parts.empty import empty_state
from core.ui.parts.issue_filter import FLAGGED, filter_bar
from core.ui.review.stage import Mode, stage
from core.ui.shell.pages import link

View = Literal["desk", "grid", "decisions", "versions"]
_VIEWS: dict[View, str] = {"desk": "Desk", "grid": "Grid", "decisions": "Decisions", "versions": "Versions"}
_NOT_FILTERS = (keys.DATASET, keys.VERSION, keys.REVIEWER, keys.VIEW)
"""What the URL may say without narrowing the queue."""


def views_of(dataset: Dataset) -> Mapping[View, str]:
    """The views with their titles: a grid is for what can be judged at a glance."""
    has_grid = drawing_of(dataset).has_grid
    return {name: title for name, title in _VIEWS.items() if name != "grid" or has_grid}


def not_scanned(dataset: Dataset, version: Version) -> None:
    """Where there is nothing to hand out: the way to a scan."""
    empty_state(
        f"Version {version.number} has not been scanned",
        "A scan ranks the labels that are probably wrong; the desk hands them out worst first.",
        icon="troubleshoot",
        action=lambda: link(
            "issues",
            "Scan it on the Issues page",
            icon=":material/troubleshoot:",
            dataset=dataset.name,
            version=version.number,
        ),
    )


def queue_filter(context: Context, dataset: Dataset, scan: Scan) -> IssueFilter:
    """Which of the scan's rows are handed out; open where the URL narrows them."""
    narrowed = any(value != FLAGGED for name, value in st.query_params.items() if name not in _NOT_FILTERS)
    with st.expander("Narrow the queue", icon=":material/filter_list:", expanded=narrowed):
        return filter_bar(context, dataset, scan)


def scan_queue(context: Context, dataset: Dataset, version: Version, user: str, where: IssueFilter, mode: Mode) -> None:
    """Hands out the rows of the version's best scan, the worst first."""

    def best_by_now() -> ScanSource | None:
        scan = latest_scan(context, version.version_id)
        return None if scan is None else ScanSource(scan, where)

    stage(context, dataset, version, user, best_by_now, mode)

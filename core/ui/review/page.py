"""The Review page: which of its parts there are for this version, and which one is open."""

from __future__ import annotations

import streamlit as st

from core.records import IssueFilter, Scan
from core.services.issues.listing import latest_scan
from core.services.review.sources import ScanSource
from core.ui import keys
from core.ui.modalities import drawing_of
from core.ui.parts.choices import switch
from core.ui.parts.empty import empty_state
from core.ui.parts.issue_filter import FLAGGED, filter_bar
from core.ui.review.log import decision_log
from core.ui.review.run import run_queue
from core.ui.review.stage import Mode, stage
from core.ui.review.versions import versions
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link

_NOT_FILTERS = (keys.DATASET, keys.VERSION, keys.REVIEWER, "view")
"""What the URL may say without narrowing the queue."""
_VIEWS = {"desk": "Desk", "grid": "Grid", "decisions": "Decisions", "versions": "Versions"}


def draw(frame: Frame) -> None:
    """Draws the open view; the others cost nothing."""
    names = [name for name in _VIEWS if name != "grid" or drawing_of(frame.dataset).has_grid]
    _draw_view(frame, switch("View", "view", {name: _VIEWS[name] for name in names}, fixed=True))


def _draw_view(frame: Frame, name: str) -> None:
    if name == "decisions":
        decision_log(frame)
    elif name == "versions":
        versions(frame)
    elif keys.RUN in st.query_params:
        run_queue(frame, "grid" if name == "grid" else "desk")
    else:
        _review(frame, "grid" if name == "grid" else "desk", latest_scan(frame.context, frame.version.version_id))


def _review(frame: Frame, mode: Mode, scan: Scan | None) -> None:
    if scan is None:
        name, number = frame.dataset.name, frame.version.number
        empty_state(
            f"Version {number} has not been scanned",
            "A scan ranks the labels that are probably wrong; the desk hands them out worst first.",
            icon="troubleshoot",
            action=lambda: link(
                "issues", "Scan it on the Issues page", icon=":material/troubleshoot:", dataset=name, version=number
            ),
        )
        return
    narrowed = any(value != FLAGGED for name, value in st.query_params.items() if name not in _NOT_FILTERS)
    with st.expander("Narrow the queue", icon=":material/filter_list:", expanded=narrowed):
        where = filter_bar(frame, scan)
    stage(frame, lambda: _source(frame, where), mode)


def _source(frame: Frame, where: IssueFilter) -> ScanSource | None:
    """The version's best scan by now."""
    scan = latest_scan(frame.context, frame.version.version_id)
    return None if scan is None else ScanSource(scan, where)

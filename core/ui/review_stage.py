"""Between the desk in the browser and the workflow: takes down what it reports, hands out what it needs next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Literal

import streamlit as st

from core.records import IssueFilter, ReviewCounts, Scan
from core.review.acts import read_acts
from core.review.queue import DESK, GRID, to_send, wanted
from core.review.records import Recorded
from core.ui import review_desk
from core.ui.frame import Frame
from core.ui.problems import shown_errors
from core.ui.review_desk import Report
from core.ui.review_payload import decided, fitting, refusal, row
from core.ui.review_tab import tab
from core.workflow.issues import latest_scan
from core.workflow.review import counts, record
from core.workflow.review_queue import claim, decided_by_others, items, release, undecided

Mode = Literal["desk", "grid"]
_DEPTH = {"desk": DESK, "grid": GRID}


@st.fragment
def stage(frame: Frame, where: IssueFilter, mode: Mode) -> None:
    """The desk, or the grid, on one version's best scan. Each report of the browser redraws only this."""
    with shown_errors():
        scan = latest_scan(frame.context, frame.version.version_id)
        if scan is not None:
            _answer(frame, scan, where, mode)


def _answer(frame: Frame, scan: Scan, where: IssueFilter, mode: Mode) -> None:
    context, version_id, reviewer = frame.context, frame.version.version_id, frame.user
    session = tab(context)
    key = f"review-{mode}-{version_id}"
    report = review_desk.heard(key)
    recorded = record(context, version_id, reviewer, read_acts(report.acts))
    queue = _queue_id(scan, where, reviewer)
    _release_old(frame, key, queue, session)
    order = claim(context, version_id, scan.scan_id, session, where, wanted(_DEPTH[mode], report.skipped))
    st.session_state[f"{key}-held"] = (queue, order)
    due = _due(recorded, order, report, mode)
    build = partial(row, context, scan=scan, reviewer=reviewer, grid=mode == "grid")
    sent = fitting(items(context, version_id, scan.scan_id, due, where.issue_type), build)
    standing = counts(context, version_id, scan.scan_id)
    review_desk.mount(
        key,
        {
            "mode": mode,
            "storage": f"winnow.review.{version_id}.{reviewer}",
            "queue": queue,
            "labels": None if report.labels == frame.dataset.dataset_id else frame.dataset.labels,
            "labels_digest": frame.dataset.dataset_id,
            "items": sent,
            "more": len(sent) < len(due),
            "counts": _counts(standing),
            "empty": "" if order else _nothing_left(frame, scan, where, standing),
            **_outcome(frame, recorded, report),
        },
    )


def _due(recorded: Recorded, order: Sequence[int], report: Report, mode: Mode) -> list[int]:
    """Rows to send: those that an undo brought back, then what the queue lacks."""
    back = [row_id for _, row_id in recorded.returned if row_id not in report.have]
    more = to_send(order, report.have, _DEPTH[mode], report.skipped)
    return list(dict.fromkeys((*back, *more)))


def _outcome(frame: Frame, recorded: Recorded, report: Report) -> dict[str, Any]:
    others = decided_by_others(frame.context, frame.version.version_id, frame.user, report.have)
    return {
        "acknowledged": recorded.acknowledged,
        "refused": [refusal(refused, frame.user) for refused in recorded.refused],
        "returned": [{"key": key, "row_id": row_id} for key, row_id in recorded.returned],
        "taken": [{"row_id": other.row_id, "decision": decided(other, frame.user)} for other in others],
    }


def _queue_id(scan: Scan, where: IssueFilter, reviewer: str) -> str:
    return sha256(f"{scan.scan_id} {reviewer} {where!r}".encode()).hexdigest()[:16]


def _release_old(frame: Frame, key: str, queue: str, session: str) -> None:
    """Another filter or a better scan: the rows of the queue before it are free for others at once."""
    old, rows = st.session_state.get(f"{key}-held", (queue, []))
    if old != queue:
        release(frame.context, frame.version.version_id, session, rows)


def _counts(standing: ReviewCounts) -> dict[str, int]:
    names = ("flagged", "left", "decided", "relabelled", "suggestion_taken")
    return {name: getattr(standing, name) for name in names}


def _nothing_left(frame: Frame, scan: Scan, where: IssueFilter, standing: ReviewCounts) -> str:
    held = undecided(frame.context, scan, where)
    if held:
        return (
            f"The last {held:,} rows of this queue are with other reviewers, or in another tab of yours. "
            "They come back if nobody decides them."
        )
    if standing.left:
        return f"Nothing is left in this queue. Without the filter, {standing.left:,} flagged rows are."
    return "Every flagged row is decided.\nThe Versions tab makes a corrected version of the decisions."

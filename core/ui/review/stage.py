"""Between the desk in the browser and the workflow: takes down what it reports, hands out what it needs next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from core.records import ReviewCounts
from core.review.acts import read_acts
from core.review.queue import DESK, GRID, to_send, wanted
from core.review.records import Recorded
from core.services.review.decisions import counts, record
from core.services.review.queue import decided_by_others, release
from core.services.review.sources import Source
from core.ui import keys, review_desk
from core.ui.parts.problems import plain, shown_errors
from core.ui.review.payload import decided, fitting, refusal, row
from core.ui.review.tab import tab
from core.ui.review_desk import Report
from core.ui.shell.frame import Frame

Mode = Literal["desk", "grid"]
_DEPTH = {"desk": DESK, "grid": GRID}


@st.fragment
def stage(frame: Frame, find: Callable[[], Source | None], mode: Mode) -> None:
    """The desk, or the grid, on what `find` gives: asked each time, since a better scan may have ended since. Each
    report of the browser redraws only this."""
    with shown_errors():
        found = find()
        if found is not None:
            key = f"review-{mode}-{frame.version.version_id}"
            report = review_desk.heard(key)
            _answer(frame, _steady(frame, found, report, key), mode, report, key)


def _steady(frame: Frame, found: Source, report: Report, key: str) -> Source:
    """What is worked on: while the browser holds rows of a list, a better one waits until the reviewer asks for it, or
    until the old one is done. No row changes under the hand."""
    working: Source = st.session_state.setdefault(f"{key}-working", found)
    if not report.have or not found.betters(working) or not working.undecided(frame.context, frame.version.version_id):
        st.session_state[f"{key}-working"] = found
        return found
    left = found.undecided(frame.context, frame.version.version_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-better"):
        st.markdown(
            f":material/upgrade: A better list is ready: **{plain(found.tier)}**, {left:,} left", width="content"
        )
        st.button("Switch to it", on_click=lambda: st.session_state.update({f"{key}-working": found}))
    return working


def _answer(frame: Frame, source: Source, mode: Mode, report: Report, key: str) -> None:
    context, version_id, reviewer = frame.context, frame.version.version_id, frame.user
    session = tab(context)
    recorded = record(context, version_id, reviewer, read_acts(report.acts))
    queue = _queue_id(source, reviewer)
    _release_old(frame, key, queue, session)
    order = source.claim(context, version_id, session, wanted(_DEPTH[mode], report.skipped))
    st.session_state[f"{key}-held"] = (queue, order)
    due = _due(recorded, order, report, mode)
    build = partial(row, context, source=source, reviewer=reviewer, page=_row_page(frame), grid=mode == "grid")
    sent = fitting(source.items(context, version_id, due), build)
    standing = source.counts(context, version_id)
    review_desk.mount(
        key,
        {
            "mode": mode,
            "actions": source.actions,
            "storage": f"winnow.review.{version_id}.{reviewer}",
            "queue": queue,
            "labels": None if report.labels == frame.dataset.dataset_id else frame.dataset.labels,
            "labels_digest": frame.dataset.dataset_id,
            "items": sent,
            "more": len(sent) < len(due),
            "counts": _counts(standing),
            "empty": "" if order else _nothing_left(frame, source),
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


def _row_page(frame: Frame) -> str:
    """The Data page on the row whose number is appended, as an address beside this page's own."""
    shown = {keys.DATASET: frame.dataset.name, keys.VERSION: frame.version.number, "view": "rows", keys.ROW: ""}
    return f"data?{urlencode(shown)}"


def _queue_id(source: Source, reviewer: str) -> str:
    return sha256(f"{source.key} {reviewer}".encode()).hexdigest()[:16]


def _release_old(frame: Frame, key: str, queue: str, session: str) -> None:
    """Another filter or a better scan: the rows of the queue before it are free for others at once."""
    old, rows = st.session_state.get(f"{key}-held", (queue, []))
    if old != queue:
        release(frame.context, frame.version.version_id, session, rows)


def _counts(standing: ReviewCounts) -> dict[str, int]:
    names = ("flagged", "left", "decided", "relabelled", "suggestion_taken")
    return {name: getattr(standing, name) for name in names}


def _nothing_left(frame: Frame, source: Source) -> str:
    held = source.undecided(frame.context, frame.version.version_id)
    if held:
        return (
            f"The last {held:,} rows of this queue are with other reviewers, or in another tab of yours. "
            "They come back if nobody decides them."
        )
    left = counts(frame.context, frame.version.version_id, source.scan_id).left
    if left:
        return f"Nothing is left in this queue. Without the filter, {left:,} flagged rows are."
    rows = "flagged row" if source.scan_id else "row of this queue"
    return f"Every {rows} is decided.\nThe Versions tab makes a corrected version of the decisions."

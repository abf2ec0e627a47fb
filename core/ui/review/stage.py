"""Between the desk in the browser and the workflow: takes down what it reports, hands out what it needs next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from core.context import Context
from core.records import Dataset, ReviewCounts, Version
from core.review.acts import read_acts
from core.review.queue import DESK, GRID, to_send, wanted
from core.review.records import Recorded
from core.room import LOOK_SECONDS, is_full, met
from core.services.review.decisions import counts, record
from core.services.review.queue import decided_by_others, release
from core.services.review.sources import Source
from core.ui import keys, review_desk
from core.ui.modalities import drawing_of
from core.ui.parts.labels import target_of
from core.ui.parts.problems import plain, shown_errors
from core.ui.review.payload import decided, fitting, refusal, row
from core.ui.review.tab import tab
from core.ui.review_desk import Report

Mode = Literal["desk", "grid"]
_DEPTH = {"desk": DESK, "grid": GRID}


@st.fragment
def stage(
    context: Context, dataset: Dataset, version: Version, user: str, find: Callable[[], Source | None], mode: Mode
) -> None:
    """The desk, or the grid, on what `find` gives: asked each time, since a better scan may have ended since. Each
    report of the browser redraws only this."""
    full = False
    with shown_errors():
        try:
            found = find()
            if found is not None:
                key = f"review-{mode}-{version.version_id}"
                report = review_desk.heard(key)
                source = _steady(context, version, found, report, key)
                _answer(context, dataset, version, user, source, mode, report, key)
        except Exception as error:
            full = met(error, context.workspace.root) is not None
            raise
    if full:
        _back_with_room(context)


@st.fragment(run_every=LOOK_SECONDS)
def _back_with_room(context: Context) -> None:
    """Brings the desk back: it holds in the browser what was not taken down, and reports it again."""
    if not is_full(context.workspace.root):
        st.rerun()
    st.caption("The desk comes back by itself once there is room; until then your browser keeps what you decided.")


def _steady(context: Context, version: Version, found: Source, report: Report, key: str) -> Source:
    """What is worked on: while the browser holds rows of a list, a better one waits until the reviewer asks for it, or
    until the old one is done. No row changes under the hand."""
    working: Source = st.session_state.setdefault(f"{key}-working", found)
    if not report.have or not found.betters(working) or not working.undecided(context, version.version_id):
        st.session_state[f"{key}-working"] = found
        return found
    left = found.undecided(context, version.version_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-better"):
        st.markdown(
            f":material/upgrade: A better list is ready: **{plain(found.tier)}**, {left:,} left", width="content"
        )
        st.button("Switch to it", on_click=lambda: st.session_state.update({f"{key}-working": found}))
    return working


def _answer(
    context: Context,
    dataset: Dataset,
    version: Version,
    user: str,
    source: Source,
    mode: Mode,
    report: Report,
    key: str,
) -> None:
    version_id = version.version_id
    session = tab(context)
    target = target_of(dataset)
    recorded = record(context, version_id, user, read_acts(report.acts, target))
    queue = _queue_id(source, user)
    _release_old(context, version, key, queue, session)
    order = source.claim(context, version_id, session, wanted(_DEPTH[mode], report.skipped))
    st.session_state[f"{key}-held"] = (queue, order)
    due = _due(recorded, order, report, mode)
    build = partial(
        row,
        context,
        drawing=drawing_of(dataset),
        source=source,
        reviewer=user,
        page=_row_page(dataset, version),
        grid=mode == "grid",
    )
    sent = fitting(source.items(context, version_id, due), build)
    standing = source.counts(context, version_id)
    review_desk.mount(
        key,
        {
            "mode": mode,
            "actions": source.actions,
            "several": target.several,
            "storage": f"winnow.review.{version_id}.{user}",
            "queue": queue,
            "labels": None if report.labels == dataset.dataset_id else dataset.labels,
            "labels_digest": dataset.dataset_id,
            "items": sent,
            "more": len(sent) < len(due),
            "counts": _counts(standing),
            "empty": "" if order else _nothing_left(context, version, source),
            **_outcome(context, version, user, recorded, report),
        },
    )


def _due(recorded: Recorded, order: Sequence[int], report: Report, mode: Mode) -> list[int]:
    """Rows to send: those that an undo brought back, then what the queue lacks."""
    back = [example_id for _, example_id in recorded.returned if example_id not in report.have]
    more = to_send(order, report.have, _DEPTH[mode], report.skipped)
    return list(dict.fromkeys((*back, *more)))


def _outcome(context: Context, version: Version, user: str, recorded: Recorded, report: Report) -> dict[str, object]:
    others = decided_by_others(context, version.version_id, user, report.have)
    return {
        "acknowledged": recorded.acknowledged,
        "refused": [refusal(refused, user) for refused in recorded.refused],
        "returned": [{"key": key, "example_id": example_id} for key, example_id in recorded.returned],
        "taken": [{"example_id": other.example_id, "decision": decided(other, user)} for other in others],
    }


def _row_page(dataset: Dataset, version: Version) -> str:
    """The Data page on the row whose number is appended, as an address beside this page's own."""
    shown = {keys.DATASET: dataset.name, keys.VERSION: version.number, keys.VIEW: "rows", keys.ROW: ""}
    return f"data?{urlencode(shown)}"


def _queue_id(source: Source, reviewer: str) -> str:
    return sha256(f"{source.key} {reviewer}".encode()).hexdigest()[:16]


def _release_old(context: Context, version: Version, key: str, queue: str, session: str) -> None:
    """Another filter or a better scan: the rows of the queue before it are free for others at once."""
    old, rows = st.session_state.get(f"{key}-held", (queue, []))
    if old != queue:
        release(context, version.version_id, session, rows)


def _counts(standing: ReviewCounts) -> dict[str, int]:
    names = ("flagged", "left", "decided", "relabelled", "suggestion_taken")
    return {name: getattr(standing, name) for name in names}


def _nothing_left(context: Context, version: Version, source: Source) -> str:
    held = source.undecided(context, version.version_id)
    if held:
        return (
            f"The last {held:,} rows of this queue are with other reviewers, or in another tab of yours. "
            "They come back if nobody decides them."
        )
    left = counts(context, version.version_id, source.scan_id).left
    if left:
        return f"Nothing is left in this queue. Without the filter, {left:,} flagged rows are."
    rows = "flagged row" if source.scan_id else "row of this queue"
    return f"Every {rows} is decided.\nThe Versions tab makes a corrected version of the decisions."

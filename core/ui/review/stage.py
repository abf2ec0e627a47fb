"""Between the desk in the browser and the workflow: takes down what it reports, hands out what it needs next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from core.context import Context
from core.errors import NotFoundError
from core.records import Dataset, ReviewCounts, Version
from core.review.acts import read_acts
from core.review.queue import DESK, GRID, to_send, wanted
from core.review.records import Recorded
from core.services.review.decisions import counts, record, stopped
from core.services.review.queue import come_back, handing_out, release, session_name
from core.services.review.sources import ScanSource, Source
from core.services.similar.nearest import can_compare
from core.services.spans.desk import on_desk
from core.services.tags.tagging import TagsTaken, read_tags, record_tags
from core.store.acts.decisions import decided_in_list
from core.store.acts.tags import tags_of, tags_shown
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.ui import keys, review_desk
from core.ui.issues.anew import anew_line
from core.ui.lists.alike import judged, offer_alike
from core.ui.modalities import drawing_of
from core.ui.parts.labels import classes_told, target_of
from core.ui.parts.problems import plain, said, shown_errors
from core.ui.review.next_steps import next_steps
from core.ui.review.payload import decided, fitting, refusal, row
from core.ui.review.tab import tab
from core.ui.review_desk import Report
from core.words import say, say_stored

Mode = Literal["desk", "grid"]
_DEPTH = {"desk": DESK, "grid": GRID}


@st.fragment
def stage(
    context: Context, dataset: Dataset, version: Version, user: str, find: Callable[[], Source | None], mode: Mode
) -> None:
    """The desk, or the grid, on what `find` gives: asked each time, since a better scan may have ended since. Each
    report of the browser redraws only this."""
    key = f"review-{mode}-{version.version_id}"
    with shown_errors():
        try:
            found = find()
            if found is not None:
                report = review_desk.heard(key)
                dataset = get_dataset(context.store, dataset.dataset_id)  # somebody may have changed it meanwhile
                _say_newer(context, dataset, version)
                if isinstance(found, ScanSource) and found.where.issue_type in (None, "label"):
                    anew_line(context, user, found.scan)
                working = _steady(context, version, found, report, key)
                _answer(context, dataset, version, user, working, mode, report, key)
        except NotFoundError:
            raise
        except Exception as error:
            _hold_on(key, error)


_NOTHING_NEW = {"items": [], "more": False, "acknowledged": (), "refused": [], "returned": [], "taken": []}


def _hold_on(key: str, error: Exception) -> None:
    """Something is in the way, such as a full disk: the desk stays with the rows that it has, the acts wait in the
    browser, which tries again until the way is free. Raises the error where no desk is on the screen yet."""
    told = st.session_state.get(f"{key}-told")
    if told is None:
        raise error
    review_desk.mount(key, {**told, **_NOTHING_NEW, "trouble": said(error)})


def _say_newer(context: Context, dataset: Dataset, version: Version) -> None:
    """Versions are made while others review: what they go on deciding here stays with this one."""
    if dataset.latest_version_id == version.version_id:
        return
    newest = get_version(context.store, dataset.latest_version_id)
    there = say(
        "There is a newer version, **{newest}**, by {user}. What is decided here is kept with version {number} and is "
        "not in it.",
        newest=newest.number,
        user=plain(newest.created_by),
        number=version.number,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-newer"):
        st.markdown(
            f":material/upgrade: {there}",
            width="content",
        )
        if st.button(say("Go on with version {number}", number=newest.number)):
            st.query_params[keys.VERSION] = str(newest.number)
            st.rerun()


def _steady(context: Context, version: Version, found: Source, report: Report, key: str) -> Source:
    """What is worked on: while the browser holds rows of a list, a better one waits until the reviewer asks for it, or
    until the old one is done. No row changes under the hand."""
    working: Source = st.session_state.setdefault(f"{key}-working", found)
    if not report.have or not found.betters(working) or not working.undecided(context, version.version_id):
        st.session_state[f"{key}-working"] = found
        return found
    left = found.undecided(context, version.version_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-better"):
        ready = say("A better list is ready: **{tier}**, {n:,} left", tier=plain(found.tier), n=left)
        st.markdown(f":material/upgrade: {ready}", width="content")
        st.button(say("Switch to it"), on_click=lambda: st.session_state.update({f"{key}-working": found}))
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
    session = session_name(user, tab(context, user))
    if not st.session_state.get(f"{key}-here"):
        come_back(context, version_id, session, report.open, user)
        st.session_state[f"{key}-here"] = True
    target = target_of(dataset)
    acts = read_acts(report.acts, target)
    recorded = record(context, version_id, user, acts)
    judged(version, recorded.acknowledged[-1:])
    tagged = record_tags(context, version, user, read_tags(report.acts))
    ended = stopped(dataset)
    queue = "stopped" if ended else _queue_id(source, user)
    _release_old(context, version, key, queue)
    with handing_out(context):
        order = [] if ended else source.claim(context, version_id, session, wanted(_DEPTH[mode], report.skipped))
        st.session_state[f"{key}-held"] = (queue, order, session)
        due = _due(recorded, order, report, mode)
        items = source.items(context, version_id, due)
        standing = source.counts(context, version_id)
    rows = [item.example for item in items]
    build = partial(
        row,
        context,
        tags=tags_of(context.store, dataset.dataset_id, [one.example_id for one in rows]),
        also=on_desk(context, dataset, version_id, rows) if target.located else {},
        drawing=drawing_of(dataset),
        target=target,
        source=source,
        reviewer=user,
        page=_rows_page(dataset, version),
        compared=can_compare(dataset),
        grid=mode == "grid",
    )
    sent = fitting(items, build)
    answer = {
        "mode": mode,
        # Spans are edited where they stand: there is no list of classes to choose a label from.
        "actions": [one for one in source.actions if one != "choose" or not target.located],
        "several": target.several,
        "located": target.located,
        "numeric": target.numeric,
        "storage": f"winnow.review.{version_id}.{user}",
        "queue": queue,
        **classes_told(dataset, report.labels),
        "items": sent,
        "more": len(sent) < len(due),
        "counts": _counts(standing),
        "undoable": context.ledger.decisions.last_undoable(version_id, user) is not None,
        "empty": "" if order else say_stored(ended) or _nothing_left(context, version, source),
        "tags": tags_shown(context.store, dataset.dataset_id),
        **_outcome(context, version, user, source, recorded, tagged, report),
        "trouble": "",
    }
    st.session_state[f"{key}-told"] = {**answer, "items": []}
    if mode == "desk" and not ended:
        offer_alike(context, dataset, version, user)
    review_desk.mount(key, answer)
    if not order and not ended:
        next_steps(context, dataset, version, user)


def _due(recorded: Recorded, order: Sequence[int], report: Report, mode: Mode) -> list[int]:
    """Rows to send: those that an undo brought back, then what the queue lacks."""
    back = [example_id for _, example_id in recorded.returned if example_id not in report.have]
    more = to_send(order, report.have, _DEPTH[mode], report.skipped)
    return list(dict.fromkeys((*back, *more)))


def _outcome(
    context: Context, version: Version, user: str, source: Source, recorded: Recorded, tagged: TagsTaken, report: Report
) -> dict[str, object]:
    rows = sorted(report.open)
    standing = decided_in_list(context.store, version.version_id, source.issue_type, rows, here=True)
    return {
        "acknowledged": (*recorded.acknowledged, *tagged.acknowledged),
        "refused": [
            *(refusal(context, refused, user) for refused in recorded.refused),
            *({"key": key, "message": say_stored(message)} for key, message in tagged.refused),
        ],
        "returned": [{"key": key, "example_id": example_id} for key, example_id in recorded.returned],
        "taken": [
            {"example_id": row, "decision": decided(context, decision, user)} for row, decision in standing.items()
        ],
    }


def _rows_page(dataset: Dataset, version: Version) -> str:
    """The rows on the Data page, as an address beside this page's own."""
    shown = {keys.DATASET: dataset.name, keys.VERSION: version.number, keys.VIEW: "rows"}
    return f"data?{urlencode(shown)}"


def _queue_id(source: Source, reviewer: str) -> str:
    return sha256(f"{source.key} {reviewer}".encode()).hexdigest()[:16]


def _release_old(context: Context, version: Version, key: str, queue: str) -> None:
    """Another filter, a better scan or another name: the rows of the queue before it are free at once."""
    old, rows, session = st.session_state.get(f"{key}-held", (queue, [], ""))
    if old != queue:
        release(context, version.version_id, session, rows)


def _counts(standing: ReviewCounts) -> dict[str, int]:
    names = ("flagged", "left", "decided", "relabelled", "suggestion_taken", "settled_before")
    return {name: getattr(standing, name) for name in names}


def _nothing_left(context: Context, version: Version, source: Source) -> str:
    held = source.undecided(context, version.version_id)
    if held:
        return say(
            "The last {n:,} rows of this queue are with other reviewers, or in another tab of yours. They come back if "
            "nobody decides them.",
            n=held,
        )
    left = counts(context, version.version_id, source.scan_id).left
    if left:
        return say("Nothing is left in this queue. Without the filter, {n:,} flagged rows are.", n=left)
    return say("Every flagged row is decided." if source.scan_id else "Every row of this queue is decided.")

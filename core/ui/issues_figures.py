"""The line of figures above the ranked list: share of wrong labels, rows flagged, rows left. Each opens its rows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.records import Scan
from core.ui.frame import Frame
from core.ui.issues_filter import ALL, UNDECIDED, choose
from core.ui.issues_scan import scan_form
from core.ui.problems import plain
from core.workflow.issues import Findings


def figures(frame: Frame, found: Findings, scanning: bool) -> None:
    """The line of figures: each is a button that opens its rows. `scanning`: whether a better tier is on its way."""
    share, review, scan = found.scan.summary["share_wrong"], found.review, found.scan
    rows = int(scan.summary["rows"])
    interval = f"{share['low']:.1%} – {share['high']:.1%}, 95 % interval"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="issue-figures", border=True):
        _figure("probably wrong", f"{share['estimate']:.1%}", choose, interval)
        _figure("flagged", f"{review.flagged:,}", choose, f"{review.flagged / max(1, rows):.1%} of the rows")
        _figure("rows scanned", f"{rows:,}", _choose_all, f"{len(frame.dataset.labels):,} classes")
        _figure("left to judge", f"{review.left:,}", _choose_undecided, f"{review.decided:,} decided")
        _result(scan, scanning)
        st.space("stretch")
        if not scanning:
            _scan_again(frame)


def _figure(name: str, value: str, on_click: Callable[[], None], remark: str) -> None:
    with st.container(gap=None, width="content"):
        st.button(f"**{value}** {name}", type="tertiary", on_click=on_click, key=f"figure-{name}", help="Show the rows")
        st.caption(remark)


def _choose_undecided() -> None:
    choose(show=UNDECIDED)


def _choose_all() -> None:
    choose(show=ALL)


def _result(scan: Scan, scanning: bool) -> None:
    """Which tier this is, and what it was weighed from."""
    encoders = scan.summary.get("encoders", ())
    weights = [f"{one['name']} {one['weight']:.0%}" for one in encoders] if len(encoders) > 1 else []
    unfinished = "first tier, a better one follows" if scanning else "first tier, the scan ended before its better one"
    with st.container(gap=None, width="content"):
        st.markdown(f":blue-badge[{plain(scan.tier)}] {'best tier' if scan.final else unfinished}")
        st.caption(" · ".join([*weights, f"{scan.created_at:%d %b %Y, %H:%M}", plain(scan.created_by)]))


def _scan_again(frame: Frame) -> None:
    with st.popover("Scan again", icon=":material/refresh:", type="tertiary"):
        scan_form(frame)

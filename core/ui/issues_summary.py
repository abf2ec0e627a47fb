"""A scan at a glance: share of wrong labels, given × suggested, noise per class. Each figure opens its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.charts.matrix import MAX_CLASSES, matrix
from core.records import Scan
from core.ui import keys
from core.ui.csv_text import csv_text
from core.ui.frame import Frame
from core.ui.issues_filter import choose, chosen_pair, query
from core.ui.issues_scan import scan_form
from core.ui.pages import link
from core.ui.problems import plain
from core.workflow.issues import MAX_PAIRS, Findings, PairRows

SHOWN_CLASSES = 9
"""A longer table of classes scrolls."""
OPEN_CLASSES = 30
"""With more classes the matrix is taller than the screen, so it starts folded."""


def figures(frame: Frame, found: Findings) -> None:
    """The line of figures: each is a button that opens its rows."""
    share, review, scan = found.scan.summary["share_wrong"], found.review, found.scan
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="issue-figures", border=True):
        _figure(
            "probably wrong",
            f"{share['estimate']:.1%}",
            choose,
            f"{share['low']:.1%} – {share['high']:.1%}, 95 % interval",
        )
        _figure("flagged", f"{review.flagged:,}", choose, f"of {scan.summary['rows']:,} rows")
        _figure("left to judge", f"{review.left:,}", _choose_undecided, f"{review.decided:,} decided")
        _result(scan)
        st.space("stretch")
        _scan_again(frame)
        if review.left:
            where: dict[str, Any] = query() | {
                keys.DATASET: frame.dataset.name,
                keys.VERSION: str(frame.version.number),
            }
            link("review", "Review these", icon=":material/rule:", **where)


def where_they_are(frame: Frame, found: Findings) -> None:
    """The matrix beside the noise per class; a click on either narrows the list beneath."""
    few = len(frame.dataset.labels) <= OPEN_CLASSES
    section = st.expander("Where the wrong labels are", expanded=few, key="issue-where", on_change="rerun")
    if not section.open:
        return
    with section, st.container(horizontal=True, gap="large"):
        with st.container(width="content"):
            _pairs(frame, found)
        with st.container(width="stretch"):
            _classes(found)
            if st.button("As tables", icon=":material/table:", type="tertiary", key="issue-numbers"):
                numbers(frame, found)


def _figure(name: str, value: str, on_click: Any, remark: str) -> None:
    with st.container(gap=None, width="content"):
        st.button(f"**{value}** {name}", type="tertiary", on_click=on_click, key=f"figure-{name}", help="Show the rows")
        st.caption(remark)


def _choose_undecided() -> None:
    choose(show="undecided")


def _result(scan: Scan) -> None:
    """Which tier this is, and what it was weighed from."""
    weights = [
        f"{one['name']} {one['weight']:.0%}"
        for one in scan.summary.get("encoders", ())
        if len(scan.summary["encoders"]) > 1
    ]
    standing = "best tier" if scan.final else "first tier, a better one follows"
    with st.container(gap=None, width="content"):
        st.markdown(f":blue-badge[{plain(scan.tier)}] {standing}")
        st.caption(" · ".join([*weights, f"{scan.created_at:%d %b %Y, %H:%M}", plain(scan.created_by)]))


def _scan_again(frame: Frame) -> None:
    with st.popover("Scan again", icon=":material/refresh:", type="tertiary"):
        scan_form(frame)


def _pairs(frame: Frame, found: Findings) -> None:
    flagged = [pair for pair in found.pairs if pair.flagged]
    st.markdown("**Given label** (rows) × **what it looks like** (columns)", width="content")
    if not flagged:
        st.caption("No flagged row looks like another class.")
    elif len(frame.dataset.labels) <= MAX_CLASSES:
        _matrix(frame.dataset.labels, flagged)
    else:
        st.caption(f"{len(frame.dataset.labels):,} classes do not fit a matrix: its {MAX_PAIRS} fullest cells.")
        _pair_list(flagged[:MAX_PAIRS])


def _matrix(labels: Sequence[str], flagged: Sequence[PairRows]) -> None:
    cells = [(pair.given, pair.suggested, pair.flagged) for pair in flagged]
    worst = flagged[0]
    st.plotly_chart(
        matrix(cells, labels, chosen_pair()),
        width="content",
        key="issue-matrix",
        on_select=_cell_clicked,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Flagged rows by given and suggested label; most are {worst.given} that look like {worst.suggested}",
    )


def _cell_clicked() -> None:
    """A click on a cell narrows to its pair; a click on the chosen cell lifts that again."""
    points = st.session_state["issue-matrix"]["selection"]["points"]
    cell = next((point["customdata"] for point in points if point.get("customdata")), None)
    if cell is None:
        return
    pair = (str(cell[0]), str(cell[1]))
    choose(*((None, None) if pair == chosen_pair() else pair))


def _pair_list(flagged: Sequence[PairRows]) -> None:
    def picked() -> None:
        chosen = st.session_state["issue-pairs"]["selection"]["rows"]
        if chosen:
            choose(flagged[chosen[0]].given, flagged[chosen[0]].suggested)

    st.dataframe(
        {
            "given": [pair.given for pair in flagged],
            "looks like": [pair.suggested for pair in flagged],
            "rows": [pair.flagged for pair in flagged],
        },
        hide_index=True,
        height=330,
        key="issue-pairs",
        on_select=picked,
        selection_mode="single-row",
        alt="Most frequent pairs of given and suggested label",
    )


def _classes(found: Findings) -> None:
    classes = sorted(found.scan.summary["classes"], key=lambda one: -float(one["noise"] or 0))
    few = [str(one["label"]) for one in classes if one.get("noise") is None]

    def picked() -> None:
        chosen = st.session_state["issue-classes"]["selection"]["rows"]
        if chosen:
            choose(given=str(classes[chosen[0]]["label"]))

    st.markdown("**Noise per class**")
    st.dataframe(
        _class_columns(classes),
        hide_index=True,
        height="content" if len(classes) <= SHOWN_CLASSES else 330,
        column_config={
            "wrong": st.column_config.ProgressColumn(
                "wrong",
                format="percent",
                min_value=0.0,
                max_value=_highest(classes),
                help="Estimated share of wrong labels",
            ),
            "usual": st.column_config.NumberColumn(
                "usual", format="%.2f", help="Mean probability of the class over the rows that carry it: its threshold"
            ),
        },
        key="issue-classes",
        on_select=picked,
        selection_mode="single-row",
        alt="Estimated share of wrong labels per class",
    )
    if few:
        st.caption(f"Too few rows to say: {plain(', '.join(few[:20]))}")


def _class_columns(classes: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = {"given": "label", "rows": "support", "flagged": "flagged", "wrong": "noise", "usual": "threshold"}
    return {shown: [one[name] for one in classes] for shown, name in names.items()}


def _highest(classes: Sequence[Mapping[str, Any]]) -> float:
    return max([0.05, *(float(one["noise"] or 0) for one in classes)])


@st.dialog("The numbers behind the matrix", width="large")
def numbers(frame: Frame, found: Findings) -> None:
    """The joint distribution of given and true label, and the noise per class, as tables to read and to take along."""
    joint = [
        {
            "given": pair.given,
            "looks like": pair.suggested,
            "flagged rows": pair.flagged,
            "estimated rows": pair.estimated,
        }
        for pair in found.pairs
    ]
    classes = [dict(one) for one in found.scan.summary["classes"]]
    stem = f"{frame.dataset.name}-v{frame.version.number}"
    for title, records in (("Given × true label", joint), ("Noise per class", classes)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title}**", width="content")
            st.space("stretch")
            columns = list(records[0]) if records else []
            st.download_button(
                "CSV",
                csv_text(columns, records),
                f"{stem}-{'joint' if records is joint else 'noise'}.csv",
                "text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        st.dataframe(
            {name: [record[name] for record in records] for name in columns}, hide_index=True, height=280, alt=title
        )
    for note in found.scan.summary.get("notes", ()):
        st.caption(plain(str(note)))

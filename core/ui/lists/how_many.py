"""How many rows to flag: the choice, and what each length of the list is expected to hold."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.found import found
from core.records import Dataset, Scan
from core.services.issues.flags import ListLength, choices, curve, worst_rows
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_cell
from core.ui.parts.problems import plain
from core.ui.url import choose_all, number_from_url, optional_to_url
from core.words import later, say, say_stored

EXPECTED = later(
    "Expected from how often the scan's model disagrees with the labels. At least and at most: if as few or as many "
    "labels are wrong in all as the ends of the estimated share say."
)

UNSAID = later("This scan does not say what a longer or shorter list would hold. Scan again to see it.")


def how_many(dataset: Dataset, scan: Scan, issue_type: str) -> int | None:
    """Draws the choice; returns how many of the worst rows are to count as flagged, None for the scan's own number.
    Of a type that does not say what longer lists would hold there is none."""
    if "curve" not in (about := scan.found(issue_type)):
        return None
    flagged, rows = int(about["flagged"]), int(scan.summary["rows"])
    box = st.popover(say("How many"), icon=":material/flag:", key="how-many", on_change="rerun")
    with box:
        number_from_url(keys.WORST, rows)
        worst = st.number_input(
            say("Rows to flag, worst first"),
            1,
            rows,
            value=None,
            key=keys.WORST,
            on_change=optional_to_url,
            args=(keys.WORST,),
            placeholder=say("{n:,}, the best balance", n=flagged),
            help=say("Left empty, as many as give the best balance of hits and misses (F1) to be expected."),
        )
        if box.open:
            _expected(dataset, scan, worst or flagged)
    return worst


def in_words(length: ListLength | None) -> str:
    """`about 49 of them wrong`, or nothing where it is not known."""
    return "" if length is None else say("about {wrong:,.0f} of them wrong", wrong=length.wrong)


def _expected(dataset: Dataset, scan: Scan, chosen: int) -> None:
    lengths, now = choices(scan), worst_rows(scan, chosen)
    if not lengths or now is None:
        st.caption(plain(say_stored(scan.found().get("untold") or UNSAID)))
        return
    st.caption(
        say(
            "Of the worst {rows:,} rows about **{wrong:,.0f}** are wrong, {low:,.0f} – {high:,.0f}.",
            rows=now.rows,
            wrong=now.wrong,
            low=now.low,
            high=now.high,
        ),
        help=say(EXPECTED),
    )
    last = max(lengths[-1].rows, chosen)
    points = [(one.rows, one.wrong, one.low, one.high) for one in curve(scan) if one.rows <= last]
    chart_with_files(
        found(points, chosen),
        key="how-many-curve",
        dataset=dataset.name,
        name="wrong-labels-by-length-of-the-list",
        alt=say("Wrong labels by length of the list"),
        in_popover=True,
    )
    _table(lengths)


def _table(lengths: Sequence[ListLength]) -> None:
    def picked() -> None:
        cell = clicked_cell(st.session_state["how-many-table"])
        if cell is not None:
            choose_all({keys.WORST: lengths[cell[0]].rows})

    st.dataframe(
        {
            say("review", "rows to be reviewed"): [one.rows for one in lengths],
            say("wrong", "rows that are"): [round(one.wrong) for one in lengths],
            say("at least"): [round(one.low) for one in lengths],
            say("at most"): [round(one.high) for one in lengths],
            say("that is"): [say_stored(one.often) for one in lengths],
        },
        hide_index=True,
        height="content",
        key="how-many-table",
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Wrong labels to be expected, by how many rows are reviewed"),
    )

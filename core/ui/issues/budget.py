"""What the next reviews find and where to stop: the one line that says it, and the picture behind it."""

from __future__ import annotations

import streamlit as st

from core.charts.found import found as found_by_length
from core.records import Dataset
from core.review.budget import Budget, Reviews
from core.services.issues.budget import FOLLOWING, WORTH, WORTHS
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.lists.issue_filter import UNDECIDED, choose
from core.words import later, say, say_n

HOW = later(
    "A scan says how probably each label is wrong. Every verdict on a single row since then moves that for all rows: "
    "where fewer labels turn out wrong than it said, fewer are expected further down. The interval is at 95 %: asked "
    "318 times on lists whose errors are known, it held 301 times."
)


def asked() -> tuple[int, int]:
    """Of how many further reviews it is told, and how many rows may hold one wrong label for them to be worth it."""
    for key in (keys.BUDGET_ROWS, keys.BUDGET_WORTH):  # kept while their widgets are out of sight
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    following, worth = st.session_state.get(keys.BUDGET_ROWS), st.session_state.get(keys.BUDGET_WORTH)
    return int(following or FOLLOWING), int(worth or WORTH)


def line(budget: Budget) -> None:
    """What the next reviews find, and where to stop."""
    now = budget.following
    st.markdown(
        say_n(
            "The next {n:,} review finds about **{found:,.1f}** wrong labels ({low:,.0f} – {high:,.0f}).",
            "The next {n:,} reviews find about **{found:,.0f}** wrong labels ({low:,.0f} – {high:,.0f}).",
            now.rows,
            found=now.found.estimate,
            low=now.found.low,
            high=now.found.high,
        )
        + " "
        + _stop(budget, asked()[1]),
        help=say(HOW),
    )


def what_they_find(dataset: Dataset, budget: Budget) -> None:
    """The curve by further reviews, with how many of them are asked about and where to stop."""
    left = budget.left
    st.caption(
        say(
            "{judged:,} rows of the list are judged one by one since the scan, and {found:,} of their labels were "
            "wrong. About **{left:,.0f}** wrong labels are left ({low:,.0f} – {high:,.0f}).",
            judged=budget.judged,
            found=budget.found,
            left=left.estimate,
            low=left.low,
            high=left.high,
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(say("Next reviews"), 1, 100_000, FOLLOWING, key=keys.BUDGET_ROWS, width=160)
        st.selectbox(
            say("Stop below"),
            WORTHS,
            WORTHS.index(WORTH),
            format_func=lambda one: say("1 wrong in {n}", n=one),
            key=keys.BUDGET_WORTH,
            width=160,
        )
        if budget.place:
            st.button(
                say("List the rows down to there"),
                icon=":material/arrow_downward:",
                key="review-budget-list",
                on_click=_list_down_to,
                args=(budget.place,),
            )
    points = [(one.rows, one.found.estimate, one.found.low, one.found.high) for one in budget.points if one.rows]
    chart_with_files(
        found_by_length(points, budget.stop.rows, say("stop", "line of a picture")),
        key="review-budget-curve",
        dataset=dataset.name,
        name="wrong-labels-by-further-reviews",
        alt=say("Wrong labels to be found, by how many more rows are reviewed; a line says where to stop"),
    )
    if st.toggle(say("As a table"), key="review-budget-numbers"):
        _table(budget.points)


def _list_down_to(place: int) -> None:
    st.session_state[keys.WORST] = place
    choose(show=UNDECIDED)


def _stop(budget: Budget, worth: int) -> str:
    if not budget.stop.rows:
        return say("Fewer than one label in {n} is expected to be wrong from here on: you can stop.", n=worth)
    if budget.stop.rows == budget.unseen:
        return say(
            "All {rows:,} rows left are worth it: more than one label in {n} is wrong.", rows=budget.unseen, n=worth
        )
    return say(
        "After **{rows:,}** more reviews, which find about {found:,.0f}, fewer than one label in {n} is "
        "expected to be wrong: stop there.",
        rows=budget.stop.rows,
        found=budget.stop.found.estimate,
        n=worth,
    )


def _table(points: tuple[Reviews, ...]) -> None:
    st.dataframe(
        {
            say("more reviews"): [one.rows for one in points],
            say("wrong", "rows that are"): [round(one.found.estimate, 1) for one in points],
            say("at least"): [round(one.found.low) for one in points],
            say("at most"): [round(one.found.high) for one in points],
        },
        hide_index=True,
        height=320,
        key="review-budget-table",
        alt=say("Wrong labels to be found, by how many more rows are reviewed"),
    )

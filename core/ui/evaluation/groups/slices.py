"""How often a run is right in each slice of the dataset; one that is chosen narrows the rows beneath."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core.context import Context
from core.errors import UsageError
from core.profile.shares import MIN_GROUP_ROWS
from core.records import Dataset
from core.services.evaluation.slices import BySlice, by_slices
from core.services.lists.asked import FILTERS
from core.services.lists.columns import prediction_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_text, filter_texts, read_filters, write_filters
from core.store.row_facts.slice import SLICE
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.parts import LISTED
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import heading, numbers, share_column
from core.ui.shell.reading import reading
from core.ui.url import put
from core.words import later, say, say_stored


def slices(context: Context, shown: AnyShown) -> None:
    """Nothing where nobody saved one."""
    found = settled(lambda: by_slices(context, shown.run, shown.split, shown.labels_from))
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Slices"), say("accuracy in each, with 95 % intervals"))
        st.space("stretch")
        numbers(shown.dataset, shown.truth, later("accuracy by slice"), _columns(found), key="groups-slices")
    names = [one.name for one in found]
    key = f"groups-slices-{hash((shown.run.run_id, shown.split, tuple(names))):x}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        name = names[rows[0]] if rows else ""
        put({FILTERS: narrowed_to(shown.dataset, st.query_params.get(FILTERS, ""), name) or None})

    st.dataframe(
        {
            "slice": [one.name or say("all rows") for one in found],
            "rows": [one.rows for one in found],
            "accuracy": [None if one.accuracy is None else one.accuracy.estimate for one in found],
            "interval": [_interval(one) for one in found],
            "reading": [_reading(one) for one in found],
        },
        hide_index=True,
        height="content" if len(found) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "slice": st.column_config.Column(say("slice")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "accuracy": share_column(say("accuracy"), say("Share of its rows in this split that are right."), 140),
            "interval": st.column_config.Column(say("95 % interval")),
            "reading": st.column_config.Column(say("remark")),
        },
        key=key,
        on_select="ignore" if reading() else picked,
        selection_mode="single-row",
        alt=say("Accuracy in each slice"),
    )
    st.caption(
        say("Slices may overlap. One that is picked narrows the list of rows below.")
        if not reading()
        else say("Slices may overlap.")
    )


def narrowed_to(dataset: Dataset, filters: str, name: str) -> str:
    """The list's filters with the rows of this slice in place of another slice's; without a name those of none."""
    columns = prediction_columns(dataset)
    facts = fact_columns(columns)
    column = next(one for one in facts if one.column == SLICE.column)

    def of_slices(text: str) -> bool:
        with suppress(UsageError):
            return all(
                one.column == SLICE.column and one.how == "=" for one, _ in read_filters(text, [*columns, *facts])
            )
        return False

    kept = [one for one in filter_texts(filters) if not of_slices(one)]
    return write_filters([*kept, *([filter_text(column, "=", (name,))] if name else [])])


def _interval(one: BySlice) -> str:
    return "" if one.accuracy is None else f"{one.accuracy.low:.1%} – {one.accuracy.high:.1%}"


def _reading(one: BySlice) -> str:
    if one.problem:
        return plain(say_stored(one.problem))
    return "" if one.judged else say("fewer than {n} rows: not compared", n=MIN_GROUP_ROWS)


def _columns(found: tuple[BySlice, ...]) -> dict[str, list[object]]:
    return {
        later("slice"): [one.name for one in found],
        later("rows", "column"): [one.rows for one in found],
        later("right"): [one.right for one in found],
        later("share"): [None if one.accuracy is None else round(one.accuracy.estimate, 6) for one in found],
        later("low"): [None if one.accuracy is None else round(one.accuracy.low, 6) for one in found],
        later("high"): [None if one.accuracy is None else round(one.accuracy.high, 6) for one in found],
        later("judged"): [one.judged for one in found],
    }

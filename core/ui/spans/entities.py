"""Profile, view Entities: spans of each type, in a row, how long, and the words that have several types."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.profile.spans import SpansProfile
from core.records import Dataset, RowFilter, Version
from core.ui.parts.labels import target_of
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, Opened, choices_to_url, figures, heading, lift_others, numbers
from core.ui.spans.consistency import consistency_desk
from core.ui.spans.edges import edges_list
from core.words import later, say

VIEW = "spans"
_TYPE = f"{CHOICE}-{VIEW}-type"
_HELP = {
    later("Words outside"): later("Share of the words that are in no span, of which a tag scheme says O."),
    later("Entities per row"): later("Spans of a row, on average."),
    "Words of other bounds": later(
        "Words that are an entity in some places, and in others within a longer one or with a shorter one."
    ),
}


def has_entities(dataset: Dataset) -> bool:
    """Whether there is anything for this view."""
    return target_of(dataset).located


def entities_view(context: Context, dataset: Dataset, version: Version, found: SpansProfile) -> Opened | None:
    """Figures, types on the left, how many and how long on the right, the consistency desk beneath; the rows of the
    type that is chosen."""
    figures(
        {
            later("Entities"): f"{found.spans:,}",
            later("Types"): f"{len(found.types):,}",
            "Entities per row": f"{found.spans / max(1, found.rows):.2f}",
            later("Rows of none"): f"{found.without:,}",
            "Words outside": f"{found.outside:.1%}",
            later("Words of several types"): f"{found.of_several_types:,}",
            later("Words of other bounds"): f"{found.of_other_bounds:,}",
        },
        _HELP,
    )
    left, middle, right = st.columns([5, 3, 3], gap="large")
    with left:
        chosen = _types(dataset, version, found)
    with middle:
        _counts(say("Entities of a row"), say("entities"), say("rows"), found.per_row)
    with right:
        _counts(say("Length of an entity"), say("words"), say("entities"), found.lengths)
    consistency_desk(context, dataset, version, found)
    edges_list(context, dataset, version, found.edges)
    return None if chosen is None else Opened(RowFilter(label=chosen), lambda: dataset.called(chosen))


def _types(dataset: Dataset, version: Version, found: SpansProfile) -> str | None:
    names = [dataset.called(one.name) for one in found.types]
    columns: dict[str, Sequence[object]] = {
        later("type"): names,
        later("entities"): [one.spans for one in found.types],
        later("share"): [round(one.spans / max(1, found.spans), 6) for one in found.types],
        later("rows"): [one.rows for one in found.types],
        later("words each"): [round(one.words, 2) for one in found.types],
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Types"), say("a click opens the rows"))
        st.space("stretch")
        numbers(dataset, version, later("types"), columns, key=f"{VIEW}-types")
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "type": st.column_config.TextColumn(say("type")),
            "entities": st.column_config.NumberColumn(say("entities"), format="localized"),
            "share": st.column_config.ProgressColumn(say("share"), format="percent", min_value=0, max_value=1),
            "rows": st.column_config.NumberColumn(say("rows"), format="localized"),
            "words each": st.column_config.NumberColumn(say("words each"), format="%.2f"),
        },
        height="content" if len(names) <= 10 else 380,
        key=f"{VIEW}-types-table",
        on_select=lambda: _clicked([one.name for one in found.types]),
        selection_mode="single-row",
        alt=say("Entities of each type"),
    )
    options = [one.name for one in found.types]
    if st.session_state.get(_TYPE) not in options:
        st.session_state[_TYPE] = None
    return st.selectbox(
        say("Open the rows of a type"),
        options,
        index=None,
        key=_TYPE,
        format_func=dataset.called,
        on_change=_chosen,
        placeholder=say("Open the rows of a type"),
        label_visibility="collapsed",
        icon=":material/table_rows:",
        width=320,
    )


def _clicked(options: Sequence[str]) -> None:
    rows = st.session_state[f"{VIEW}-types-table"]["selection"]["rows"]
    st.session_state[_TYPE] = options[rows[0]] if rows else None
    _chosen()


def _chosen() -> None:
    lift_others(VIEW, _TYPE)
    choices_to_url()


def _counts(title: str, what: str, counted: str, pairs: Sequence[tuple[int, int]]) -> None:
    """A count of each number, the last of them being that many and more."""
    heading(title)
    most = max([1, *(count for _, count in pairs)])
    last = pairs[-1][0] if pairs else 0
    names = [say("{n} and more", n=n) if n == last and n >= 8 else f"{n}" for n, _ in pairs]
    st.dataframe(
        {"number": names, "counted": [count for _, count in pairs]},
        hide_index=True,
        column_config={
            "number": st.column_config.TextColumn(what, width="small"),
            "counted": st.column_config.ProgressColumn(counted, format="localized", min_value=0, max_value=most),
        },
        height="content",
        alt=plain(title),
    )

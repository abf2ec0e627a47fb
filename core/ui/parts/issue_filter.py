"""Which issues are listed: the one set of filters that the ranked list and the review desk share.

Every widget is bound to the URL under its key, so a link that carries the keys carries the filter. What a filter finds
is `core.services.issues.listing`' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.beside.answers import Pending
from core.context import Context
from core.issues.contract import IssueType
from core.progress import Report
from core.records import Attribute, Dataset, IssueFilter, RowFilter, Scan
from core.services.issues.listing import attribute_values, issue_types
from core.ui import keys
from core.ui.parts.how_many import how_many
from core.ui.parts.labels import target_of

MAX_OPTIONS = 500
"""Longer lists of labels are not sent to the browser: the person types the name."""
FLAGGED, UNDECIDED, ALL = "Flagged", "Undecided", "All rows"
"""What is shown of the list; the words are the URL's as well."""
NO_CLASS = "no class"
"""Among the classes that a label may have: that it has none of them. The word is the URL's as well, and a class of that
name goes before it."""
_FILTER_KEYS = (
    keys.SHOW,
    keys.WORST,
    keys.GIVEN,
    keys.SUGGESTED,
    keys.MISSING,
    keys.EXTRA,
    keys.BELOW,
    keys.SEARCH,
    keys.SPLIT,
    keys.ATTRIBUTE,
    keys.VALUE,
    keys.AT_LEAST,
    keys.LESS_THAN,
)
_URL_KEYS = (keys.TYPE, *_FILTER_KEYS)


def filter_bar(context: Context, dataset: Dataset, scan: Scan) -> IssueFilter:
    """Draws the filters of the scan's list on one line and returns what they say."""
    several = target_of(dataset).several
    what = "class" if several else "label"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="issue-filters"):
        issue_type = _type(issue_types(scan))
        show = _show()
        worst = how_many(scan, issue_type)
        given = _label(f"Given {what}", keys.GIVEN, dataset, or_none=several)
        suggested = _label(f"Suggested {what}", keys.SUGGESTED, dataset, or_none=several)
        text = st.text_input(
            "Search",
            key=keys.SEARCH,
            bind="query-params",
            type="search",
            placeholder="Words in the row",
            label_visibility="collapsed",
            width=190,
        )
        with st.popover("More", icon=":material/filter_list:"):
            added = _label("Probably missing", keys.MISSING, dataset) if several else None
            removed = _label("Probably extra", keys.EXTRA, dataset) if several else None
            below = _below()
            rows = _row_filter(context, dataset, scan.version_id, text.strip() or None)
        if any(st.session_state.get(key) not in (None, "", FLAGGED) for key in _FILTER_KEYS):
            st.button("Clear", icon=":material/close:", type="tertiary", on_click=clear)
    return IssueFilter(
        issue_type,
        flagged_only=show != ALL,
        given_label=given,
        suggested_label=suggested,
        added=added,
        removed=removed,
        score_below=below,
        undecided_only=show == UNDECIDED,
        rows=rows,
        worst=worst,
    )


def query() -> dict[str, str]:
    """The filter as it stands, as the URL parameters that show it again elsewhere."""
    values = {key: st.session_state.get(key) for key in _URL_KEYS}
    return {key: str(value) for key, value in values.items() if value not in (None, "")}


def choose_type(name: str) -> None:
    """Lists another type from its first flagged row on. For callbacks."""
    clear()
    st.session_state[keys.TYPE] = name


def choose(
    given: str | None = None,
    suggested: str | None = None,
    show: str = FLAGGED,
    added: str | None = None,
    removed: str | None = None,
) -> None:
    """Sets the filter to a pair of labels, or to one of them, or to what is probably missing or extra, and forgets the
    rest but the type and how many are flagged. For callbacks."""
    worst = st.session_state.get(keys.WORST)
    clear()
    st.session_state[keys.WORST] = worst
    st.session_state[keys.SHOW] = show
    st.session_state[keys.GIVEN] = given
    st.session_state[keys.SUGGESTED] = suggested
    st.session_state[keys.MISSING] = added
    st.session_state[keys.EXTRA] = removed


def chosen_pair() -> tuple[str, str] | None:
    """The pair of labels that the filter narrows to, before or after its widgets are drawn."""
    given, suggested = st.session_state.get(keys.GIVEN), st.session_state.get(keys.SUGGESTED)
    return (str(given), str(suggested)) if given and suggested else None


def clear() -> None:
    """Every filter back to its default; the type stays. For callbacks."""
    for key in _FILTER_KEYS:
        st.session_state[key] = FLAGGED if key == keys.SHOW else "" if key == keys.SEARCH else None


def _type(found: Sequence[IssueType[Any]]) -> str:
    """A choice only where there is one."""
    names = [one.name for one in found]
    if len(names) < 2:
        return names[0]
    chosen = st.selectbox(
        "Issue",
        names,
        index=None,
        key=keys.TYPE,
        bind="query-params",
        placeholder=names[0],
        width=160,
        label_visibility="collapsed",
    )
    return chosen or names[0]


def _show() -> str:
    return (
        st.segmented_control(
            "Show",
            (FLAGGED, UNDECIDED, ALL),
            default=None if keys.SHOW in st.session_state else FLAGGED,
            required=True,
            key=keys.SHOW,
            bind="query-params",
            label_visibility="collapsed",
        )
        or FLAGGED
    )


def _label(title: str, key: str, dataset: Dataset, or_none: bool = False) -> str | None:
    """A class; `or_none`: or the empty text, for no class."""
    many = len(dataset.labels) > MAX_OPTIONS
    none = [NO_CLASS] if or_none and NO_CLASS not in dataset.labels else []
    chosen = st.selectbox(
        title,
        [*none, *dataset.labels[:MAX_OPTIONS]],
        index=None,
        key=key,
        bind="query-params",
        placeholder=title,
        label_visibility="collapsed",
        accept_new_options=many,
        width=170,
    )
    return "" if chosen in none else chosen


def _below() -> float | None:
    return st.number_input(
        "Score below", 0.0, 1.0, value=None, step=0.05, key=keys.BELOW, bind="query-params", placeholder="any score"
    )


def _row_filter(context: Context, dataset: Dataset, version_id: str, text: str | None) -> RowFilter:
    split = _split(context, version_id)
    by_name = {attribute.name: attribute for attribute in dataset.attributes}
    name = st.selectbox(
        "Attribute",
        list(by_name),
        index=None,
        key=keys.ATTRIBUTE,
        bind="query-params",
        placeholder="any attribute",
    )
    if name not in by_name:
        return RowFilter(split=split, text=text)
    value, low, high = _value(context, version_id, by_name[name])
    if value is None and low is None and high is None:
        return RowFilter(split=split, text=text)
    return RowFilter(split=split, text=text, attribute=by_name[name].column, value=value, low=low, high=high)


def _split(context: Context, version_id: str) -> str | None:
    splits = _values(context, version_id, "split")
    if not splits:
        return None
    return st.selectbox("Split", splits, index=None, key=keys.SPLIT, bind="query-params", placeholder="any split")


def _value(context: Context, version_id: str, attribute: Attribute) -> tuple[str | None, float | None, float | None]:
    if attribute.kind == "number":
        low = st.number_input("From", value=None, key=keys.AT_LEAST, bind="query-params", placeholder="lowest")
        high = st.number_input("Below", value=None, key=keys.LESS_THAN, bind="query-params", placeholder="highest")
        return None, low, high
    values = _values(context, version_id, attribute.column)
    value = st.selectbox("Value", values, index=None, key=keys.VALUE, bind="query-params", placeholder="any value")
    return value, None, None


def _values(context: Context, version_id: str, column: str) -> list[str]:
    """Kept, since a version never changes and counting a million rows takes a tenth of a second."""

    def work(report: Report) -> list[str]:
        return attribute_values(context, version_id, column)

    answers = context.beside.answers("attribute values", threads=4, kept=200)
    found = answers.ask((version_id, column), "Listing values", work, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    return found

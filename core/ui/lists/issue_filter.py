"""Which issues are listed: the one set of filters that the ranked list and the review desk share.

Every widget stands in the URL under its key, so a link that carries the keys carries the filter. What a filter finds
is `core.services.issues.listing`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.context import Context
from core.issues import ISSUE_TYPES
from core.modalities import WORDS
from core.records import Dataset, IssueFilter, Scan
from core.services.issues.listing import issue_types
from core.services.lists.asked import ALL as ALL
from core.services.lists.asked import DECIDED as DECIDED
from core.services.lists.asked import FILTERS, NO_CLASS, issue_filter, with_earlier
from core.services.lists.asked import FLAGGED as FLAGGED
from core.services.lists.asked import SETTLED as SETTLED
from core.services.lists.asked import UNDECIDED as UNDECIDED
from core.services.lists.columns import issue_columns
from core.services.lists.facts import fact_columns
from core.services.views import ISSUES
from core.store.acts.of_lists import of_lists
from core.ui import keys
from core.ui.lists.how_many import how_many
from core.ui.lists.tools import Tools, chips, filter_button, list_query
from core.ui.modalities import drawing_of
from core.ui.parts.labels import class_from_url, target_of
from core.ui.url import choose_all, optional_from_url, optional_to_url, typed_from_url
from core.words import said_everywhere, say

MAX_OPTIONS = 500
"""Longer lists of labels are not sent to the browser: the person types the name."""
_FILTER_KEYS = (keys.SHOW, keys.WORST, keys.KIND, keys.GIVEN, keys.SUGGESTED, keys.MISSING, keys.EXTRA, keys.SEARCH)
_URL_KEYS = (keys.TYPE, *_FILTER_KEYS)
_USUAL: dict[str, str | int | None] = {**dict.fromkeys((FILTERS, *_FILTER_KEYS)), keys.SEARCH: ""}
"""What the filters are where nothing is chosen, as the URL has it."""


def issue_tools(context: Context, dataset: Dataset, scan: Scan) -> Tools:
    """What the list of a scan's rows has above it."""
    titles = {WORDS: drawing_of(dataset).words_title}
    columns = issue_columns(dataset)
    return Tools(context, dataset, scan.version_id, ISSUES, columns, titles, facts=fact_columns(columns))


def filter_bar(context: Context, dataset: Dataset, scan: Scan) -> IssueFilter:
    """Draws the filters of the scan's list on one line and returns what they say."""
    asked = st.query_params.to_dict()
    now = with_earlier(asked, dataset)
    if now != asked:
        st.query_params.from_dict(now)
    several = target_of(dataset).several
    tools = issue_tools(context, dataset, scan)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="issue-filters"):
        issue_type = _type(context, scan)
        _show()
        kind = _kind(scan, issue_type)
        worst = how_many(dataset, scan, issue_type)
        given, suggested = (
            (say("Given class"), say("Suggested class")) if several else (say("Given label"), say("Suggested label"))
        )
        _label(given, keys.GIVEN, dataset, or_none=several)
        if "suggestion" in ISSUE_TYPES[issue_type].actions or keys.SUGGESTED in asked:
            _label(suggested, keys.SUGGESTED, dataset, or_none=several)
        typed_from_url(keys.SEARCH)
        st.text_input(
            say("Search"),
            key=keys.SEARCH,
            on_change=optional_to_url,
            args=(keys.SEARCH, ""),
            type="search",
            placeholder=say("Words in the row"),
            label_visibility="collapsed",
            width=160,
        )
        if several:
            with st.popover(say("More"), icon=":material/tune:"):
                _label(say("Probably missing"), keys.MISSING, dataset)
                _label(say("Probably extra"), keys.EXTRA, dataset)
        filter_button(tools)
        if FILTERS in st.query_params or any(
            st.session_state.get(key) not in (None, "", FLAGGED) for key in _FILTER_KEYS
        ):
            st.button(say("Clear", "filters"), icon=":material/close:", type="tertiary", on_click=clear)
    chips(tools)
    if kind is not None:
        title, rule = ISSUE_TYPES[issue_type].kinds[kind]
        st.caption(say("**{kind}**: {rule}", kind=say(title), rule=say(rule)))
    return replace(issue_filter(dataset, issue_type, list_query(tools)), worst=worst, kind=kind)


def query() -> dict[str, str]:
    """The filter as it stands, as the URL parameters that show it again elsewhere."""
    values = {key: st.session_state.get(key) for key in _URL_KEYS} | {FILTERS: st.query_params.get(FILTERS)}
    return {key: str(value) for key, value in values.items() if value not in (None, "")}


def choose_type(name: str) -> None:
    """Lists another type from its first flagged row on. For callbacks."""
    _choose({keys.TYPE: name})


def choose(
    given: str | None = None,
    suggested: str | None = None,
    show: str = FLAGGED,
    added: str | None = None,
    removed: str | None = None,
) -> None:
    """Sets the filter to a pair of labels, or to one of them, or to what is probably missing or extra, and forgets the
    rest but the type and how many are flagged. For callbacks."""
    pair = {keys.GIVEN: given, keys.SUGGESTED: suggested, keys.MISSING: added, keys.EXTRA: removed}
    shown = {keys.SHOW: None if show == FLAGGED else show, keys.WORST: st.session_state.get(keys.WORST)}
    _choose({**pair, **shown})


def chosen_pair() -> tuple[str, str] | None:
    """The pair of labels that the filter narrows to, before or after its widgets are drawn."""
    given, suggested = st.session_state.get(keys.GIVEN), st.session_state.get(keys.SUGGESTED)
    return (str(given), str(suggested)) if given and suggested else None


def clear() -> None:
    """Every filter back to its default; the type stays. For callbacks."""
    _choose({})


def _choose(values: Mapping[str, str | int | None]) -> None:
    """Sets these filters, as the URL has them, and every other to its default."""
    choose_all({**_USUAL, **values})
    st.session_state[keys.SHOW] = values.get(keys.SHOW) or FLAGGED


def _type(context: Context, scan: Scan) -> str:
    """A choice only where there is one; each type with how many of its rows are flagged."""
    counts = of_lists(context.store, scan)
    titles = {
        one.name: say("{title} ({n:,})", title=say(one.title), n=counts[one.name].flagged) for one in issue_types(scan)
    }
    names = list(titles)
    if len(names) < 2:
        return names[0]
    optional_from_url(keys.TYPE, names)
    chosen = st.selectbox(
        say("Issue"),
        names,
        index=None,
        key=keys.TYPE,
        format_func=lambda name: titles[name],
        on_change=optional_to_url,
        args=(keys.TYPE,),
        placeholder=titles[names[0]],
        width=195,
        label_visibility="collapsed",
    )
    return chosen or names[0]


def _kind(scan: Scan, issue_type: str) -> str | None:
    """One of the kinds that the type has found, where its rows have kinds."""
    kinds = ISSUE_TYPES[issue_type].kinds
    found = {name: rows for name, rows in scan.found(issue_type).get("kinds", {}).items() if name in kinds}
    if not found:
        return None
    optional_from_url(keys.KIND, list(found))
    chosen = st.selectbox(
        say("What is wrong"),
        list(found),
        index=None,
        key=keys.KIND,
        format_func=lambda name: say("{title} ({n:,})", title=say(kinds[name][0]), n=found[name]),
        on_change=optional_to_url,
        args=(keys.KIND,),
        placeholder=say("What is wrong"),
        width=230,
        label_visibility="collapsed",
    )
    return chosen or None


def _show() -> None:
    shown = (FLAGGED, UNDECIDED, DECIDED, SETTLED, ALL)
    optional_from_url(keys.SHOW, shown, FLAGGED)
    st.segmented_control(
        say("Show"),
        shown,
        required=True,
        key=keys.SHOW,
        format_func=say,
        on_change=optional_to_url,
        args=(keys.SHOW, FLAGGED),
        label_visibility="collapsed",
    )


def _label(title: str, key: str, dataset: Dataset, or_none: bool = False) -> None:
    """A class; `or_none`: or no class."""
    many = len(dataset.labels) > MAX_OPTIONS
    none = [NO_CLASS] if or_none and NO_CLASS not in dataset.labels else []
    class_from_url(dataset, key, {name: said_everywhere(name) for name in none})
    st.selectbox(
        title,
        [*none, *dataset.labels[:MAX_OPTIONS]],
        index=None,
        key=key,
        on_change=optional_to_url,
        args=(key,),
        placeholder=title,
        label_visibility="collapsed",
        format_func=lambda name: say(name) if name in none else dataset.called(name),
        accept_new_options=many,
        width=145,
    )

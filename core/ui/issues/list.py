"""The ranked list beside the row that is looked at: page by page from the store, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.issues.contract import IssueType
from core.records import Dataset, IssueFilter, RowOrder, Scan, Version
from core.review.many import among_said
from core.review.records import ReviewItem
from core.review.words import action_words, change_marks, label_words
from core.services.issues.listing import (
    Findings,
    IssuePage,
    ListedIssue,
    count,
    export_list,
    lines_of,
    page,
    ranks,
)
from core.services.lists.asked import Listed, issues_listed
from core.services.review.among import OfScan
from core.store.export import Format
from core.store.issues import BY_RANK
from core.store.masked import said_shown
from core.store.row_facts import as_of
from core.targets import Target
from core.ui import keys
from core.ui.filters.similar_to import similar_button
from core.ui.issues.again import ask_again_button
from core.ui.issues.groups import keep_one_of_all, redraw_after_act
from core.ui.issues.why import explanation
from core.ui.lists.acts.act_on_all import ActOnAll
from core.ui.lists.alike import offer_alike
from core.ui.lists.issue_filter import ALL, choose, issue_tools
from core.ui.lists.issue_filter import query as issue_query
from core.ui.lists.layout import Layout, columns_button, layout_switch, rows_of_page
from core.ui.lists.paging import paged, pages
from core.ui.lists.table import Table
from core.ui.lists.tools import (
    Tools,
    download_button,
    list_query,
    sort_box,
)
from core.ui.lists.verdict_bar import Seen, Verdicts
from core.ui.lists.views import views_button
from core.ui.parts.background import result_of
from core.ui.parts.cells import clicked_cell
from core.ui.parts.labels import label_said, target_of
from core.ui.shell.pages import link
from core.words import say, say_n, stored

PAGE_ROWS = 25
SORTED_AT_ONCE, PAGES_AT_ONCE = 50_000, 20
"""A scan of no more rows is sorted while the page is drawn, a page at a time; a longer one beside it, so many pages."""


@st.fragment
def ranked_list(
    context: Context, dataset: Dataset, version: Version, user: str, found: Findings, where: IssueFilter
) -> None:
    """The list on the left, the chosen row with its reasons and the verdict bar on the right. A click redraws only
    this, a verdict the figures above too."""
    redraw_after_act()
    scan, kind = found.scan, found.kind
    verdicts = Verdicts(context, dataset, version, f"issues-verdicts-{scan.scan_id}", among=in_words(where, dataset))
    acts = ActOnAll(context, dataset, f"issues-many-{scan.scan_id}")
    if verdicts.changed or acts.changed:
        st.rerun()
    offer_alike(context, dataset, version, user)
    tools = issue_tools(context, dataset, scan)
    listed = issues_listed(dataset, list_query(tools))
    opened = _head(tools, listed, version, user, found, where, acts)
    if opened is None:
        return
    layout, key, rows = opened
    if not rows.lines:
        nothing = where == IssueFilter(where.issue_type, settled=False) and not found.lists[kind.name].flagged
        if not nothing:
            st.caption(say("No row matches these filters."))
            return
        st.caption(say("No row is flagged."))
        if every := count(context, scan, IssueFilter(kind.name, flagged_only=False, settled=False)):
            st.button(
                say_n("See how {n:,} row ranks", "See how all {n:,} rows rank", every),
                icon=":material/arrow_forward:",
                on_click=choose,
                kwargs={"show": ALL},
                key="issues-rank-all",
            )
        return
    size = rows_of_page(layout, PAGE_ROWS)
    if layout != "table" and verdicts.opened not in [line.issue.example_id for line in rows.lines]:
        verdicts.tiles([_seen(line, found) for line in rows.lines], layout)
        pages(key, size, rows.total)
        return
    left, right = st.columns([7, 5], gap="medium")
    with left:
        if layout == "table":
            table = f"{key}-table-{st.session_state.get(key, 1)}"
            picked = _table(tools, listed, version, kind, rows, where, table)
        else:
            verdicts.tiles([_seen(line, found) for line in rows.lines], layout)
            picked = [line for line in rows.lines if line.issue.example_id == verdicts.opened]
        pages(key, size, rows.total)
    with right:
        if len(picked) > 1:
            verdicts.bar([_seen(line, found) for line in picked])
            return

        def judge(item: ReviewItem) -> None:
            if layout == "table":
                verdicts.bar([_seen(picked[0], found, tuple(name for name, _ in item.probabilities))])

        explanation(context, dataset, user, scan, kind, picked[0].issue.example_id, judge)


def in_words(where: IssueFilter, dataset: Dataset) -> str:
    """What the filter says, in English: `given business · looks like sport`. Acts keep it."""
    classes = {"given": where.given_label, "looks like": where.suggested_label}
    classes |= {"probably missing": where.added, "probably extra": where.removed}
    parts = {
        "issue": where.issue_type,
        **{name: None if code is None else dataset.called(code) for name, code in classes.items()},
        "what is wrong": where.kind,
        "score below": where.score_below,
        "split": where.rows.split,
        "words": where.rows.text,
        "columns": len(where.columns) + len(where.rows.columns) or None,
    }
    said = [
        _SAID[name].format(value=value) if value != "" else f"{name} no class"
        for name, value in parts.items()
        if value is not None
    ]
    state = stored("all rows" if not where.flagged_only else "undecided")
    state = stored("flagged") if where.flagged_only and not where.undecided_only else state
    state = stored("decided") if where.decided_only else state
    return " · ".join((state, *said))


_SAID = {
    "issue": stored("issue {value}"),
    "given": stored("given {value}"),
    "looks like": stored("looks like {value}"),
    "probably missing": stored("probably missing {value}"),
    "probably extra": stored("probably extra {value}"),
    "what is wrong": stored("what is wrong {value}"),
    "score below": stored("score below {value}"),
    "split": stored("split {value}"),
    "words": stored("words {value}"),
    "columns": stored("columns {value}"),
}
_WITHOUT_CLASS = stored("given no class"), stored("looks like no class")


def _seen(line: ListedIssue, of: Findings, likely: tuple[str, ...] = ()) -> Seen:
    issue, scan = line.issue, of.scan
    caption = (f"#{issue.rank:,}", f"{issue.score:.3f}", _kinds(issue.why, of.kind))
    return Seen(
        line.example,
        issue.suggested_label,
        issue.score,
        likely,
        caption=" · ".join(filter(None, caption)),
        tier=scan.tier,
        scan_id=scan.scan_id,
        issue_type=of.kind.name,
    )


def _head(
    tools: Tools, listed: Listed, version: Version, user: str, of: Findings, where: IssueFilter, acts: ActOnAll
) -> tuple[Layout, str, IssuePage] | None:
    """The line above the list; its layout, the key of its page numbers, and the page that is open. None while the list
    is sorted."""
    context, dataset, scan = tools.context, tools.dataset, of.scan
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="issue-list-bar"):
        count = st.empty()
        layout = layout_switch(dataset)
        size = rows_of_page(layout, PAGE_ROWS)
        key = f"issues-{scan.scan_id}-{hash((where, listed.order)):x}-page"
        key = key if layout == "table" else f"{key}-{layout}"
        found = paged(
            key,
            size,
            lambda offset: _page(context, scan, where, listed.order, offset, size),
            lambda page: 1 if page is None else page.total,
        )
        if found is None:
            return None
        title = say("**{n:,} rows**, worst first" if listed.order == BY_RANK else "**{n:,} rows**", n=found.total)
        count.markdown(title, width="content")
        if found.total:
            sort_box(tools, listed.order, BY_RANK, say("worst first"))
            columns_button(tools, listed)
        views_button(tools, list_query(tools))
        similar_button(tools)
        if found.total:
            among = in_words(where, dataset)
            acts.button(
                OfScan(scan, where),
                among,
                found.total,
                of.kind.act_on_all,
                shown=said_shown(context.store, dataset.dataset_id, among_said(among)),
                suggests="suggestion" in of.kind.actions,
            )
            _download(tools, listed, version, scan, where, found.total)
            shown: dict[str, Any] = {keys.DATASET: dataset.name, keys.VERSION: version.number} | issue_query()
            link("review", say("Review these"), icon=":material/rule:", **shown)
        ask_again_button(context, user, scan, where, found.total)
        if found.total and "group" in of.kind.actions:
            keep_one_of_all(context, user, of)
    return layout, key, found


def _page(
    context: Context, scan: Scan, where: IssueFilter, order: RowOrder, offset: int, size: int
) -> IssuePage | None:
    """A page of the list as it is sorted; None while a long one is sorted."""
    long = int(scan.summary["rows"]) > SORTED_AT_ONCE
    if order == BY_RANK and not (long and where.rows.text):
        return page(context, scan, where, size, offset)
    if not long:
        total, chosen = ranks(context, scan, where, order, size, offset)
        return IssuePage(total, lines_of(context, scan, where, chosen))
    together = PAGES_AT_ONCE * size
    start = offset - offset % together
    acts = context.ledger.decisions.newest()  # an undecided row leaves the list
    found = result_of(
        context,
        ("sorted issues", scan.scan_id, where, order, start, together, acts),
        lambda: ranks(context, scan, where, order, together, start),
        waiting=stored("Sorting"),
    )
    if found is None:
        return None
    return IssuePage(found[0], lines_of(context, scan, where, found[1][offset - start :][:size]))


def _table(
    tools: Tools,
    listed: Listed,
    version: Version,
    kind: IssueType[Any],
    found: IssuePage,
    where: IssueFilter,
    key: str,
) -> list[ListedIssue]:
    """The lines that are ticked; else that of the cell that was clicked, at first the worst."""
    column = st.column_config
    formats = {
        "rank": partial(column.NumberColumn, width=48, format="%d"),
        "score": partial(column.NumberColumn, format="%.3f", width=72, help=say(kind.help)),
    }
    usual = issues_listed(tools.dataset, {}).columns
    alt = say("{title}: rows, worst first", title=say(kind.title))
    table = Table(tools, listed, BY_RANK, usual, key, alt, formats=formats)
    flags = [one for one in tools.columns if one.added and one.column == "is_issue"]
    shown = flags if table.as_usual and not where.flagged_only else []
    lines, target = found.lines, target_of(tools.dataset)
    issues = [line.issue for line in lines]
    event = table.draw(
        [line.example for line in lines],
        {
            "rank": [one.rank for one in issues],
            "given_label": [label_words(line.issue.given_label, target, line.example.text) for line in lines],
            "suggested_label": [
                change_marks(line.issue.given_label, line.issue.suggested_label, target, line.example.text)
                for line in lines
            ],
            "kinds": [_kinds(one.why, kind) for one in issues],
            "score": [one.score for one in issues],
            "is_issue": [one.is_issue for one in issues],
            "verdict": [_verdict(line, version, target) for line in lines],
        },
        also=shown,
    )
    ticked = list(event["selection"].get("rows", ()))
    places = ticked or [(clicked_cell(event) or (0, ""))[0]]
    return [lines[place] for place in places if place < len(lines)] or [lines[0]]


def _kinds(why: Mapping[str, Any], kind: IssueType[Any]) -> str:
    """The titles of a row's kinds."""
    return " · ".join(say(kind.kinds[name][0]) for name in why.get("kinds", ()) if name in kind.kinds)


def _verdict(line: ListedIssue, version: Version, target: Target) -> str | None:
    decision = line.decision
    if decision is None:
        return None
    said = (
        action_words(decision.action)
        if decision.new_label is None
        else f"→ {label_said(target, decision.new_label, line.example.text)}"
    )
    return said if decision.version_id == version.version_id else say("{verdict} (before)", verdict=said)


def _download(tools: Tools, listed: Listed, version: Version, scan: Scan, where: IssueFilter, total: int) -> None:
    def write(out: Path, format_name: Format, plainly: bool) -> Path:
        export_list(tools.context, scan, out, format_name, None, where, listed.columns, listed.order, plainly)
        return out

    # What is undecided changes with every act; the file is made when it is asked for.
    key = (
        f"issues {scan.scan_id} {where!r} {as_of(tools.context.store, where.rows)} {listed.order!r} {listed.columns!r}"
    )
    name = f"{tools.dataset.name}-v{version.number}-{where.issue_type}"
    download_button(tools, listed, total, name, write, key)

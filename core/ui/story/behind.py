"""The rows behind a figure of the story, in a list that changes nothing: whoever may only read sees them too.

A figure narrows them already, so that they are sorted here as a whole; they open in the list of the page where they are
worked on, to be narrowed further there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.beside.answers import Pending
from core.context import Context
from core.records import ColumnFilter, Example, IssueFilter, PredictedRow, RowOrder, RowsBehind, Story
from core.review.words import label_words
from core.services.evaluation.measures import evaluate
from core.services.issues.listing import latest_scan, lines_of, ranks
from core.services.review.log import log_lines
from core.services.story.worst import rows_behind as find_rows
from core.store.issues import BY_RANK
from core.store.record_lists import count_records, page_records
from core.store.record_lists.decisions import decided
from core.store.rows import get_rows
from core.tasks import target_of, task_named
from core.ui import keys
from core.ui.lists.paging import WHOLE_HEADER, one_page, paged, pages
from core.ui.lists.tools import DOWN, UP
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.ui.story.order import order_of, orders, sort
from core.ui.story.places import act_of, behind_of, list_of
from core.ui.url import put
from core.words import later, say, say_n

_OPEN = {
    "issues": later("Open in Issues"),
    "review": later("Open the log"),
    "evaluation": later("Open in Evaluate"),
}
PAGE_ROWS = 10
CELL_CHARACTERS = 300

Listed = tuple[int, Sequence[Example], Mapping[str, list[Any]]]
"""How many there are, a page of the examples, and what else is said of each."""


def count(words: str, name: str) -> None:
    """A figure that opens the rows of that name, and closes them again."""
    opened = st.query_params.get(keys.BEHIND) == name
    st.button(
        plain(words),
        key=f"behind-{name}",
        type="tertiary",
        icon=":material/expand_less:" if opened else ":material/table_rows:",
        help=say("Closes the list of these rows") if opened else say("Lists these rows"),
        on_click=_open,
        args=(None if opened else name,),
    )


def rows_behind(context: Context, told: Story, *names: str) -> None:
    """The list of the opened figure, where it is one of those, or begins with one."""
    opened = st.query_params.get(keys.BEHIND, "")
    if not opened.startswith(names):
        return
    read = _reader(context, told, opened)
    if read is None:
        return
    order = order_of(opened)
    key = f"behind-page-{opened}" + (f"-{hash(order):x}" if order else "")
    with st.container(border=True, gap="small", key="story-behind"):
        found = paged(key, PAGE_ROWS, lambda offset: _page(context, told, (opened, order), read, offset), _total)
        if found is None:
            return
        total, examples, columns = found
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{say_n('{n:,} row', '{n:,} rows', total)}**", width="content")
            st.space("stretch")
            _to_work(told, opened)
            st.button(
                say("Close"),
                icon=":material/close:",
                type="tertiary",
                on_click=_open,
                args=(None,),
                key="behind-close",
            )
        if total:
            _table(context, told, examples, columns, opened, order)
            pages(key, PAGE_ROWS, total)


def _page(context: Context, told: Story, name: Hashable, read: Callable[[int], Listed], offset: int) -> Listed | None:
    """A page of the list, which may take a moment at a million rows: read beside the page, None until it is there."""
    run = told.score.run.run_id if told.score else None
    about = (told.dataset.dataset_id, told.newest.version_id, run, context.store.newest_act())
    return result_of(
        context, ("story rows", name, *about, offset), lambda: read(offset), waiting=later("Listing the rows")
    )


def _total(found: Listed | None) -> int:
    """As long as it is not known, the list may be of any length."""
    return sys.maxsize if found is None else found[0]


def _reader(context: Context, told: Story, name: str) -> Callable[[int], Listed] | None:
    """What reads a page of the rows of that name; None where there are none of it."""
    kind, _, rest = name.partition("-")
    order = order_of(name)
    if kind == "decided":
        return lambda offset: _decided(context, told, rest, offset, order)
    if kind == "flagged":
        return lambda offset: _flagged(context, told, rest, offset, order)
    behind = behind_of(told, kind, rest)
    return None if behind is None else lambda offset: _predicted(context, told, behind, offset, order)


def _predicted(context: Context, told: Story, behind: RowsBehind, offset: int, order: RowOrder | None) -> Listed:
    assert told.score is not None, "there are errors"
    found = evaluate(context, told.score.run, told.score.split, "newest", timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    scans = (latest_scan(context, line.version.version_id) for line in reversed(told.lines))
    scan = next((one for one in scans if one), None)
    total, rows = find_rows(context, told.score.run, found, behind, told.newest, scan, PAGE_ROWS, offset, order)
    examples = get_rows(context.store, told.newest.version_id, [row.example_id for row in rows])
    words = target_of(told.dataset).words

    def columns(of: Sequence[PredictedRow]) -> dict[str, list[Any]]:
        said = {"label": [words(row.label) for row in of], "predicted": [words(row.predicted) for row in of]}
        return said | {"how sure": [row.confidence for row in of]}

    return total, examples, columns(rows)


def _flagged(context: Context, told: Story, number: str, offset: int, order: RowOrder | None) -> Listed:
    line = next((one for one in told.lines if str(one.version.number) == number), None)
    scan = latest_scan(context, line.version.version_id) if line else None
    if scan is None:
        return 0, (), {}
    where = IssueFilter("label")
    total, chosen = ranks(context, scan, where, order or BY_RANK, PAGE_ROWS, offset)
    found = lines_of(context, scan, where, chosen)
    target = target_of(told.dataset)
    suggested = [one.issue.suggested_label for one in found]
    return (
        total,
        [one.example for one in found],
        {
            "label": [label_words(one.issue.given_label, target) for one in found],
            "suggested": [None if label is None else target.words(label) for label in suggested],
            "label quality": [one.issue.score for one in found],
        },
    )


def _decided(context: Context, told: Story, rest: str, offset: int, order: RowOrder | None) -> Listed:
    number, action, reviewer = act_of(rest)
    line = next((one for one in told.lines if str(one.version.number) == number), None)
    if line is None or action not in ("keep", "relabel", "exclude", "unsure"):
        return 0, (), {}
    asked = {"version": number, "action": action, "reviewer": reviewer}
    where = [ColumnFilter(column, "=", (value,)) for column, value in (asked | {"verdict": "true"}).items()]
    store, records = context.store, decided(told.dataset, ())
    total = count_records(store, records, where)
    chosen = page_records(store, records, where, order or records.usual, PAGE_ROWS, offset)
    found = log_lines(context, told.dataset.dataset_id, [str(one["decision_id"]) for one in chosen])
    words = target_of(told.dataset).words
    new = [one.decision.new_label for one in found]
    return (
        total,
        [one.example for one in found],
        {
            "label": [words(one.example.label or "") for one in found],
            "new label": [None if label is None else words(label) for label in new],
            "when": [one.decision.decided_at for one in found],
        },
    )


def _table(
    context: Context,
    told: Story,
    examples: Sequence[Example],
    columns: Mapping[str, list[Any]],
    name: str,
    order: RowOrder | None,
) -> None:
    drawing, row_height = drawing_of(told.dataset), task_named(told.dataset.task).modality.row_height
    shown: dict[str, list[Any]] = {"row": [one.example_id for one in examples]}
    if drawing.cell:
        shown[drawing.cell] = drawing.cells(context, examples)
    shown |= columns
    shown["example"] = [line_of(told.dataset, one, CELL_CHARACTERS) for one in examples]
    sorted_by = next((title for title, one in orders(name).items() if order and one.column == order.column), "")
    arrow = f" {DOWN if order.descending else UP}" if order else ""

    def head(title: str, said: str) -> str:
        return f"{said}{arrow if title == sorted_by else ''}"

    key = f"behind-table-{name}-{hash(order):x}"
    one_page(key).dataframe(
        {title: values for title, values in shown.items() if any(value is not None for value in values)},
        hide_index=True,
        row_height=row_height,
        height="content",
        column_config={
            "row": st.column_config.NumberColumn(head("row", say("row")), format="%d", width=64),
            "label": st.column_config.TextColumn(head("label", say("label"))),
            "predicted": st.column_config.TextColumn(head("predicted", say("predicted"))),
            "suggested": st.column_config.TextColumn(head("suggested", say("suggested"))),
            "new label": st.column_config.TextColumn(head("new label", say("new label"))),
            **({drawing.cell: drawing.column(64)} if drawing.cell else {}),
            "how sure": _share(head("how sure", say("how sure"))),
            "label quality": _share(head("label quality", say("label quality"))),
            "when": st.column_config.DatetimeColumn(head("when", say("when")), format=say("D MMM YYYY, HH:mm")),
            "example": st.column_config.TextColumn(head("example", say(drawing.words_title)), width="large"),
        },
        key=key,
        selection_mode=WHOLE_HEADER,
        on_select=lambda: sort(name, key),
        placeholder="",
        alt=say("The rows behind the figure"),
    )


def _share(title: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(title, format="percent", min_value=0.0, max_value=1.0, width=110)


def _to_work(told: Story, name: str) -> None:
    """For whoever may act: these very rows in the list of the page where they are worked on."""
    place = None if reading() else list_of(told, name)
    if place is not None:
        query: dict[str, str | int | None] = dict(place.query)
        link(
            place.page, say(_OPEN[place.page]), icon=":material/arrow_forward:", icon_position="left", place="", **query
        )


def _open(name: str | None) -> None:
    put({keys.BEHIND: name, **({keys.BEHIND_ORDER: None} if name is None else {})})

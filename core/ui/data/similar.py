"""Data, view Rows, where a link asks for rows like one of them: the list of those that are most like it."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, Example, RowFilter, Version
from core.services.similar.asked import Compared
from core.services.similar.nearest import Similar, can_compare, similar_rows, state_of
from core.store.rows import get_rows
from core.tasks import task_named
from core.ui import keys
from core.ui.data.rows import in_words
from core.ui.filters.similar_to import compared_in_words
from core.ui.lists.row_list import row_browser
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.background import result_of
from core.ui.parts.empty import empty_state
from core.ui.parts.labels import label_said, target_of
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.words import say, stored

LINE_CHARACTERS, PICTURE_PIXELS = 200, 320


def like_row() -> int | None:
    """The row that the link asks about."""
    named = st.query_params.get(keys.LIKE, "")
    return int(named) if named.isdigit() else None


def rows_like(context: Context, dataset: Dataset, version: Version, asked: int, where: RowFilter) -> None:
    """The rows most like the one asked about, of those that `where` lets through."""
    [example] = get_rows(context.store, version.version_id, [asked])
    if not can_compare(dataset):
        _heading(context, dataset, example)
        _nothing_kept(dataset, version)
        return
    key = ("similar rows", version.version_id, asked, where, state_of(context))
    answer = result_of(
        context,
        key,
        lambda: (similar_rows(context, dataset, version, asked, where),),
        waiting=stored("Comparing rows"),
    )
    if answer is None:
        _heading(context, dataset, example)
        return
    [found] = answer
    _heading(context, dataset, example, found, version)
    if found is None:
        _nothing_kept(dataset, version)
        return
    alike = dict(found.rows)
    row_browser(
        context,
        dataset,
        version,
        RowFilter(example_ids=tuple(alike)),
        title=lambda: _title(asked, where, dataset),
        key="rows-like",
        similar=alike,
    )


def _title(asked: int, where: RowFilter, dataset: Dataset) -> str:
    title = say("Most like row {number}", number=asked)
    return title if where == RowFilter() else f"{title} · {in_words(where, dataset)}"


def _heading(
    context: Context,
    dataset: Dataset,
    example: Example,
    found: Similar | None = None,
    version: Version | None = None,
) -> None:
    """The row asked about, in one line where it is words, and by what the others are compared with it."""
    target = target_of(dataset)
    label = say("no label") if example.label is None else label_said(target, example.label, example.text)
    with st.container(border=True, key="rows-like-asked"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            named = say("row {number}", number=example.example_id)
            st.markdown(f"**{named}** :gray-badge[{plain(label)}]", width="content")
            st.space("stretch")
            st.button(say("All rows"), icon=":material/close:", type="tertiary", key="rows-all-again", on_click=_forget)
        if example.media_id is None:
            st.markdown(plain(line_of(dataset, example, LINE_CHARACTERS)))
        else:
            with st.container(width=PICTURE_PIXELS):
                drawing_of(dataset).beside(context, example)
        if found is not None and version is not None:
            st.caption(compared_in_words(dataset, version, Compared(found.encoder, found.compared)))


def _nothing_kept(dataset: Dataset, version: Version) -> None:
    task = task_named(dataset.task)
    if task.target.located:
        empty_state(
            say("Texts with entities are not compared"),
            say("Scans keep embeddings of their words, not of whole texts. Look for words in the example instead."),
            icon="hub",
        )
        return
    if not can_compare(dataset):
        empty_state(
            say("Rows of tables are not compared"),
            say("Their embeddings depend on all rows together, so that none is kept. Filter the columns instead."),
            icon="hub",
        )
        return
    empty_state(
        say("No embedding of this row is on disk"),
        say(
            "Rows are compared by their embeddings, which a scan makes and keeps: one with the encoder {encoder}.",
            encoder=task.modality.encoders[-1],
        ),
        icon="hub",
        action=lambda: link(
            "issues",
            say("Scan"),
            icon=":material/troubleshoot:",
            dataset=dataset.name,
            version=version.number,
        ),
    )


def _forget() -> None:
    del st.query_params[keys.LIKE]

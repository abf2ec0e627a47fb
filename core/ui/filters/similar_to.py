"""Similar to…: the rows most like a text that is typed, or a file that is dropped, as a filter of a list."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.context import Context
from core.records import Dataset, RowFilter, Version
from core.services.lists.written import filter_text, read_filters
from core.services.media import thumbnail_of
from core.services.similar.asked import Compared, compared_by, encoder_there, warm_up
from core.services.similar.kept import file_of, kept_file, text_asked
from core.services.similar.nearest import can_compare
from core.store.row_facts.match import WORDS_MATCH
from core.store.row_facts.similar import SIMILAR
from core.store.search.alike import examples_asked
from core.tasks import task_named
from core.ui.lists.tools import Tools, asked_filters, put_filters
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain, shown_errors
from core.ui.parts.upload import arrived
from core.ui.shell.pages import link
from core.words import say, say_n, stored

BOX = "list-similar"
MAX_CHARACTERS = 20_000
LINE_CHARACTERS = 200
WIDE = 380
"""Pixels of the box."""
PICTURE = 96
"""Pixels across of what was dropped."""


def similar_button(tools: Tools) -> None:
    """The box in which it is said what rows are to be like; none where nothing of their kind is compared."""
    if not can_compare(tools.dataset):
        return
    box = st.popover(say("Similar to…"), icon=":material/hub:", key=BOX, on_change="rerun", width="content")
    if not box.open:
        return
    with box, shown_errors():
        _asking(tools)


def _asking(tools: Tools) -> None:
    modality, context = task_named(tools.dataset.task).modality, tools.context
    if encoder_there(context, tools.dataset) is None:
        _nothing_kept(tools, modality.encoders[-1])
        return
    warm_up(context, tools.dataset)
    if not modality.in_files:
        with st.form("similar-form", border=False):
            st.text_area(
                say("A text"),
                key="similar-text",
                height=110,
                max_chars=MAX_CHARACTERS,
                placeholder=say("Type or paste what the rows are to be like"),
                width=WIDE,
            )
            st.form_submit_button(
                say("Find rows like it"), type="primary", icon=":material/hub:", on_click=_text, args=(tools,)
            )
        st.caption(
            say("By meaning, not by words: the hundred rows whose embeddings are nearest. Ctrl+Enter finds them."),
            width=WIDE,
        )
        return
    dropped = st.file_uploader(
        say("A file to compare with"),
        type=[suffix[1:] for suffix in sorted(modality.suffixes)],
        key="similar-file",
        width=WIDE,
    )
    paths = arrived(context, [dropped], waiting=stored("storing the file")) if dropped else ()
    st.button(
        say("Find rows like it"),
        type="primary",
        icon=":material/hub:",
        key="similar-find",
        disabled=not paths,
        on_click=_file,
        args=(tools, Path(paths[0]) if paths else Path()),
    )
    st.caption(say("The hundred rows whose embeddings are nearest."), width=WIDE)


def _nothing_kept(tools: Tools, encoder: str) -> None:
    st.markdown(say("**No embeddings are on disk yet**"))
    st.caption(
        say(
            "Rows are compared by their embeddings, which a scan makes and keeps: one with the encoder {encoder}.",
            encoder=encoder,
        )
    )
    link("issues", say("Scan"), icon=":material/troubleshoot:", place="similar", dataset=tools.dataset.name)
    if task_named(tools.dataset.task).modality.in_files:
        return
    with st.form("similar-words-form", border=False):
        st.text_input(
            say("Until then, rows that have these words"), key="similar-words", placeholder=say("any of these words")
        )
        st.form_submit_button(say("Find words"), icon=":material/search:", on_click=_words, args=(tools,))


def _text(tools: Tools) -> None:
    text = str(st.session_state.get("similar-text") or "")
    if text.strip():
        _ask(tools, SIMILAR.column, text_asked(tools.context.workspace, text))


def _file(tools: Tools, path: Path) -> None:
    _ask(tools, SIMILAR.column, kept_file(tools.context.workspace, path, path.name))


def _words(tools: Tools) -> None:
    words = " ".join(str(st.session_state.get("similar-words") or "").split())
    if words:
        _ask(tools, WORDS_MATCH.column, words)


def _ask(tools: Tools, fact: str, value: str) -> None:
    """In place of the filter of that fact that there was."""
    column = next(one for one in tools.narrowing if one.column == fact and one.kind == "fact")
    others = [text for text in asked_filters(tools) if read_filters(text, tools.narrowing)[0][0].column != fact]
    put_filters(tools, [*others, filter_text(column, "=", (value,))])
    st.session_state[BOX] = False


def asked_for(context: Context, dataset: Dataset, version: Version, where: RowFilter) -> None:
    """Above a list: by what its rows are compared with what a filter asks for, and that itself where the filter's own
    words do not say it. Nothing where a filter asks for no such rows."""
    for asked in examples_asked(where):
        file = file_of(context.workspace, asked)
        if file is not None and task_named(dataset.task).modality.in_files:
            _drawn(context, file)
        elif file is not None:
            text = file.read_text("utf-8", "replace")
            st.caption(plain(f"“{text[:LINE_CHARACTERS]}{'…' if len(text) > LINE_CHARACTERS else ''}”"))
        st.caption(compared_in_words(dataset, version, compared_by(context, version.version_id, asked)))


def _drawn(context: Context, file: Path) -> None:
    found = result_of(
        context,
        ("similar picture", str(file)),
        lambda: (thumbnail_of(context, file),),
        waiting=stored("Drawing the file"),
    )
    if found is not None and found[0] is not None:
        st.image(found[0], width=PICTURE, alt=file.name)


def compared_in_words(dataset: Dataset, version: Version, found: Compared) -> str:
    """By whose embeddings rows were compared, and how many have none."""
    bundled = found.encoder in task_named(dataset.task).modality.encoders
    told = say(
        "Compared with {n:,} rows by the embeddings of {encoder}: 1 is identical, 0 nothing in common (cosine).",
        n=found.compared,
        encoder=found.encoder if bundled else say("another model"),
    )
    without = version.row_count - found.compared
    if without <= 0:
        return told
    lacks = say_n(
        "{n:,} row has no embedding yet and is left out.", "{n:,} rows have no embedding yet and are left out.", without
    )
    return f"{told} {lacks}"

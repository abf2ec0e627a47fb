"""The Words view: single words that the label follows, which a model may learn in place of what is meant."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.intervals import intervals
from core.context import Context
from core.profile.wording import MIN_WORD_ROWS, Wording
from core.records import Dataset, Version
from core.services.profile.figures import attribute_of, rows_with_word, words_tied
from core.tasks import target_of, task_named
from core.ui import keys
from core.ui.parts.labels import attribute_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, Opened, chart, choices_to_url, chosen, heading, numbers, share_column
from core.ui.url import optional_from_url, optional_to_url
from core.words import later, say, say_n, say_stored

VIEW = "words"
DRAWN = 15
LISTED = 15
"""Lines of the table; a longer one scrolls."""


def has_words(dataset: Dataset) -> bool:
    """Whether its examples are written, and its labels classes."""
    return task_named(dataset.task).modality.written and not target_of(dataset).numeric


def words_view(context: Context, dataset: Dataset, version: Version) -> Opened | None:
    """The words that are no chance; the rows of the one that is chosen."""
    categories = {one.column: attribute_said(dataset, one.name) for one in dataset.attributes if one.kind == "category"}
    column = _by_groups_of(categories)
    attribute = attribute_of(dataset, column) if column else None
    found = settled(lambda: words_tied(context, version.version_id, attribute))
    if found is None:
        return None
    if not found.words:
        st.caption(
            say(
                "Words are compared between classes: there is only one, or no word is in {rows} rows.",
                rows=MIN_WORD_ROWS,
            )
        )
        return None
    if not found.ties:
        st.caption(
            say(
                "No word goes together with a class by more than chance, of {n:,} words that are in at least {rows} "
                "rows.",
                n=found.words,
                rows=MIN_WORD_ROWS,
            )
        )
        return None
    st.markdown(_verdict(dataset, found))
    left, right = st.columns([5, 6], gap="large")
    names = [one.word for one in found.ties]
    with left:
        word = _drawn(dataset, version, found, names)
    with right:
        _table(dataset, version, found, names, categories.get(column or ""))
    tie = next((one for one in found.ties if one.word == word), None)
    if tie is None:
        return None
    where = settled(lambda: rows_with_word(context, version.version_id, tie.word, tie.label))
    return None if where is None else Opened(where, lambda: f"{tie.word} · {dataset.called(tie.label)}")


def _by_groups_of(categories: dict[str, str]) -> str | None:
    """The category whose groups words may mark, if one is chosen; in the URL."""
    if not categories:
        return None
    optional_from_url(keys.BY, list(categories))
    chosen_column: str | None = st.selectbox(
        say("Words that also mark a group of"),
        list(categories),
        index=None,
        format_func=lambda one: categories[one],
        key=keys.BY,
        placeholder=say("Words that also mark a group of"),
        label_visibility="collapsed",
        icon=":material/balance:",
        on_change=optional_to_url,
        args=(keys.BY,),
        width=320,
    )
    return chosen_column


def _verdict(dataset: Dataset, found: Wording) -> str:
    """What the words come to, of the one by which most is answered right."""
    best = max(found.ties, key=lambda one: one.points)
    words = say_n("{n:,} word goes", "{n:,} words go", found.count)
    said = say("{words} together with a class by more than chance, of {all:,}.", words=words, all=found.words)
    if best.points <= 0:
        return said
    return f"{said} " + say(
        "By **{word}** alone {points:.1f} more rows in a hundred would be answered right than by always the same "
        "class, were all classes as frequent: if it is not what **{label}** means, a model will learn it all the same.",
        word=plain(best.word),
        label=plain(dataset.called(best.label)),
        points=100 * best.points,
    )


def _drawn(dataset: Dataset, version: Version, found: Wording, names: Sequence[str]) -> str | None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Words that a label follows"), say("share of the word's rows that have the class"))
        st.space("stretch")
        numbers(dataset, version, later("words"), _columns(found), key=VIEW)
    drawn = found.ties[:DRAWN]
    kept = chosen(VIEW, "word")
    picked: str | None = chart(
        dataset,
        intervals(
            [f"{one.word} → {dataset.called(one.label)}" for one in drawn],
            [one.share for one in drawn],
            selected=names.index(kept) if kept in names[:DRAWN] else None,
        ),
        VIEW,
        "word",
        names[:DRAWN],
        alt=say("Share of a class among the rows with a word; first {name}", name=names[0]),
        label=say("Word"),
        every=names,
    )
    return picked


def _table(dataset: Dataset, version: Version, found: Wording, names: Sequence[str], category: str | None) -> None:
    marks: dict[str, list[object]] = {}
    if category is not None:
        marks = {"marks": [say_stored(one.marks) if one.marks else "" for one in found.ties]}
        marks["times"] = [one.times if one.marks else None for one in found.ties]
    key = f"words-table-{version.version_id}-{category}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        st.session_state[f"{CHOICE}-{VIEW}-word"] = names[rows[0]] if rows else None
        choices_to_url()

    st.dataframe(
        {
            "word": list(names),
            **marks,
            "class": [dataset.called(one.label) for one in found.ties],
            "rows": [one.rows for one in found.ties],
            "share": [one.share.estimate for one in found.ties],
            "usual": [one.usual for one in found.ties],
            "information": [one.information.estimate for one in found.ties],
            "explains": [one.points for one in found.ties],
        },
        hide_index=True,
        height="content" if len(names) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "word": st.column_config.Column(say("word")),
            "marks": st.column_config.Column(
                category or "", help=say("The group that has the word more often than chance makes it.")
            ),
            "times": st.column_config.NumberColumn(
                say("times as often"), format="%.1f", help=say("As in all rows, that group has the word.")
            ),
            "class": st.column_config.Column(say("class")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "share": share_column(
                say("of these"), say("Of the rows with the word, the share that has the class."), 110
            ),
            "usual": share_column(say("of all"), say("Of all rows, the share that has the class."), 110),
            "information": st.column_config.NumberColumn(
                say("bits"),
                format="%.2f",
                help=say(
                    "Pointwise mutual information: 1 bit is twice as often as in all rows, 2 bits four times (Church "
                    "and Hanks 1990)."
                ),
            ),
            "explains": st.column_config.NumberColumn(
                say("explains"),
                format="percent",
                help=say(
                    "How many more rows would be answered right by this word alone than by always the same class, were "
                    "all classes as frequent (balanced accuracy)."
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("Words with the class that goes together with them most"),
    )
    if found.count > len(names):
        st.caption(say("the first {n:,} of {all:,} words", n=len(names), all=found.count))
    st.caption(
        say(
            "Listed is what is no chance by Dunning's likelihood ratio, corrected for all {n:,} words and all classes "
            "(Holm).",
            n=found.words,
        )
    )


def _columns(found: Wording) -> dict[str, list[object]]:
    ties = found.ties
    return {
        later("word"): [one.word for one in ties],
        "class": [one.label for one in ties],
        "rows": [one.rows for one in ties],
        later("with the class"): [one.both for one in ties],
        later("share"): [round(one.share.estimate, 6) for one in ties],
        later("low"): [round(one.share.low, 6) for one in ties],
        later("high"): [round(one.share.high, 6) for one in ties],
        later("of all"): [round(one.usual, 6) for one in ties],
        later("bits"): [round(one.information.estimate, 4) for one in ties],
        later("explains"): [round(one.points, 6) for one in ties],
        later("p-value"): [one.p_value for one in ties],
        later("marks group"): [one.marks for one in ties],
    }

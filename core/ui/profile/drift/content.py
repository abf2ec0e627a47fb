"""Of the Drift view: whether rows can be told apart by their content, and words that mark some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from core.context import Context
from core.profile.by_group.rates import holm
from core.profile.drift.sides import Side
from core.profile.records import CHANCE
from core.profile.wording import Wording
from core.records import Dataset, RowFilter, Version
from core.services.profile.drift import Between, ContentDrift
from core.services.profile.figures import rows_with_word
from core.services.similar.nearest import can_compare
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import Opened, chooser, heading, numbers
from core.ui.shell.pages import link
from core.words import later, say, say_n

WORDS = 8


def content_told(
    dataset: Dataset,
    version: Version,
    view: str,
    between: Between,
    found: Sequence[ContentDrift],
    said: Callable[[str], str],
) -> Opened | None:
    """How well a model tells one set of rows from the others; those of a set that are least like the others."""
    if not can_compare(dataset):
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("By content"), say("50 % is chance, 100 % told apart entirely"))
        if found:
            st.space("stretch")
            columns: dict[str, list[object]] = {
                later("rows told apart"): [one.side for one in found],
                later("estimate"): [round(one.auc.auc.estimate, 4) for one in found],
                later("low"): [round(one.auc.auc.low, 4) for one in found],
                later("high"): [round(one.auc.auc.high, 4) for one in found],
                later("p-value"): [one.auc.p_value for one in found],
                later("rows"): [one.rows[0] for one in found],
                later("other rows"): [one.rows[1] for one in found],
            }
            numbers(dataset, version, later("content"), columns, key=f"{view}-content")
    if not found:
        st.caption(say("Nothing to compare: a scan keeps the embeddings of rows, by which 30 and 30 are told apart."))
        link("issues", say("Scan"), icon=":material/troubleshoot:", dataset=dataset.name, version=version.number)
        return None
    names = {one.side: said(one.side) if between.kind != "order" else say("The last half") for one in found}
    for one, p_value in zip(found, holm([each.auc.p_value for each in found]), strict=True):
        st.markdown(_sentence(one, names[one.side], p_value))
    shown = {one.side: one for one in found}
    side = chooser(
        view,
        "content",
        list(shown),
        label=say("Open the rows least like the others"),
        shown=lambda name: say("{n:,} rows of {side}", n=len(shown[name].unlike), side=names[name]),
    )
    if side is None:
        return None
    where = RowFilter(example_ids=shown[side].unlike)
    return Opened(where, lambda: say("least like the others: {side}", side=names[side]))


def _sentence(one: ContentDrift, name: str, p_value: float) -> str:
    auc = one.auc.auc
    values = {"side": plain(name), "share": auc.estimate, "low": auc.low, "high": auc.high, "encoder": one.encoder}
    if p_value >= CHANCE:
        return say(
            "**{side}** cannot be told from the other rows by content: a model that has not seen them is right in "
            "{share:.0%} of pairs (95 % {low:.0%} – {high:.0%}; embeddings of {encoder}).",
            **values,
        )
    return say(
        "**{side}** is of another content than the other rows: a model that has not seen them tells which is which in "
        "{share:.0%} of pairs (95 % {low:.0%} – {high:.0%}; embeddings of {encoder}).",
        **values,
    )


def words_told(
    context: Context,
    version: Version,
    view: str,
    found: Wording,
    sides: Mapping[str, Side],
    said: Callable[[str], str],
) -> Opened | None:
    """Words that mark a side; the rows of this version that have the one that is chosen, of the side that it marks."""
    if not found.ties:
        st.caption(say("No single word marks one of them by more than chance."))
        return None
    told = ", ".join(
        say(
            "**{word}** ({side}, {times:.1f} times as often)",
            word=plain(one.word),
            side=plain(said(one.label)),
            times=one.share.estimate / one.usual,
        )
        for one in found.ties[:WORDS]
    )
    st.caption(
        say_n(
            "{n:,} word marks one of them by more than chance: {words}.",
            "{n:,} words mark one of them by more than chance: {words}.",
            found.count,
            words=told,
        )
    )
    marked = {one.word: one for one in found.ties if sides[one.label].where is not None}
    word = chooser(
        view,
        "word",
        list(marked),
        label=say("Open the rows with a word"),
        shown=lambda word: say("{word}: {side}", word=word, side=said(marked[word].label)),
    )
    if word is None:
        return None
    where, side = settled(lambda: rows_with_word(context, version.version_id, word, None)), sides[marked[word].label]
    if where is None or side.where is None:
        return None
    among = replace(where, split=side.where.split, columns=side.where.columns)
    return Opened(among, lambda: f"{word} · {said(side.name)}")

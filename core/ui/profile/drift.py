"""The Drift view: whether the splits hold rows of the same kind, by every attribute and by single words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.charts.intervals import intervals, shares
from core.context import Context
from core.profile.drift import Drift
from core.profile.records import MISSING
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.wording import Wording
from core.records import Dataset, RowFilter, Version, split_said
from core.services.profile.figures import drift_of, split_balance, words_of_splits
from core.ui.parts.labels import attribute_said, group_marked, group_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import Opened, chart, chooser, chosen, heading, no_splits, numbers
from core.ui.profile.words import has_words
from core.words import later, say, say_n

VIEW = "drift"
DRAWN = 15
GROUPS = 20
WORDS = 8


def drift_view(context: Context, dataset: Dataset, version: Version) -> Opened | None:
    """Every attribute, then the groups of one split by split; the rows of what is chosen."""
    splits = settled(lambda: split_balance(context, version.version_id))
    found = None if splits is None else settled(lambda: drift_of(context, version.version_id))
    if splits is None or found is None:
        return None
    if len([one for one in splits.splits if one != MISSING]) < 2:
        no_splits(dataset, version)
        return None
    if not found:
        st.caption(say("Comparing needs two groups of at least {n} rows.", n=MIN_GROUP_ROWS))
        return None
    st.markdown(_verdict(dataset, found))
    left, right = st.columns([4, 7], gap="large")
    with left:
        one = _attributes(dataset, version, found)
    with right:
        opened = _groups(dataset, version, one)
    if has_words(dataset):
        words = settled(lambda: words_of_splits(context, version.version_id))
        if words is not None:
            _words(words)
    return opened


def _verdict(dataset: Dataset, found: Sequence[Drift]) -> str:
    drifted = [one for one in found if not one.chance]
    if not drifted:
        return say("The splits hold rows of the same kind: no attribute differs by more than chance.")
    names = ", ".join(f"**{plain(attribute_said(dataset, one.table.attribute))}**" for one in drifted[:5])
    return say(
        "{n:,} of {all:,} attributes differ between splits by more than chance: {names}. A score on one split "
        "says less of rows like those of another.",
        n=len(drifted),
        all=len(found),
        names=names,
    )


def _attributes(dataset: Dataset, version: Version, found: Sequence[Drift]) -> Drift:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Differs between splits"), say("0 not at all, 1 entirely"))
        st.space("stretch")
        columns: dict[str, list[object]] = {
            later("attribute"): [one.table.attribute for one in found],
            later("estimate"): [round(one.size.estimate, 4) for one in found],
            later("low"): [round(one.size.low, 4) for one in found],
            later("high"): [round(one.size.high, 4) for one in found],
            later("p-value"): [one.p_value for one in found],
        }
        numbers(dataset, version, later("drift"), columns, key=VIEW)
    names = {one.table.column: attribute_said(dataset, one.table.attribute) for one in found}
    kept, drawn = chosen(VIEW, "attribute"), list(names)[:DRAWN]
    column = chart(
        dataset,
        intervals(
            [names[one] for one in drawn],
            [one.size for one in found[:DRAWN]],
            selected=drawn.index(kept) if kept in drawn else None,
        ),
        VIEW,
        "attribute",
        drawn,
        alt=say("How much each attribute differs between splits; most {name}", name=next(iter(names.values()))),
        label=say("Attribute"),
        shown=lambda one: names[one],
        every=list(names),
    )
    one = next((one for one in found if one.table.column == column), found[0])
    st.caption(
        say(
            "**{name}**: Cramér's V {value:.3f}, 95 % {low:.3f} – {high:.3f}; {reading}, by a chi-square test "
            "corrected for all attributes ({n:,}; Holm).",
            name=plain(names[one.table.column]),
            value=one.size.estimate,
            low=one.size.low,
            high=one.size.high,
            reading=say("may be chance") if one.chance else say("not chance"),
            n=len(found),
        )
    )
    return one


def _groups(dataset: Dataset, version: Version, one: Drift) -> Opened | None:
    """The share of each group in every split; the rows of a group in a split."""
    table, name = one.table, attribute_said(dataset, one.table.attribute)
    drawn = list(range(min(GROUPS, len(table.groups))))
    sizes = table.counts.sum(axis=0)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("{name} in each split", name=plain(name)), say("share of the split's rows"))
        st.space("stretch")
        columns: dict[str, list[object]] = {later("group"): [group.name for group in table.groups]}
        columns |= {split: list(table.counts[:, at].tolist()) for at, split in enumerate(table.labels)}
        numbers(dataset, version, later("groups in splits"), columns, key=f"{VIEW}-groups")
    series = [
        (split_said(split), (table.counts[drawn, at] / max(1, sizes[at])).tolist(), table.counts[drawn, at].tolist())
        for at, split in enumerate(table.labels)
    ]
    places = list(range(len(table.groups)))
    place = chart(
        dataset,
        shares([group_marked(dataset, table.column, table.groups[at]) for at in drawn], series),
        f"{VIEW}-{table.column}",
        "group",
        drawn,
        alt=say("Share of each group of {name} in every split", name=name),
        label=say("Group"),
        shown=lambda at: group_said(dataset, table.column, table.groups[at]),
        every=places,
    )
    split = chooser(f"{VIEW}-split", "split", list(table.labels), label=say("Split"), shown=split_said)
    if place is None and split is None:
        return None
    group = None if place is None else table.groups[place]
    if group is not None and group.where is None:
        st.caption(say("These groups were folded together: choose one of the others to see its rows."))
        return None
    where = replace(RowFilter() if group is None or group.where is None else group.where, split=split)
    said = [] if group is None else [f"{name}: {group_said(dataset, table.column, group)}"]
    said += [] if split is None else [say("split {split}", split=split_said(split))]
    return Opened(where, lambda: " · ".join(said))


def _words(found: Wording) -> None:
    """Words that mark a split."""
    if not found.ties:
        st.caption(say("No word marks a split by more than chance."))
        return
    told = ", ".join(
        say(
            "**{word}** ({split}, {times:.1f} times as often)",
            word=plain(one.word),
            split=plain(split_said(one.label)),
            times=one.share.estimate / one.usual,
        )
        for one in found.ties[:WORDS]
    )
    st.caption(
        say_n(
            "{n:,} word marks a split by more than chance: {words}.",
            "{n:,} words mark a split by more than chance: {words}.",
            found.count,
            words=told,
        )
    )

"""The Drift view: whether the splits, the stretches of the file, or two versions hold rows of the same kind, by every
attribute, by single words and by content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from core.charts.heat import heat
from core.charts.intervals import intervals, shares
from core.context import Context
from core.profile.drift import Drift
from core.profile.drift.sides import OWN_LABEL, Side
from core.profile.records import Group, GroupTable
from core.profile.shares import MIN_GROUP_ROWS
from core.records import Dataset, RowFilter, Version
from core.services.profile.drift import Between, content_between, drift_of, words_between
from core.services.profile.figures import split_balance
from core.tasks import target_of
from core.ui import keys
from core.ui.parts.labels import attribute_said, group_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.drift.between import chosen_between, side_said
from core.ui.profile.drift.content import content_told, words_told
from core.ui.profile.parts import Opened, asked_first, chart, chooser, heading, numbers
from core.ui.profile.words import has_words
from core.words import later, say

VIEW = "drift"
DRAWN = 15
GROUPS = 20
Said = Callable[[str], str]


def drift_view(context: Context, dataset: Dataset, version: Version) -> Opened | None:
    """Every attribute, then the groups of one side by side; the rows of what is chosen."""
    splits = settled(lambda: split_balance(context, version.version_id))
    if splits is None:
        return None
    between = chosen_between(context, dataset, version, splits)
    if between is None:
        return None
    found = settled(lambda: drift_of(context, version.version_id, between))
    if found is None:
        return None
    said = side_said(context, dataset, version, between, found.sides)
    opened: Opened | None = None
    if found.found:
        st.markdown(_verdict(dataset, between, found.found, said))
        left, right = st.columns([4, 7], gap="large")
        with left:
            one = _attributes(dataset, version, found.found)
        with right:
            opened = _groups(dataset, version, between, one, found.sides, said)
    else:
        st.caption(say("Comparing needs two groups of at least {n} rows.", n=MIN_GROUP_ROWS))
    if has_words(dataset):
        words = settled(lambda: words_between(context, version.version_id, between))
        if words is not None:
            by_name = {side.name: side for side in found.sides}
            with_word = words_told(context, version, VIEW, words, by_name, said)
            opened = opened or with_word
    content = settled(lambda: content_between(context, version.version_id, between))
    if content is not None:
        unlike = content_told(dataset, version, VIEW, between, content, said)
        opened = opened or unlike  # a choice there lifts those of the groups
    return opened


def _verdict(dataset: Dataset, between: Between, found: Sequence[Drift], said: Said) -> str:
    drifted = [one for one in found if not one.chance]
    names = ", ".join(f"**{plain(_name(dataset, one.table))}**" for one in drifted[:5])
    values = {"n": len(drifted), "all": len(found), "names": names}
    if between.kind == "order":
        if not drifted:
            return say("The file is in no order that matters: nothing changes along it by more than chance.")
        return say(
            "{n:,} of {all:,} change along the file by more than chance: {names}. Its first rows are not like its "
            "last: take samples and splits at random, not by position.",
            **values,
        )
    if between.kind == "other":
        here, there = (plain(said(one)) for one in ("here", "there"))
        if not drifted:
            return say(
                "{here} and {there} hold rows of the same kind: nothing differs by more than chance.",
                here=here,
                there=there,
            )
        return say(
            "{n:,} of {all:,} differ between {here} and {there} by more than chance: {names}. A model that was made "
            "for one of them is to be tried on the other before it is trusted.",
            here=here,
            there=there,
            **values,
        )
    if not drifted:
        return say("The splits hold rows of the same kind: no attribute differs by more than chance.")
    return say(
        "{n:,} of {all:,} attributes differ between splits by more than chance: {names}. A score on one split "
        "says less of rows like those of another.",
        **values,
    )


def _attributes(dataset: Dataset, version: Version, found: Sequence[Drift]) -> Drift:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("How much each differs"), say("0 not at all, 1 entirely"))
        st.space("stretch")
        columns: dict[str, list[object]] = {
            later("attribute"): [one.table.attribute for one in found],
            later("estimate"): [round(one.size.estimate, 4) for one in found],
            later("low"): [round(one.size.low, 4) for one in found],
            later("high"): [round(one.size.high, 4) for one in found],
            later("p-value"): [one.p_value for one in found],
        }
        numbers(dataset, version, later("drift"), columns, key=VIEW)
    names = {one.table.column: _name(dataset, one.table) for one in found}
    kept, drawn = asked_first(VIEW, "attribute", keys.COLUMN, list(names)), list(names)[:DRAWN]
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
        alt=say("How much each attribute differs; most {name}", name=next(iter(names.values()))),
        label=say("Attribute"),
        shown=lambda one: names[one],
        every=list(names),
        in_url=keys.COLUMN,
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


def _groups(
    dataset: Dataset, version: Version, between: Between, one: Drift, sides: Sequence[Side], said: Said
) -> Opened | None:
    """The share of each group in every side; the rows of a group in a side."""
    table, name = one.table, _name(dataset, one.table)
    by_name = {side.name: side for side in sides}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(plain(name), say("share of the rows, side by side"))
        st.space("stretch")
        columns: dict[str, list[object]] = {later("group"): [group.name for group in table.groups]}
        columns |= {said(side): list(table.counts[:, at].tolist()) for at, side in enumerate(table.labels)}
        numbers(dataset, version, later("groups compared"), columns, key=f"{VIEW}-groups")
    draw = _along if between.kind == "order" else _beside
    place, side = draw(dataset, table, name, [one for one in table.labels if by_name[one].where is not None], said)
    if place is None and side is None:
        return None
    group = None if place is None else table.groups[place]
    if group is not None and group.where is None:
        st.caption(say("These groups were folded together: choose one of the others to see its rows."))
        return None
    where = RowFilter() if group is None or group.where is None else group.where
    among = by_name[side].where if side is not None else None
    if among is not None:
        where = replace(where, split=among.split, columns=where.columns + among.columns)
    parts = [] if group is None else [f"{name}: {_group(dataset, table, group)}"]
    parts += [] if side is None else [said(side)]
    return Opened(where, lambda: " · ".join(parts))


def _beside(
    dataset: Dataset, table: GroupTable, name: str, opened: Sequence[str], said: Said
) -> tuple[int | None, str | None]:
    """A mark for each side, group by group. The group and the side that are chosen."""
    drawn = list(range(min(GROUPS, len(table.groups))))
    sizes = table.counts.sum(axis=0)
    series = [
        (said(side), (table.counts[drawn, at] / max(1, sizes[at])).tolist(), table.counts[drawn, at].tolist())
        for at, side in enumerate(table.labels)
    ]
    place = chart(
        dataset,
        shares([_marked(dataset, table, at) for at in drawn], series),
        f"{VIEW}-{table.column}",
        "group",
        drawn,
        alt=say("Share of each group of {name}, side by side", name=name),
        label=say("Group"),
        shown=lambda at: _group(dataset, table, table.groups[at]),
        every=list(range(len(table.groups))),
    )
    side = chooser(f"{VIEW}-side", "side", list(opened), label=say("Rows of"), shown=said) if len(opened) > 1 else None
    return place, side


def _along(
    dataset: Dataset, table: GroupTable, name: str, opened: Sequence[str], said: Said
) -> tuple[int | None, str | None]:
    """A line for each stretch of the file, from its first rows on. The group and the stretch that are chosen."""
    drawn = list(range(min(GROUPS, len(table.groups))))
    counts = table.counts.T
    sizes, overall = counts.sum(axis=1), counts.sum(axis=0) / max(1, counts.sum())
    figure = heat(
        [said(side) for side in table.labels],
        [_marked(dataset, table, at) for at in drawn],
        [[float(counts[row, at] / max(1, sizes[row])) for at in drawn] for row in range(len(sizes))],
        [float(overall[at]) for at in drawn],
        [True] * len(sizes),
        [[f"{counts[row, at]:,} / {sizes[row]:,} · {overall[at]:.1%}" for at in drawn] for row in range(len(sizes))],
    )
    side = chart(
        dataset,
        figure,
        f"{VIEW}-{table.column}",
        "stretch",
        list(table.labels),
        alt=say("Share of each group of {name}, from the first rows of the file to the last", name=name),
        label=say("Stretch of the file"),
        shown=said,
    )
    place = chooser(
        f"{VIEW}-group",
        "group",
        list(range(len(table.groups))),
        label=say("Group"),
        shown=lambda at: _group(dataset, table, table.groups[at]),
    )
    return place, side


def _name(dataset: Dataset, table: GroupTable) -> str:
    return say("label") if table.column == OWN_LABEL else attribute_said(dataset, table.attribute)


def _group(dataset: Dataset, table: GroupTable, group: Group) -> str:
    if table.column == OWN_LABEL and group.where is not None and group.where.label is not None:
        return dataset.called(group.name)
    if table.column == OWN_LABEL and group.where is not None and group.where.exactly is not None:
        return target_of(dataset).words(group.name)
    return group_said(dataset, table.column, group)


def _marked(dataset: Dataset, table: GroupTable, at: int) -> str:
    """With a star where the group is too small to be compared."""
    said = _group(dataset, table, table.groups[at])
    return said if table.groups[at].judged else f"{said} *"

"""One attribute's groups against the labels: the heat map whose cells open rows, and demographic parity per label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.heat import heat
from core.charts.style import ACCENT, WARM
from core.profile.records import GroupTable, Parity
from core.profile.shares import MIN_GROUP_ROWS, shares_of
from core.records import Dataset, Version
from core.services.profile.figures import Groups
from core.ui.chart_files import chart_with_files
from core.ui.numbers.view import between
from core.ui.parts.cells import clicked_cell, clicked_mark
from core.ui.parts.labels import attributes_said, group_marked, group_said
from core.ui.parts.problems import plain
from core.ui.profile.named import groups_named
from core.ui.profile.parts import CHOICE, Opened, choices_to_url, chooser, chosen, heading, numbers, share_column
from core.words import later, say, say_stored

VIEW = "groups"
MAX_LABELS, MAX_GROUPS = 24, 30
_LOWEST = ("lowest in", "share then")
"""Columns of the table of parity that open the rows of the group with the lowest share; the others that with the
highest."""
FOUR_FIFTHS = 0.8
"""Below this ratio of lowest to highest share, the US agencies' rule of 1978 speaks of adverse impact."""


def groups_view(dataset: Dataset, version: Version, groups: Groups, place: DeltaGenerator) -> Opened | None:
    """Draws the heat map into `place` and parity beneath; the rows of the cell that is chosen."""
    groups = groups_named(groups, dataset)
    table = groups.table
    labels, rows = _shown_labels(groups), list(range(min(MAX_GROUPS, len(table.groups))))
    with place:
        group, label = _heat(dataset, version, table, labels, rows)
    if groups.bands:
        st.caption(say("Labels are numbers: they stand in bands of about as many rows each."))
    if groups.parity:
        _parity(dataset, version, table, groups.parity)
    else:
        st.caption(say("Parity needs two groups of at least {n} rows.", n=MIN_GROUP_ROWS))
    if group is None:
        return None
    chosen_group = table.groups[group]
    if chosen_group.where is None:
        st.caption(say("These groups were folded together: choose one of the others to see its rows."))
        return None

    def title() -> str:
        name = f"{attributes_said(dataset, table.attribute)}: {_said(dataset, table, chosen_group.name)}"
        return name + ("" if label is None else f" · {label}")

    if label is not None and groups.bands:
        band = next(one for one in groups.bands if one.name == label)
        return Opened(replace(chosen_group.where, columns=(*chosen_group.where.columns, *between(band))), title)
    return Opened(replace(chosen_group.where, label=None if label is None else dataset.coded(label)), title)


def _shown_labels(groups: Groups) -> list[int]:
    """All labels, or of many the ones that the groups differ on most, in the table's order."""
    labels = groups.table.labels
    if len(labels) <= MAX_LABELS:
        return list(range(len(labels)))
    position = {label: place for place, label in enumerate(labels)}
    return sorted(position[one.label] for one in groups.parity[:MAX_LABELS]) or list(range(MAX_LABELS))


def _heat(
    dataset: Dataset, version: Version, table: GroupTable, labels: list[int], rows: list[int]
) -> tuple[int | None, str | None]:
    share, low, high = shares_of(table)
    overall, name = table.overall, attributes_said(dataset, table.attribute)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Labels by {name}", name=plain(name)), say("share of each label in each group"))
        st.space("stretch")
        numbers(dataset, version, f"{table.attribute} by label", _columns(table, labels, rows), key=VIEW)
    details = [
        [
            say(
                "{share:.1%} (95 %: {low:.1%} – {high:.1%})<br>{n:,} of {all:,} rows · all rows {overall:.1%}",
                share=share[row, label],
                low=low[row, label],
                high=high[row, label],
                n=table.counts[row, label],
                all=table.groups[row].count,
                overall=overall[label],
            )
            for label in labels
        ]
        for row in rows
    ]
    group, label = chosen(f"group-{table.column}", VIEW), chosen("label", VIEW)
    names = [table.labels[label] for label in labels]
    chart_with_files(
        heat(
            [_group_name(dataset, table, row) for row in rows],
            names,
            share[np.ix_(rows, labels)].tolist(),
            overall[labels].tolist(),
            [table.groups[row].judged for row in rows],
            details,
            selected=(rows.index(group), names.index(label)) if group in rows and label in names else None,
        ),
        key=f"{VIEW}-chart",
        dataset=dataset.name,
        name=f"{table.attribute}-by-label",
        columns=_columns(table, labels, rows),
        on_select=lambda: _clicked(table.column, names),
        alt=say("Share of each label in each group of {name}", name=name),
    )
    _legend(table, labels, rows)
    with st.container(horizontal=True, gap="small"):
        group = chooser(
            f"group-{table.column}",
            VIEW,
            list(range(len(table.groups))),
            label=say("Group"),
            shown=lambda row: _said(dataset, table, table.groups[row].name),
        )
        label = chooser("label", VIEW, list(table.labels), label=say("Label"))
    return group, None if label is None else str(label)


def choose_group(table: GroupTable, name: str | None, view: str, label: str | None = None) -> None:
    """Chooses a group of the table by its name, or none, and a label, in the heat map of that view. For callbacks."""
    names = [group.name for group in table.groups]
    st.session_state[f"{CHOICE}-group-{table.column}-{view}"] = names.index(name) if name in names else None
    st.session_state[f"{CHOICE}-label-{view}"] = label
    choices_to_url()


def _clicked(column: str, labels: Sequence[str]) -> None:
    data = clicked_mark(st.session_state[f"{VIEW}-chart"])
    st.session_state[f"{CHOICE}-group-{column}-{VIEW}"] = None if data is None else int(data[0])
    st.session_state[f"{CHOICE}-label-{VIEW}"] = None if data is None else labels[int(data[1])]
    choices_to_url()


def _said(dataset: Dataset, table: GroupTable, name: str) -> str:
    group = next((one for one in table.groups if one.name == name), None)
    return say_stored(name) if group is None else group_said(dataset, table.column, group)


def _group_name(dataset: Dataset, table: GroupTable, row: int) -> str:
    return group_marked(dataset, table.column, table.groups[row])


def _legend(table: GroupTable, labels: list[int], rows: list[int]) -> None:
    """As small text, not as a caption: a caption fades the colours that it explains."""
    parts = []
    if not all(table.groups[row].judged for row in rows):
        parts.append("\\* " + say("grey: too small to judge, fewer than {n} rows, or folded", n=MIN_GROUP_ROWS))
    if len(labels) < len(table.labels):
        said = say("the {n} of {all:,} labels with the widest differences", n=len(labels), all=len(table.labels))
        parts.append(said)
    if len(rows) < len(table.groups):
        parts.append(say("the first {n} of {all:,} groups", n=len(rows), all=len(table.groups)))
    rest = "".join(f" · {part}" for part in parts)
    above, below = (f':color[■]{{foreground="{colour}"}}' for colour in (WARM, ACCENT))
    over, under = say("above the share in all rows,"), say("below")
    st.markdown(f":small[{above} :gray[{over}] {below} :gray[{under}{rest}]]")


def _parity(dataset: Dataset, version: Version, table: GroupTable, parity: Sequence[Parity]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Do groups get the labels equally often?"), say("demographic parity: 0 points apart is equal"))
        st.space("stretch")
        numbers(dataset, version, later("parity"), _parity_columns(parity), key=f"{VIEW}-parity")
    shown, key = parity[:MAX_LABELS], f"{VIEW}-parity-{table.column}"

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        one = None if cell is None else shown[cell[0]]
        if cell is None or one is None:
            choose_group(table, None, VIEW)
        else:
            choose_group(table, one.lowest if cell[1] in _LOWEST else one.highest, VIEW, one.label)

    st.dataframe(
        {
            "label": [one.label for one in shown],
            "difference": [one.difference for one in shown],
            "ratio": [one.ratio for one in shown],
            "highest in": [_said(dataset, table, one.highest) for one in shown],
            "share there": [
                _interval(one.highest_share.estimate, one.highest_share.low, one.highest_share.high) for one in shown
            ],
            "lowest in": [_said(dataset, table, one.lowest) for one in shown],
            "share then": [
                _interval(one.lowest_share.estimate, one.lowest_share.low, one.lowest_share.high) for one in shown
            ],
            "reading": [_reading(one) for one in shown],
        },
        hide_index=True,
        height="content" if len(shown) <= 8 else 320,
        column_config={
            "difference": share_column(
                say("difference"),
                say("How far apart the groups are: the highest share less the lowest. 0 is parity."),
            ),
            "ratio": st.column_config.NumberColumn(
                say("ratio"),
                format="%.2f",
                help=say(
                    "The lowest share over the highest: 1 is parity. Below 0.8 the difference counts as large (the "
                    "four-fifths rule, made for hiring; for texts and images it is a rule of thumb)."
                ),
            ),
            "label": st.column_config.Column(say("label")),
            "highest in": st.column_config.Column(say("highest in")),
            "share there": st.column_config.TextColumn(say("share there")),
            "lowest in": st.column_config.Column(say("lowest in")),
            "share then": st.column_config.TextColumn(say("share there")),
            "reading": st.column_config.Column(
                say("reading", "what a figure says"),
                help=say("By a chi-square test of all groups that are large enough, corrected for all labels (Holm)."),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Demographic parity difference and ratio per label"),
    )


def _interval(estimate: float, low: float, high: float) -> str:
    return f"{estimate:.1%} ({low:.1%} – {high:.1%})"


def _reading(one: Parity) -> str:
    if one.chance:
        return say("may be chance")
    return say("a large difference, not chance") if one.ratio < FOUR_FIFTHS else say("a small difference, not chance")


def _parity_columns(parity: Sequence[Parity]) -> dict[str, list[object]]:
    return {
        "label": [one.label for one in parity],
        later("all rows"): [round(one.overall, 6) for one in parity],
        later("difference"): [round(one.difference, 6) for one in parity],
        later("ratio"): [round(one.ratio, 6) for one in parity],
        later("highest in"): [one.highest for one in parity],
        later("highest share"): [round(one.highest_share.estimate, 6) for one in parity],
        later("lowest in"): [one.lowest for one in parity],
        later("lowest share"): [round(one.lowest_share.estimate, 6) for one in parity],
        later("p-value"): [one.p_value for one in parity],
    }


def _columns(table: GroupTable, labels: list[int], rows: list[int]) -> dict[str, list[object]]:
    share, low, high = shares_of(table)
    cells = [(row, label) for row in rows for label in labels]
    return {
        later("group"): [table.groups[row].name for row, _ in cells],
        "label": [table.labels[label] for _, label in cells],
        "rows": [int(table.counts[cell]) for cell in cells],
        later("of"): [table.groups[row].count for row, _ in cells],
        later("share"): [round(float(share[cell]), 6) for cell in cells],
        later("low"): [round(float(low[cell]), 6) for cell in cells],
        later("high"): [round(float(high[cell]), 6) for cell in cells],
        later("judged"): [table.groups[row].judged for row, _ in cells],
    }

"""One attribute's groups against the labels: the heat map whose cells open rows, and demographic parity per label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts.heat import heat
from core.charts.style import ACCENT, CONFIG, WARM
from core.profile.records import GroupTable, Parity
from core.profile.shares import MIN_GROUP_ROWS, shares_of
from core.records import Dataset, Version
from core.services.profile.figures import Groups
from core.ui.parts.cells import clicked_mark
from core.ui.parts.problems import plain
from core.ui.profile.named import groups_named
from core.ui.profile.parts import CHOICE, Opened, chooser, chosen, heading, numbers

VIEW = "groups"
MAX_LABELS, MAX_GROUPS = 24, 30
FOUR_FIFTHS = 0.8
"""Below this ratio of lowest to highest share, the US agencies' rule of 1978 speaks of adverse impact."""


def groups_view(dataset: Dataset, version: Version, groups: Groups, place: DeltaGenerator) -> Opened | None:
    """Draws the heat map into `place` and parity beneath; the rows of the cell that is chosen."""
    groups = groups_named(groups, dataset)
    table = groups.table
    labels, rows = _shown_labels(groups), list(range(min(MAX_GROUPS, len(table.groups))))
    with place:
        group, label = _heat(dataset, version, table, labels, rows)
    if groups.parity:
        _parity(dataset, version, groups.parity)
    else:
        st.caption(f"Parity needs two groups of at least {MIN_GROUP_ROWS} rows.")
    if group is None:
        return None
    chosen_group = table.groups[group]
    if chosen_group.where is None:
        st.caption("These groups were folded together: choose one of the others to see its rows.")
        return None
    title = f"{table.attribute}: {chosen_group.name}" + ("" if label is None else f" · {label}")
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
    overall = table.overall
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(f"Labels by {plain(table.attribute)}", "share of each label in each group")
        st.space("stretch")
        numbers(dataset, version, f"{table.attribute} by label", _columns(table, labels, rows), key=VIEW)
    details = [
        [
            f"{share[row, label]:.1%} (95 %: {low[row, label]:.1%} – {high[row, label]:.1%})<br>"
            f"{table.counts[row, label]:,} of {table.groups[row].count:,} rows · all rows {overall[label]:.1%}"
            for label in labels
        ]
        for row in rows
    ]
    group, label = chosen(f"group-{table.column}", VIEW), chosen("label", VIEW)
    names = [table.labels[label] for label in labels]
    st.plotly_chart(
        heat(
            [_group_name(table, row) for row in rows],
            names,
            share[np.ix_(rows, labels)].tolist(),
            overall[labels].tolist(),
            [table.groups[row].judged for row in rows],
            details,
            selected=(rows.index(group), names.index(label)) if group in rows and label in names else None,
        ),
        key=f"{VIEW}-chart",
        on_select=lambda: _clicked(table.column, names),
        selection_mode="points",
        config=CONFIG,
        alt=f"Share of each label in each group of {table.attribute}",
    )
    _legend(table, labels, rows)
    with st.container(horizontal=True, gap="small"):
        group = chooser(
            f"group-{table.column}",
            VIEW,
            list(range(len(table.groups))),
            label="Group",
            shown=lambda row: table.groups[row].name,
        )
        label = chooser("label", VIEW, list(table.labels), label="Label")
    return group, None if label is None else str(label)


def _clicked(column: str, labels: Sequence[str]) -> None:
    data = clicked_mark(st.session_state[f"{VIEW}-chart"])
    st.session_state[f"{CHOICE}-group-{column}-{VIEW}"] = None if data is None else int(data[0])
    st.session_state[f"{CHOICE}-label-{VIEW}"] = None if data is None else labels[int(data[1])]


def _group_name(table: GroupTable, row: int) -> str:
    group = table.groups[row]
    return group.name if group.judged else f"{group.name} *"


def _legend(table: GroupTable, labels: list[int], rows: list[int]) -> None:
    """As small text, not as a caption: a caption fades the colours that it explains."""
    parts = []
    if not all(table.groups[row].judged for row in rows):
        parts.append(f"\\* grey: too small to judge, fewer than {MIN_GROUP_ROWS} rows, or folded")
    if len(labels) < len(table.labels):
        parts.append(f"the {len(labels)} of {len(table.labels):,} labels with the widest differences")
    if len(rows) < len(table.groups):
        parts.append(f"the first {len(rows)} of {len(table.groups):,} groups")
    rest = "".join(f" · {part}" for part in parts)
    above, below = (f':color[■]{{foreground="{colour}"}}' for colour in (WARM, ACCENT))
    st.markdown(f":small[{above} :gray[above the share in all rows,] {below} :gray[below{rest}]]")


def _parity(dataset: Dataset, version: Version, parity: Sequence[Parity]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading("Do groups get the labels equally often?", "demographic parity: 0 points apart is equal")
        st.space("stretch")
        numbers(dataset, version, "parity", _parity_columns(parity), key=f"{VIEW}-parity")
    shown = parity[:MAX_LABELS]
    st.dataframe(
        {
            "label": [one.label for one in shown],
            "difference": [one.difference for one in shown],
            "ratio": [one.ratio for one in shown],
            "highest in": [one.highest for one in shown],
            "share there": [
                _interval(one.highest_share.estimate, one.highest_share.low, one.highest_share.high) for one in shown
            ],
            "lowest in": [one.lowest for one in shown],
            "share then": [
                _interval(one.lowest_share.estimate, one.lowest_share.low, one.lowest_share.high) for one in shown
            ],
            "reading": [_reading(one) for one in shown],
        },
        hide_index=True,
        height="content" if len(shown) <= 8 else 320,
        column_config={
            "difference": st.column_config.ProgressColumn(
                "difference",
                format="percent",
                min_value=0.0,
                max_value=1.0,
                help="How far apart the groups are: the highest share less the lowest. 0 is parity.",
            ),
            "ratio": st.column_config.NumberColumn(
                "ratio",
                format="%.2f",
                help="The lowest share over the highest: 1 is parity. Below 0.8 the difference counts as large (the "
                "four-fifths rule, made for hiring; for texts and images it is a rule of thumb).",
            ),
            "share then": st.column_config.TextColumn("share there"),
        },
        alt="Demographic parity difference and ratio per label",
    )


def _interval(estimate: float, low: float, high: float) -> str:
    return f"{estimate:.1%} ({low:.1%} – {high:.1%})"


def _reading(one: Parity) -> str:
    if not one.clear:
        return "may be chance: the intervals overlap"
    return "a large difference, not chance" if one.ratio < FOUR_FIFTHS else "a small difference, not chance"


def _parity_columns(parity: Sequence[Parity]) -> dict[str, list[object]]:
    return {
        "label": [one.label for one in parity],
        "all rows": [round(one.overall, 6) for one in parity],
        "difference": [round(one.difference, 6) for one in parity],
        "ratio": [round(one.ratio, 6) for one in parity],
        "highest in": [one.highest for one in parity],
        "highest share": [round(one.highest_share.estimate, 6) for one in parity],
        "lowest in": [one.lowest for one in parity],
        "lowest share": [round(one.lowest_share.estimate, 6) for one in parity],
        "intervals apart": [one.clear for one in parity],
    }


def _columns(table: GroupTable, labels: list[int], rows: list[int]) -> dict[str, list[object]]:
    share, low, high = shares_of(table)
    cells = [(row, label) for row in rows for label in labels]
    return {
        "group": [table.groups[row].name for row, _ in cells],
        "label": [table.labels[label] for _, label in cells],
        "rows": [int(table.counts[cell]) for cell in cells],
        "of": [table.groups[row].count for row, _ in cells],
        "share": [round(float(share[cell]), 6) for cell in cells],
        "low": [round(float(low[cell]), 6) for cell in cells],
        "high": [round(float(high[cell]), 6) for cell in cells],
        "judged": [table.groups[row].judged for row, _ in cells],
    }

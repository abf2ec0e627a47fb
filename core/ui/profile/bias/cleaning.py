"""Bias of the cleaning itself: whether one group's rows are flagged, relabelled or taken out more often than others',
and whether its errors explain that."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.profile.by_group.rates import MIN_RATE_ROWS, Rates
from core.profile.records import GroupTable
from core.profile.shares import MIN_GROUP_ROWS
from core.records import ColumnFilter, Dataset, Version
from core.services.profile.cleaning import CleaningByGroup
from core.store.row_facts.decision import DECISION
from core.store.row_facts.issue import ISSUE
from core.ui.parts.cells import clicked_cell
from core.ui.parts.labels import attributes_said, group_marked, group_said
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, Opened, choices_to_url, heading, numbers, share_column
from core.ui.shell.pages import link
from core.words import later, say

LISTED = 10
"""Groups that are in sight; a longer table scrolls."""


_ROWS: dict[str, ColumnFilter] = {
    "flagged": ColumnFilter(ISSUE.column, "=", ("label",)),
    "relabelled": ColumnFilter(DECISION.column, "=", ("relabel",)),
    "excluded": ColumnFilter(DECISION.column, "=", ("exclude",)),
    "confirmed": ColumnFilter(ISSUE.column, "=", ("label",)),
}
"""Which rows of a group each figure opens: of flags that were right all that are flagged, with their verdicts."""


def cleaning_view(
    dataset: Dataset, version: Version, found: CleaningByGroup, heat: str, above: GroupTable
) -> Opened | None:
    """A line for each group. A click on a group chooses it in the view `heat` above, whose table is `above`, so that
    its rows are listed; one on a figure opens the rows behind it."""
    cleaned, each = found.found, found.found.rates
    name = attributes_said(dataset, cleaned.attribute)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Does cleaning treat groups alike?"), say("flags of the newest scan, verdicts in force"))
        st.space("stretch")
        numbers(dataset, version, later("cleaning by group"), _columns(found), key="cleaning")
    st.markdown(_verdict(dataset, found))
    groups = list(enumerate(cleaned.groups))
    key = f"cleaning-{cleaned.column}"

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        there = [one.where for one in above.groups]
        where = cleaned.groups[cell[0]].where if cell is not None and cell[1] not in _ROWS else None
        place = there.index(where) if where is not None and where in there else None
        st.session_state[f"{CHOICE}-group-{cleaned.column}-{heat}"] = place
        choices_to_url()

    event = st.dataframe(
        {
            "group": [group_marked(dataset, cleaned.column, one) for _, one in groups],
            "rows": [one.count for _, one in groups],
            **{kind: _shares(each[kind]) for kind in ("flagged", "relabelled", "excluded")},
            "confirmed": [_counted(each["confirmed"], place) for place, _ in groups],
        },
        hide_index=True,
        height="content" if len(groups) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "group": st.column_config.Column(name),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "flagged": share_column(say("flagged"), say("Of all rows of the group, those that the scan flags.")),
            "relabelled": share_column(
                say("relabelled"), say("Of all rows of the group, those that got another label.")
            ),
            "excluded": share_column(
                say("excluded"), say("Of the rows of the group in this version, those that were taken out since.")
            ),
            "confirmed": st.column_config.TextColumn(
                say("flags that were right"),
                help=say(
                    "Of the flagged rows that somebody judged, those that got another label or were taken out, with "
                    "a 95 % interval. Groups with fewer than {n} such rows are not compared.",
                    n=MIN_RATE_ROWS,
                ),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("What scan and review do in each group of {name}", name=name),
    )
    if not all(one.judged for _, one in groups):
        st.caption(say("\\* fewer than {n} rows, or folded: shown and not compared.", n=MIN_GROUP_ROWS))
    cell = clicked_cell(event)
    if cell is None or cell[1] not in _ROWS:
        return None
    group = cleaned.groups[cell[0]]
    if group.where is None:
        return None
    where = replace(group.where, columns=(*group.where.columns, _ROWS[cell[1]]))
    said = later("flagged") if cell[1] == "confirmed" else cell[1]
    return Opened(where, lambda: f"{name}: {group_said(dataset, cleaned.column, group)} · {say(said)}")


def not_cleaned(dataset: Dataset, version: Version) -> None:
    """What stands in its place before a scan."""
    heading(say("Does cleaning treat groups alike?"))
    st.caption(
        say("That is told once this version is scanned: what is flagged, and what people say of it, group by group.")
    )
    link("issues", say("Scan"), icon=":material/troubleshoot:", dataset=dataset.name, version=version.number)


def _shares(rates: Rates) -> list[float | None]:
    return [None if one is None else one.estimate for one in rates.estimates]


def _counted(rates: Rates, place: int) -> str:
    one = rates.estimates[place]
    if one is None:
        return say("none judged")
    return say(
        "{n:,} of {all:,} ({low:.0%} – {high:.0%})",
        n=int(rates.hits[place]),
        all=int(rates.trials[place]),
        low=one.low,
        high=one.high,
    )


def _verdict(dataset: Dataset, found: CleaningByGroup) -> str:
    """What the table comes to."""
    rates = found.found.rates
    flagged, confirmed = rates["flagged"], rates["confirmed"]
    if flagged.ends is None:
        return say("Comparing needs two groups of at least {n} rows.", n=MIN_GROUP_ROWS)
    if "confirmed" in found.differs:
        return say(
            "Flags in **{low}** turn out right less often than in **{high}**: {least} against {most}. The scan "
            "suspects that group more than its errors explain.",
            **_ends(dataset, found, confirmed),
        )
    if "flagged" in found.differs and confirmed.ends is None:
        return say(
            "**{high}** is flagged more often than **{low}**: {most} against {least}. Judge at least {n} flagged "
            "rows of each to see whether its errors explain that.",
            n=MIN_RATE_ROWS,
            **_ends(dataset, found, flagged),
        )
    if "flagged" in found.differs:
        return say(
            "**{high}** is flagged more often than **{low}**: {most} against {least}. Flags turn out right about "
            "as often in all groups, so that more of its labels seem to be wrong.",
            **_ends(dataset, found, flagged),
        )
    if "excluded" in found.differs:
        return say(
            "Groups are flagged alike, but rows of **{high}** are taken out more often than those of **{low}**: {most} "
            "against {least}.",
            **_ends(dataset, found, rates["excluded"]),
        )
    if "relabelled" in found.differs:
        return say(
            "Groups are flagged alike, but rows of **{high}** get another label more often than those of **{low}**: "
            "{most} against {least}.",
            **_ends(dataset, found, rates["relabelled"]),
        )
    return say("No difference between groups is more than chance.")


def _ends(dataset: Dataset, found: CleaningByGroup, rates: Rates) -> dict[str, str]:
    low, high = rates.ends or (0, 0)
    shares = _shares(rates)
    groups, column = found.found.groups, found.found.column
    said = {key: plain(group_said(dataset, column, groups[place])) for key, place in (("low", low), ("high", high))}
    return said | {"least": f"{shares[low] or 0:.1%}", "most": f"{shares[high] or 0:.1%}"}


def _columns(found: CleaningByGroup) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        later("group"): [one.name for one in found.found.groups],
        "rows": [one.count for one in found.found.groups],
    }
    for name, rates in found.found.rates.items():
        columns[name] = list(rates.hits.tolist())
        if name == "confirmed":
            columns[later("judged")] = list(rates.trials.tolist())
    return columns

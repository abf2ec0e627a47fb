"""The Duplicates and gaps view: rows that occur more than once, labels in conflict, values that are missing."""

from __future__ import annotations

import streamlit as st

from core.charts.bars import bars
from core.context import Context
from core.issues.contract import rounded
from core.profile.duplicates import OPENED_ROWS, Kind
from core.profile.records import Duplicates, MissingByNumber, MissingValues
from core.records import Dataset, RowFilter, Version
from core.services.profile.figures import (
    columns_of_source,
    duplicates,
    idle_columns,
    missing_values,
    repeated_rows,
)
from core.tasks import target_of
from core.ui.parts.labels import attribute_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import Opened, chart, chooser, chosen, figures, heading, numbers
from core.ui.shell.pages import link
from core.words import later, say

VIEW = "checks"
LISTED = 12
"""Columns that are named; the others are a click away."""
TIED = 5
"""Columns of which it is said that their gaps go together with the label."""
_KINDS: dict[Kind, str] = {
    "exact": later("Exact duplicates"),
    "conflicting": later("Duplicates with conflicting labels"),
    "straddling": later("Duplicates in several splits"),
}
_NOTHING_NEW = {
    "empty": later("no row has a value"),
    "constant": later("every row has the same value"),
    "copy": later("the same values as {of}, row by row"),
    "renamed": later("says what {of} says, one value for another"),
    "nearly constant": later("{share:.1%} of the values are the same"),
    "unique": later("no two rows have the same value, as an id"),
}
_HELP = {
    later("Duplicate rows"): later("Rows whose text, or whose image file, is byte for byte that of another row."),
    later("In conflict"): later(
        "Duplicate rows whose copies carry different labels: at least one of each set is wrong."
    ),
    later("Across splits"): later("Contents that occur in more than one split: a test on them tests memory."),
}


def checks_view(context: Context, dataset: Dataset, version: Version, ready: bool) -> Opened | None:
    """All of it; the rows that are chosen in it. `ready`: whether the columns that are worked out of the rows are
    there, with which missing values are counted."""
    repeated = settled(lambda: duplicates(context, version.version_id))
    missing = settled(lambda: missing_values(context, version.version_id)) if ready else None
    opened = None if repeated is None else _repeats(context, dataset, version, repeated)
    if missing is not None:
        opened = _gaps(dataset, version, missing) or opened
        _idle(context, dataset, version)
    return opened


def _repeats(context: Context, dataset: Dataset, version: Version, found: Duplicates) -> Opened | None:
    """How much is there more than once, and which labels are in conflict; the rows that are chosen of it."""
    rows = version.row_count or 1
    values = {
        "Duplicate rows": f"{found.rows:,} · {found.rows / rows:.1%}",
        later("Contents repeated"): f"{found.groups:,}",
        "In conflict": f"{found.conflicting_rows:,}",
        "Across splits": f"{found.straddling_groups:,}",
    }
    figures(values, _HELP)
    if not found.rows:
        st.caption(say("No row occurs twice."))
        return None
    held = {"exact": found.rows, "conflicting": found.conflicting_rows, "straddling": found.straddling_groups}
    kinds = [one for one in _KINDS if held[one]]
    kind = chooser(VIEW, "repeats", kinds, label=say("Open repeated rows"), shown=lambda one: say(_KINDS[one]))
    opened = None
    if kind is not None:
        where = settled(lambda: repeated_rows(context, version.version_id, kind))
        opened = None if where is None else Opened(where, lambda: _titled(say(_KINDS[kind]), where))
    return (_conflicts(context, dataset, version, found) if found.pairs else None) or opened


def _conflicts(context: Context, dataset: Dataset, version: Version, found: Duplicates) -> Opened | None:
    words = target_of(dataset).words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Labels in conflict"), say("contents that carry both labels"))
        st.space("stretch")
        numbers(
            dataset,
            version,
            later("conflicts"),
            {
                later("label"): [words(a) for a, *_ in found.pairs],
                later("other label"): [words(b) for _, b, _ in found.pairs],
                later("contents"): [count for *_, count in found.pairs],
            },
            key=f"{VIEW}-pairs",
        )
    names = [f"{words(label)} / {words(other)}" for label, other, _ in found.pairs]
    kept = chosen(VIEW, "pairs")
    figure = bars(
        names,
        [count for *_, count in found.pairs],
        found.conflicting_groups,
        selected=kept if kept in range(len(names)) else None,
    )
    place = chart(
        dataset,
        figure,
        VIEW,
        "pairs",
        list(range(len(names))),
        alt=say("Pairs of labels in conflict; most often {pair}", pair=names[0]),
        label=say("Open the rows of a pair"),
        shown=lambda place: names[place],
    )
    if place is None:
        return None
    label, other, _ = found.pairs[place]
    where = settled(lambda: repeated_rows(context, version.version_id, "conflicting", (label, other)))
    if where is None:
        return None
    one, two = words(label), words(other)
    return Opened(where, lambda: _titled(say("{one} and {two} on one content", one=one, two=two), where))


def _titled(title: str, where: RowFilter) -> str:
    """Says so where the list stops before its end."""
    full = where.example_ids is not None and len(where.example_ids) == OPENED_ROWS
    return say("{title}: the first {n:,}", title=title, n=OPENED_ROWS) if full else title


def _gaps(dataset: Dataset, version: Version, found: MissingValues) -> Opened | None:
    """Rows without a value by column; those of the column that is chosen."""
    lacking = [column for column in found.columns if column[2]]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Missing values"), say("{n:,} of {all:,} columns", n=len(lacking), all=len(found.columns)))
        st.space("stretch")
        columns: dict[str, list[object]] = {
            later("column"): [name for name, *_ in found.columns],
            later("missing rows"): [rows for *_, rows in found.columns],
        }
        numbers(dataset, version, later("missing values"), columns, key=f"{VIEW}-missing")
    if not lacking:
        st.caption(say("Every row has a value in every column."))
        return None
    kept = chosen(VIEW, "missing")
    names = {column: attribute_said(dataset, name) for name, column, _ in lacking}
    figure = bars(
        list(names.values()),
        [rows for *_, rows in lacking],
        found.total,
        selected=list(names).index(kept) if kept in names else None,
    )
    column = chart(
        dataset,
        figure,
        VIEW,
        "missing",
        list(names),
        alt=say("Rows without a value per column; most in {column}", column=names[lacking[0][1]]),
        label=say("Open the rows without a value"),
        shown=names.__getitem__,
    )
    for one in found.by_label[:TIED]:
        st.caption(
            ":material/warning: "
            + say(
                "**{column}** is missing more often where the label is **{most}** ({high:.1%}) than where it is "
                "**{least}** ({low:.1%}), which is not chance: a model can tell the label by what is missing.",
                column=plain(attribute_said(dataset, one.name)),
                most=plain(target_of(dataset).words(dataset.called(one.most))),
                least=plain(target_of(dataset).words(dataset.called(one.least))),
                high=one.most_share.estimate,
                low=one.least_share.estimate,
            )
        )
    for tied in found.by_number[:TIED]:
        st.caption(
            ":material/warning: "
            + say(
                "Rows without **{column}** have labels of {without} on average, those with it of {present} (apart by "
                "{apart}, {low} to {high}), and the larger label in {larger:.0%} of pairs, which is not chance: a "
                "model can tell the label by what is missing.",
                column=plain(attribute_said(dataset, tied.name)),
                **in_digits(tied),
                larger=tied.larger,
            )
        )
    if column is None:
        return None
    name = next(name for name, each, _ in lacking if each == column)
    return Opened(RowFilter(attribute=column), lambda: say("{column}: missing", column=attribute_said(dataset, name)))


def in_digits(tied: MissingByNumber) -> dict[str, str]:
    """Its numbers with as many digits as the interval is worth."""
    apart = tied.difference
    half = (apart.high - apart.low) / 2
    numbers = {"without": tied.without, "present": tied.present}
    differences = {"apart": apart.estimate, "low": apart.low, "high": apart.high}
    return {name: rounded(one, half)[0] for name, one in numbers.items()} | {
        name: ("+" if one > 0 else "") + rounded(one, half)[0] for name, one in differences.items()
    }


def _idle(context: Context, dataset: Dataset, version: Version) -> None:
    """Columns from which nothing is learnt, or nothing new."""
    found = settled(lambda: idle_columns(context, version.version_id))
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        count = say("{n:,} of {all:,} columns", n=len(found), all=len(columns_of_source(dataset)))
        heading(say("Columns that say nothing new"), count)
        st.space("stretch")
        columns: dict[str, list[object]] = {
            later("column"): [one.name for one in found],
            later("why"): [one.why for one in found],
            later("other column"): [one.of for one in found],
            later("share of the commonest value"): [round(one.share, 4) for one in found],
        }
        numbers(dataset, version, later("idle columns"), columns, key=f"{VIEW}-idle")
    with st.container(gap=None, key="idle-columns"):
        for one in found[:LISTED]:
            name = plain(attribute_said(dataset, one.name))
            said = say(
                _NOTHING_NEW[one.why], of=plain(attribute_said(dataset, one.of)) if one.of else "", share=one.share
            )
            link(
                "profile",
                f"**{name}**: {said}",
                icon=":material/bar_chart:",
                dataset=dataset.name,
                version=version.number,
                view="content",
                column=one.column,
            )
    if len(found) > LISTED:
        st.caption(say("and {n:,} more, under Numbers", n=len(found) - LISTED))

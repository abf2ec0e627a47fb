"""The Balance view where labels are numbers: how they are spread, in all and per split. Every bar opens its rows."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from core.charts.histogram import bin_name, figure, histogram
from core.profile.label_numbers import Band, LabelNumbers, Spread
from core.profile.records import MISSING, Bin
from core.records import ColumnFilter, Dataset, RowFilter, Version
from core.ui.numbers.spread import spread_table
from core.ui.parts.labels import target_of
from core.ui.profile.balance import unlabelled_rows
from core.ui.profile.parts import Opened, chart, chosen, figures, heading, no_splits, numbers, open_bars
from core.words import later, say, say_n

VIEW, NAME = "balance", "numbers"
_HELP = {
    later("Mean"): later("The sum over the rows, with its 95 % interval by the standard error beneath the splits."),
    later("Standard deviation"): later("How far a label is from the mean, as the root of the mean square."),
    later("Middle half"): later("From the quartile below the median to the one above."),
}


def has_numbers(dataset: Dataset) -> bool:
    """Whether its labels are numbers."""
    return target_of(dataset).numeric


def numbers_view(dataset: Dataset, version: Version, found: LabelNumbers) -> Opened | None:
    """Figures, the histogram on the left, the splits on the right; the rows of the bar that is chosen."""
    spread = found.spread
    if spread is None:
        st.caption(say("No row has a label yet."))
        return None
    figures(_figures(found, spread), _HELP)
    unlabelled_rows(
        dataset,
        version,
        found.unlabelled,
        say_n(
            "{n:,} row has no label yet; the figures are of the others.",
            "{n:,} rows have no label yet; the figures are of the others.",
            found.unlabelled,
        ),
    )
    left, right = st.columns([6, 5], gap="large")
    with left:
        opened = _histogram(dataset, version, found, spread)
    with right:
        _splits(dataset, version, found)
    return opened


def _figures(found: LabelNumbers, spread: Spread) -> dict[str, str]:
    return {
        (later("Labelled rows") if found.unlabelled else later("Rows")): f"{spread.rows:,}",
        "Mean": figure(spread.mean.estimate),
        later("Median"): figure(spread.median),
        "Standard deviation": figure(spread.deviation),
        "Middle half": f"{figure(spread.p25)} – {figure(spread.p75)}",
        later("Least"): figure(spread.minimum),
        later("Most"): figure(spread.maximum),
        later("Different numbers"): f"{found.distinct:,}",
    }


def _histogram(dataset: Dataset, version: Version, found: LabelNumbers, spread: Spread) -> Opened | None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Labels"), say("90 % between {low} and {high}", low=figure(spread.p5), high=figure(spread.p95)))
        st.space("stretch")
        log = st.toggle(say("Log scale"), key=f"{VIEW}-{NAME}-log")
        columns: dict[str, list[object]] = {
            later("from"): [one.low for one in found.bins],
            later("below"): [one.high for one in found.bins],
            later("rows"): [one.count for one in found.bins],
        }
        numbers(dataset, version, later("labels"), columns, key=f"{VIEW}-{NAME}")
    names = [bin_name(one.low, one.high) for one in found.bins]
    place = chart(
        dataset,
        histogram([(one.low, one.high, one.count) for one in found.bins], selected=chosen(VIEW, NAME), log=bool(log)),
        VIEW,
        NAME,
        list(range(len(found.bins))),
        alt=say("Histogram of the labels, median {median}", median=figure(spread.median)),
        label=say("Open the rows of a bar"),
        shown=lambda place: f"{names[place]}: {found.bins[place].count:,}",
    )
    open_bars(found.bins, spread.minimum, spread.maximum)
    if place is None:
        return None
    one = found.bins[place]
    return Opened(RowFilter(columns=between(one)), lambda: say("label {range}", range=bin_name(one.low, one.high)))


def between(one: Bin | Band) -> tuple[ColumnFilter, ...]:
    """The filters of labels within a bar or a band."""
    low = () if one.low is None or math.isinf(one.low) else (ColumnFilter("label", ">=", (repr(one.low),)),)
    high = () if one.high is None or math.isinf(one.high) else (ColumnFilter("label", "<", (repr(one.high),)),)
    return low + high or (ColumnFilter("label", "present", ()),)


def _splits(dataset: Dataset, version: Version, found: LabelNumbers) -> None:
    """The same figures of each split, and whether their means may be the same."""
    names = [name for name, _ in found.splits]
    if names in ([], [MISSING]):
        no_splits(dataset, version)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Splits"), say("{n}, how the labels are spread", n=len(names)))
        st.space("stretch")
        numbers(dataset, version, later("splits"), _columns(found), key=f"{VIEW}-{NAME}-splits")
    spread_table(found)
    st.caption(_verdict(dict(found.splits)))


def _verdict(spreads: Mapping[str, Spread]) -> str:
    if len(spreads) < 2:
        return say("With one split there is nothing to compare.")
    apart = max(one.mean.low for one in spreads.values()) > min(one.mean.high for one in spreads.values())
    if not apart:
        return say("The intervals of the means overlap: the splits may well have the same labels on average.")
    return say("The intervals of two means are apart: labels differ between the splits by more than chance.")


def _columns(found: LabelNumbers) -> dict[str, list[object]]:
    spreads = [one for _, one in found.splits]
    return {
        later("split"): [name for name, _ in found.splits],
        later("rows"): [one.rows for one in spreads],
        later("mean"): [one.mean.estimate for one in spreads],
        later("low"): [one.mean.low for one in spreads],
        later("high"): [one.mean.high for one in spreads],
        later("standard deviation"): [one.deviation for one in spreads],
        later("least"): [one.minimum for one in spreads],
        later("5 %"): [one.p5 for one in spreads],
        later("25 %"): [one.p25 for one in spreads],
        later("median"): [one.median for one in spreads],
        later("75 %"): [one.p75 for one in spreads],
        later("95 %"): [one.p95 for one in spreads],
        later("most"): [one.maximum for one in spreads],
    }

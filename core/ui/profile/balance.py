"""The Balance view: how many rows each class has, and whether the splits have them alike."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.charts.intervals import shares
from core.lookalikes import lookalike_notes
from core.profile.association import size_of_v
from core.profile.records import MISSING, Balance, LabelSets, Size, SplitBalance
from core.records import Dataset, RowFilter, Version
from core.tasks import target_of
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_mark
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain
from core.ui.profile import label_sets
from core.ui.profile.bars import TOP, value_bars
from core.ui.profile.named import balance_named, sets_named, splits_named
from core.ui.profile.parts import CHOICE, Opened, choices_to_url, figures, heading, lift_others, no_splits, numbers
from core.ui.shell.pages import link
from core.words import later, say, say_n, say_stored

VIEW = "balance"
_UNTESTED = later(
    "A row counts in each of its classes. Whether the splits differ is not tested: the test takes every count for "
    "another row."
)
_SIZES: dict[Size, str] = {
    "tiny": later("The class shares differ between splits, but by next to nothing."),
    "small": later("The class shares differ between splits, but the difference is small."),
    "medium": later("The class shares differ between splits, and the difference is of medium size."),
    "large": later("The class shares differ between splits, and the difference is large."),
}
_CLASS, _SPLIT = f"{CHOICE}-classes-label", f"{CHOICE}-splits-split"
_HELP = {
    later("Imbalance"): later("Rows of the largest class for each row of the smallest. 1 is even."),
    later("Effective classes"): later(
        "exp of the entropy of the class shares: as many equally large classes would be as uneven."
    ),
}


def balance_view(
    dataset: Dataset, version: Version, balance: Balance, splits: SplitBalance, sets: LabelSets | None
) -> Opened | None:
    """Classes on the left, splits on the right, beneath them which classes go together where a label is several; the
    rows of the class, or the classes, and the split that are chosen."""
    balance, splits = balance_named(balance, dataset), splits_named(splits, dataset)
    sets = None if sets is None else sets_named(sets, dataset)
    _figures(balance, sets)
    said = say_n(
        "{n:,} row has no label yet; the classes are counted over the others.",
        "{n:,} rows have no label yet; the classes are counted over the others.",
        balance.unlabelled,
    )
    unlabelled_rows(dataset, version, balance.unlabelled, said)
    left, right = st.columns([6, 5], gap="large")
    with left:
        label = value_bars(
            dataset, version, balance, view="classes", name="label", title=later("Classes"), noun="class"
        )
        if sets is not None:
            said = say(
                "A row counts in each of its classes: their shares of all rows sum to {share:.0%}.",
                share=sets.cardinality,
            )
            st.caption(said)
    with right:
        split = _splits(dataset, version, splits)
    if balance.absent:
        names = ", ".join(plain(name) for name in balance.absent[:20])
        count = len(balance.absent)
        st.caption(
            f":material/warning: {say('{n:,} classes have no row in this version: {names}', n=count, names=names)}"
        )
    for note in lookalike_notes(one.label for one in balance.classes):
        advice = say("{note} Relabel one to the other on the page Review.", note=plain(say_stored(note)))
        st.caption(f":material/warning: {advice}")
    several = None if sets is None else label_sets.label_sets_view(dataset, version, sets)
    if label is None and split is None and several is None:
        return None
    opened = several or Opened(RowFilter(label=None if label is None else dataset.coded(label)), lambda: label or "")
    where = replace(opened.where, split="" if split == MISSING else split)

    def title() -> str:
        of_split = "" if split is None else say("split {split}", split=split_said(split))
        return " · ".join(filter(None, (opened.title(), of_split)))

    return Opened(where, title)


def unlabelled_rows(dataset: Dataset, version: Version, count: int, said: str) -> None:
    """What is said of rows without a label, where there are some, and the way to them."""
    if not count:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(said, width="content")
        link("data", say("Show them"), where="label missing", dataset=dataset.name, version=version.number)


def _figures(balance: Balance, sets: LabelSets | None) -> None:
    if not balance.classes:
        return
    largest, smallest = balance.classes[0], balance.classes[-1]
    values = {
        (later("Labelled rows") if balance.unlabelled else later("Rows")): f"{balance.total:,}",
        later("Classes"): f"{len(balance.classes):,}",
        "Imbalance": f"{balance.imbalance_ratio:,.{1 if balance.imbalance_ratio < 100 else 0}f} : 1",
        "Effective classes": f"{balance.effective_classes:,.1f}",
        later("Largest"): f"{largest.count:,}",
        later("Smallest"): f"{smallest.count:,}",
        **({} if sets is None else label_sets.figures_of(sets)),
    }
    notes = (
        _HELP
        | label_sets.HELP
        | {
            "Largest": say("{label}: {share:.2%} of rows", label=plain(largest.label), share=largest.share),
            "Smallest": say("{label}: {share:.2%} of rows", label=plain(smallest.label), share=smallest.share),
        }
    )
    figures(values, notes)


def _splits(dataset: Dataset, version: Version, splits: SplitBalance) -> str | None:
    """The classes of each split side by side; the split that is chosen, or None."""
    if splits.splits in ((), (MISSING,)):
        no_splits(dataset, version)
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Splits"), say("{n}, share of each class", n=len(splits.splits)))
        st.space("stretch")
        numbers(dataset, version, later("splits"), _columns(splits), key=f"{VIEW}-splits", titles=_titles(splits))
    drawn = min(len(splits.labels), 2 * TOP)
    series = [
        (split_said(name), (row[:drawn] / max(1, size)).tolist(), row[:drawn].tolist())
        for name, row, size in zip(splits.splits, splits.counts, splits.sizes, strict=True)
    ]
    chart_with_files(
        shares(splits.labels[:drawn], series),
        key=f"{VIEW}-splits-chart",
        dataset=dataset.name,
        name="classes-by-split",
        columns=_columns(splits),
        on_select=lambda: _clicked(splits),
        alt=say("Share of each class in the splits {splits}", splits=", ".join(map(split_said, splits.splits))),
    )
    if drawn < len(splits.labels):
        tested = "" if splits.test is None else say("; the test is over all {n:,}", n=len(splits.labels))
        st.caption(say("The {n} largest classes{tested}.", n=drawn, tested=tested))
    if st.session_state.get(_SPLIT) not in splits.splits:
        st.session_state[_SPLIT] = None
    picked = st.segmented_control(
        say("Open the rows of a split"),
        splits.splits,
        key=_SPLIT,
        on_change=choices_to_url,
        format_func=lambda name: plain(split_said(name)),
        label_visibility="collapsed",
    )
    several = target_of(dataset).several
    st.caption(say(_UNTESTED) if several else _verdict(splits))
    return None if picked is None else str(picked)


def _clicked(splits: SplitBalance) -> None:
    data = clicked_mark(st.session_state[f"{VIEW}-splits-chart"])
    st.session_state[_CLASS] = None if data is None else splits.labels[int(data[0])]
    lift_others("classes", _CLASS)
    st.session_state[_SPLIT] = None if data is None else splits.splits[int(data[1])]
    choices_to_url()


def _verdict(splits: SplitBalance) -> str:
    """What the test says and how large the difference is, in a plain sentence, then the figures. No size is said of
    what may be chance."""
    test, v = splits.test, splits.cramers_v
    if test is None or v is None:
        return say("With one split or one class there is nothing to compare.")
    p = "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}"
    said = (
        say(_SIZES[size_of_v(v.estimate, splits.counts)])
        if test.p_value < 0.05
        else say("The splits differ no more than chance makes them.")
    )
    return say(
        "{said} χ² = {statistic:,.1f} on {degrees:,} degrees of freedom, {p};"
        " Cramér's V {v:.3f} (95 % {low:.3f} – {high:.3f}).{rough}",
        said=said,
        statistic=test.statistic,
        degrees=test.degrees,
        p=p,
        v=v.estimate,
        low=v.low,
        high=v.high,
        rough=say(" Few rows per cell: the p-value is rough.") if test.rough else "",
    )


def _titles(splits: SplitBalance) -> dict[str, str]:
    """Of the columns of numbers."""
    return {f"{name} rows": say("{split} rows", "of a split", split=split_said(name)) for name in splits.splits} | {
        f"{name} share": say("{split} share", "of a split", split=split_said(name)) for name in splits.splits
    }


def _columns(splits: SplitBalance) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {later("class"): list(splits.labels)}
    for name, row, size in zip(splits.splits, splits.counts, splits.sizes, strict=True):
        total = max(1, size)
        columns[f"{name} rows"] = row.tolist()
        columns[f"{name} share"] = [round(count / total, 6) for count in row.tolist()]
    return columns

"""Evaluate, view Compare: this run against another on the same rows, in words, by class, by cell, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from core.charts.confusion import confusion_difference
from core.charts.differences import differences
from core.charts.grid import MAX_CLASSES
from core.context import Context
from core.evaluation.confusion import drawn_classes
from core.records import Comparison, Difference, Evaluation, MultiLabelComparison, PredictionFilter, Run
from core.services.evaluation.measures import compare
from core.services.evaluation.named import compared_under_names
from core.services.evaluation.words import difference, percent
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import AnyShown, Shown, ShownSets, choose_other
from core.ui.evaluation.multi_label.tables import tables_difference
from core.ui.evaluation.pairs import cells_of
from core.ui.evaluation.row_list import counted, is_narrowed, list_bar, list_of, narrowed, rows_table
from core.ui.evaluation.rows import choose_cell
from core.ui.parts.cells import clicked_mark
from core.ui.parts.choices import switch
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.words import later, say

NAMES = {"accuracy": later("Accuracy"), "macro_f1": later("Macro F1")}
SET_NAMES = {"accuracy": later("Subset accuracy"), "micro_f1": later("Micro F1"), "macro_f1": later("Macro F1")}
"""Where a label is several classes."""
DRAWN_CLASSES = 40

AnyComparison = Comparison | MultiLabelComparison


def comparison(context: Context, shown: AnyShown, runs: Sequence[Run]) -> None:
    """What differs, said first, then drawn, then row by row. `runs` are done, newest first."""
    other = choose_other(context, shown.run, shown.split, runs)
    if other is None:
        return
    answer = settled(lambda: compare(context, other, shown.run, shown.split, shown.labels_from))
    found = cast(AnyComparison | None, answer)  # mypy does not see what is left of a union of three
    if found is None:
        return
    found = compared_under_names(found, shown.dataset)
    _said(found, other, shown.run)
    if found.first.version_id != shown.found.version_id:
        st.caption(
            say("Both are held against the labels of the newer of their two versions, unlike the figures above.")
        )
    with st.container(horizontal=True, gap="large"):
        with st.container(width="stretch", gap="xsmall"):
            _classes(found, other, shown)
        with st.container(width="content", gap="xsmall"):
            if isinstance(found, Comparison):
                _cells(found, other, shown)
            else:
                tables_difference(found, other, shown.run)
    _rows(context, shown, found, other)


def _parted(found: AnyComparison) -> tuple[Sequence[Difference], Sequence[Difference]]:
    """The differences of the figures, and of the classes."""
    figures = len(found.differences) - len(found.first.labels)
    return found.differences[:figures], found.differences[figures:]


def _said(found: AnyComparison, other: Run, run: Run) -> None:
    figures, classes = _parted(found)
    right = say("right", "predicted") if isinstance(found, Comparison) else say("wholly right")
    with st.container(horizontal=True, gap="large", border=True, key="comparison-figures"):
        for one in figures:
            with st.container(gap=None, width=330):
                st.metric(
                    say(NAMES[one.name] if isinstance(found, Comparison) else SET_NAMES[one.name]),
                    percent(one.second),
                    say(
                        "{n:+.1f} points on run {number}'s {first}",
                        n=100 * one.difference.estimate,
                        number=other.number,
                        first=percent(one.first),
                    ),
                    delta_color="normal" if _clear(one) else "off",
                    delta_arrow="auto" if _clear(one) else "off",
                    width="content",
                )
                st.caption(plain(difference(one, other, run)))
        clear = [one for one in classes if _clear(one)]
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(say("**{rows:,} rows** that both have predicted", rows=found.rows))
            st.caption(
                say(
                    "{only_second_right:,} only run {number} has {right}, {only_first_right:,} only run {number2}. "
                    "{clear} of {classes} classes differ clearly.",
                    only_second_right=found.only_second_right,
                    number=run.number,
                    right=right,
                    only_first_right=found.only_first_right,
                    number2=other.number,
                    clear=len(clear),
                    classes=len(classes),
                )
            )


def _clear(one: Difference) -> bool:
    low, high = one.difference.interval
    return not low <= 0 <= high


def _classes(found: AnyComparison, other: Run, shown: AnyShown) -> None:
    """Clear differences first, the largest on top."""
    run = shown.run
    classes = [one for one in _parted(found)[1] if one.first or one.second or one.support]
    ranked = sorted(classes, key=lambda one: (not _clear(one), -abs(one.difference.estimate)))
    kept = sorted(ranked[:DRAWN_CLASSES], key=lambda one: -one.difference.estimate)
    st.markdown(
        say(
            "**F1 of run {number} less that of run {number2}**, with 95 % intervals",
            number=run.number,
            number2=other.number,
        )
    )
    chart_with_files(
        differences([one.name for one in kept], [("F1", [one.difference for one in kept])]),
        key=f"differences-{other.number}",
        dataset=shown.dataset.name,
        name=f"f1-run-{run.number}-less-run-{other.number}",
        alt="; ".join(f"{one.name} {say('{n:+.1f} points', n=100 * one.difference.estimate)}" for one in kept),
    )
    more = (
        say(
            " The {drawn_classes} that differ most of {classes:,} classes.",
            drawn_classes=DRAWN_CLASSES,
            classes=len(classes),
        )
        if len(kept) < len(classes)
        else ""
    )
    st.caption(say("Hollow: the interval holds 0, no clear difference.{more}", more=more))


def _cells(found: Comparison, other: Run, shown: AnyShown) -> None:
    run = shown.run
    order = drawn_classes(found.first.matrix + found.second.matrix, "confusion", MAX_CLASSES)
    key = f"difference-matrix-{other.number}"

    def clicked() -> None:
        cell = clicked_mark(st.session_state[key])
        if cell is not None:
            choose_cell(str(cell[0]), str(cell[1]), **{keys.VIEW: "matrix"})

    st.markdown(say("**Rows that run {number} has more or fewer** of in each cell", number=run.number))
    names, more = [found.first.labels[place] for place in order], found.matrix[order[:, None], order]
    chart_with_files(
        confusion_difference(names, more),
        width="content",
        key=key,
        dataset=shown.dataset.name,
        name=f"confusion-run-{run.number}-less-run-{other.number}",
        columns=cells_of(names, more, ("true", "predicted", "more rows")),
        on_select=clicked,
        alt=say("Difference of the two confusion matrices"),
    )
    st.caption(
        say(
            "Teal: run {number} is better there. Orange: worse. A click opens the cell of run {number}.",
            number=run.number,
        )
    )


def _rows(context: Context, shown: AnyShown, found: AnyComparison, other: Run) -> None:
    """The rows that only one of them gets right; the other one's prediction is listed."""
    counts = {"this": found.only_second_right, "other": found.only_first_right}
    winners = {"this": shown.run, "other": other}
    losers = {"this": other, "other": shown.run}
    titles = {
        name: say("Only run {number} is right ({count:,})", number=winners[name].number, count=count)
        for name, count in counts.items()
    }
    who = switch(say("Right in"), keys.RIGHT, titles)
    winner, loser = winners[who], losers[who]
    where = PredictionFilter(shown.split, correct=False, right_in=winner.run_id)
    named = {
        "true": say("true, and run {number}", number=winner.number),
        "predicted": say("run {number}", number=loser.number),
        "confidence": say("its confidence, run {number}", number=loser.number),
    }
    key = f"compared-{who}-{loser.run_id}-{winner.run_id}-{shown.split}-{shown.found.version_id}"
    held = found.first if who == "this" else found.second
    about = (loser, shown.split, shown.labels_from, shown.dataset, shown.versions)
    lost = Shown(*about, held) if isinstance(held, Evaluation) else ShownSets(*about, held)
    tools, listed = list_of(context, lost)
    where = narrowed(where, listed)
    total = counted(context, lost, where) if is_narrowed(listed) else counts[who]
    if total is None:
        return
    list_bar(tools, listed, lost, where, total, None)
    rows_table(context, lost, where, total, f"{key}-{hash(where):x}", named)

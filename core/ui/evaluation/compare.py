"""Evaluate, view Compare: this run against another on the same rows, in words, by class, by cell, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from core.charts.confusion import confusion_difference
from core.charts.differences import differences
from core.charts.grid import MAX_CLASSES
from core.charts.style import CONFIG
from core.context import Context
from core.evaluation.confusion import drawn_classes
from core.records import Comparison, Difference, Evaluation, MultiLabelComparison, PredictionFilter, Run
from core.services.evaluation.measures import compare, splits_of
from core.services.evaluation.named import compared_under_names
from core.services.evaluation.words import difference, percent
from core.ui import keys
from core.ui.evaluation.choice import AnyShown, Shown, ShownSets
from core.ui.evaluation.multi_label.tables import tables_difference
from core.ui.evaluation.rows import choose_cell, counted, is_narrowed, list_bar, list_of, narrowed, rows_table
from core.ui.parts.cells import clicked_mark
from core.ui.parts.choices import pick, switch
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain

NAMES = {"accuracy": "Accuracy", "macro_f1": "Macro F1"}
SET_NAMES = {"accuracy": "Subset accuracy", "micro_f1": "Micro F1", "macro_f1": "Macro F1"}
"""Where a label is several classes."""
DRAWN_CLASSES = 40

AnyComparison = Comparison | MultiLabelComparison


def comparison(context: Context, shown: AnyShown, runs: Sequence[Run]) -> None:
    """What differs, said first, then drawn, then row by row. `runs` are done, newest first."""
    others = {
        str(run.number): run
        for run in runs
        if run.run_id != shown.run.run_id and shown.split in dict(splits_of(context, run))
    }
    if not others:
        st.caption(f"No other run of this dataset has predicted {plain(shown.split)}: train a second one to compare.")
        return
    other = others[_other(others)]
    answer = settled(lambda: compare(context, other, shown.run, shown.split, shown.labels_from))
    found = cast(AnyComparison | None, answer)  # mypy does not see what is left of a union of three
    if found is None:
        return
    found = compared_under_names(found, shown.dataset)
    _said(found, other, shown.run)
    if found.first.version_id != shown.found.version_id:
        st.caption("Both are held against the labels of the newer of their two versions, unlike the figures above.")
    with st.container(horizontal=True, gap="large"):
        with st.container(width="stretch", gap="xsmall"):
            _classes(found, other, shown.run)
        with st.container(width="content", gap="xsmall"):
            if isinstance(found, Comparison):
                _cells(found, other, shown.run)
            else:
                tables_difference(found, other, shown.run)
    _rows(context, shown, found, other)


def _other(others: dict[str, Run]) -> str:
    titles = {name: f"Run {name}: {run.title}" for name, run in others.items()}
    return pick("Compared with", keys.WITH, titles, width=370, labelled=True)


def _parted(found: AnyComparison) -> tuple[Sequence[Difference], Sequence[Difference]]:
    """The differences of the figures, and of the classes."""
    figures = len(found.differences) - len(found.first.labels)
    return found.differences[:figures], found.differences[figures:]


def _said(found: AnyComparison, other: Run, run: Run) -> None:
    figures, classes = _parted(found)
    right = "right" if isinstance(found, Comparison) else "wholly right"
    with st.container(horizontal=True, gap="large", border=True, key="comparison-figures"):
        for one in figures:
            with st.container(gap=None, width=330):
                st.metric(
                    NAMES[one.name] if isinstance(found, Comparison) else SET_NAMES[one.name],
                    percent(one.second),
                    f"{100 * one.difference.estimate:+.1f} points on run {other.number}'s {percent(one.first)}",
                    delta_color="normal" if _clear(one) else "off",
                    delta_arrow="auto" if _clear(one) else "off",
                    width="content",
                )
                st.caption(plain(difference(one, other, run)))
        clear = [one for one in classes if _clear(one)]
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f"**{found.rows:,} rows** that both have predicted")
            st.caption(
                f"{found.only_second_right:,} only run {run.number} has {right}, {found.only_first_right:,} only run "
                f"{other.number}. {len(clear)} of {len(classes)} classes differ clearly."
            )


def _clear(one: Difference) -> bool:
    low, high = one.difference.interval
    return not low <= 0 <= high


def _classes(found: AnyComparison, other: Run, run: Run) -> None:
    """Clear differences first, the largest on top."""
    classes = [one for one in _parted(found)[1] if one.first or one.second or one.support]
    ranked = sorted(classes, key=lambda one: (not _clear(one), -abs(one.difference.estimate)))
    kept = sorted(ranked[:DRAWN_CLASSES], key=lambda one: -one.difference.estimate)
    st.markdown(f"**F1 of run {run.number} less that of run {other.number}**, with 95 % intervals")
    st.plotly_chart(
        differences([one.name for one in kept], [("F1", [one.difference for one in kept])]),
        config=CONFIG,
        key=f"differences-{other.number}",
        alt="; ".join(f"{one.name} {100 * one.difference.estimate:+.1f} points" for one in kept),
    )
    more = f" The {DRAWN_CLASSES} that differ most of {len(classes):,} classes." if len(kept) < len(classes) else ""
    st.caption(f"Hollow: the interval holds 0, no clear difference.{more}")


def _cells(found: Comparison, other: Run, run: Run) -> None:
    order = drawn_classes(found.first.matrix + found.second.matrix, "confusion", MAX_CLASSES)
    key = f"difference-matrix-{other.number}"

    def clicked() -> None:
        cell = clicked_mark(st.session_state[key])
        if cell is not None:
            choose_cell(str(cell[0]), str(cell[1]))
            st.query_params[keys.VIEW] = "matrix"

    st.markdown(f"**Rows that run {run.number} has more or fewer** of in each cell")
    st.plotly_chart(
        confusion_difference(
            [found.first.labels[place] for place in order],
            found.matrix[order[:, None], order],
        ),
        width="content",
        key=key,
        on_select=clicked,
        selection_mode="points",
        config=CONFIG,
        alt="Difference of the two confusion matrices",
    )
    st.caption(f"Teal: run {run.number} is better there. Orange: worse. A click opens the cell of run {run.number}.")


def _rows(context: Context, shown: AnyShown, found: AnyComparison, other: Run) -> None:
    """The rows that only one of them gets right; the other one's prediction is listed."""
    counts = {"this": found.only_second_right, "other": found.only_first_right}
    winners = {"this": shown.run, "other": other}
    losers = {"this": other, "other": shown.run}
    titles = {name: f"Only run {winners[name].number} is right ({count:,})" for name, count in counts.items()}
    who = switch("Right in", keys.RIGHT, titles)
    winner, loser = winners[who], losers[who]
    where = PredictionFilter(shown.split, correct=False, right_in=winner.run_id)
    named = {
        "true": f"true, and run {winner.number}",
        "predicted": f"run {loser.number}",
        "confidence": f"its confidence, run {loser.number}",
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

"""Evaluate, view Compare, where labels are numbers: this run against another on the same rows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.evaluation.effect_words import amounts
from core.records import Run
from core.services.evaluation.number_report import TITLES
from core.services.evaluation.numbers import NumberComparison, compare_numbers
from core.ui.evaluation.choice import ShownNumbers, choose_other
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.words import say


def comparison(context: Context, shown: ShownNumbers, runs: Sequence[Run]) -> None:
    """What differs, said first, then as a table. `runs` are done, newest first."""
    other = choose_other(context, shown.run, shown.split, runs)
    if other is None:
        return
    found = settled(lambda: compare_numbers(context, other, shown.run, shown.split, shown.labels_from))
    if found is None:
        return
    st.markdown(plain(_said(found, other, shown.run)))
    lines = list(found.differences.items())
    st.dataframe(
        {
            "figure": [say(TITLES[name]) for name, _ in lines],
            "other": [found.first[name] for name, _ in lines],
            "own": [found.second[name] for name, _ in lines],
            "difference": [one.estimate for _, one in lines],
            "interval": [
                say("{low} to {high}", low=low, high=high) for _, low, high in map(amounts, found.differences.values())
            ],
        },
        hide_index=True,
        column_config={
            "figure": say("figure"),
            "other": st.column_config.NumberColumn(say("run {number}", number=other.number), format="%.4g"),
            "own": st.column_config.NumberColumn(say("run {number}", number=shown.run.number), format="%.4g"),
            "difference": st.column_config.NumberColumn(say("difference"), format="%+.4g"),
            "interval": say("95 % interval"),
        },
        alt=say("The figures of both runs on the same rows, and their difference"),
    )


def _said(found: NumberComparison, other: Run, run: Run) -> str:
    mae = found.differences["mae"]
    nearer = say(
        "Of {rows:,} rows run {run} is nearer to {own:,} labels, run {other} to {others:,}.",
        rows=found.rows,
        run=run.number,
        own=found.second_nearer,
        other=other.number,
        others=found.first_nearer,
    )
    if mae.low <= 0 <= mae.high:
        return say("{nearer} On average neither is clearly nearer.", nearer=nearer)
    better = run.number if mae.high < 0 else other.number
    return say("{nearer} On average run {better} is nearer.", nearer=nearer, better=better)

"""The figures of a run step by step, alone or with another run's: loss and metrics as curves and as numbers per
epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts.history import Series, history
from core.records import Metric
from core.ui.chart_files import chart_with_files
from core.ui.parts.labels import split_said
from core.words import later, say

SCORES = {"accuracy": later("accuracy"), "macro_f1": later("macro F1"), "mae": later("MAE"), "rmse": later("RMSE")}
NUMBERS = ("mae", "rmse")
"""No shares."""
SPLITS = ("train", "validation")
TABLE_HEIGHT = 300
FEW_ROWS = 8


def curves(
    figures: Sequence[Metric],
    file: str,
    *,
    dataset: str,
    other: Mapping[str, Sequence[Metric]] | None = None,
    own: str = "",
) -> None:
    """Loss on the left, accuracy and macro F1 on the right, the numbers beneath; nothing for a run that has no steps to
    show. `other` has the figures of a run to compare with by its name; then the run itself is named `own`, colours tell
    figures apart, and dashes the runs. Files are named by `dataset` and `file`."""
    runs = {own: figures, **(other or {})}
    losses = _lines(runs, [("loss", split, split_said(split)) for split in SPLITS])
    scores = _lines(
        runs,
        [(name, split, f"{say(title)}, {split_said(split)}") for split in SPLITS for name, title in SCORES.items()],
    )
    share = not any(one.name in NUMBERS for one in figures)
    pictures = ((later("Loss"), losses, False), (later("Scores"), scores, share))
    drawn = [(title, lines, share) for title, lines, share in pictures
             if any(len(line.epochs) > 1 for line in lines)]  # fmt: skip
    if not drawn:
        return
    for column, (title, lines, share) in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
        with column:
            st.caption(f"**{say(title)}**")
            chart_with_files(
                history(lines, share=share),
                key=f"curve-{title}",
                dataset=dataset,
                name=f"{title.lower()}-{file}",
                alt=_told(title, lines),
            )
    with st.expander(say("Numbers"), icon=":material/table:"):
        _numbers({say("loss, {line}", line=line.name): line for line in losses} | {line.name: line for line in scores})


def _lines(runs: Mapping[str, Sequence[Metric]], wanted: Sequence[tuple[str, str, str]]) -> list[Series]:
    """The (name, split, title) that the runs have, a run's after the other's."""
    found = []
    for place, (run, figures) in enumerate(runs.items()):
        for colour, (name, split, title) in enumerate(wanted):
            points = [one for one in figures if (one.split, one.name) == (split, name) and math.isfinite(one.value)]
            if points:
                named, dash = (f"{title}, {run}", place) if len(runs) > 1 else (title, colour)
                epochs, values = [one.epoch for one in points], [one.value for one in points]
                found.append(Series(named, epochs, values, colour, dash))
    return found


def _numbers(lines: Mapping[str, Series]) -> None:
    """Each line's newest value at the end of each epoch."""
    by_epoch = {name: {math.ceil(epoch): value for epoch, value in zip(line.epochs, line.values, strict=True)}
                for name, line in lines.items()}  # fmt: skip
    epochs = sorted({epoch for values in by_epoch.values() for epoch in values})
    table = {name: [values.get(epoch) for epoch in epochs] for name, values in by_epoch.items()}
    st.dataframe(
        {say("epoch"): epochs, **table},
        hide_index=True,
        height="content" if len(epochs) <= FEW_ROWS else TABLE_HEIGHT,
        column_config={name: st.column_config.NumberColumn(format="%.4f") for name in table},
        key="curve-numbers",
        alt=say("The figures of each curve at the end of each epoch"),
    )


def _told(title: str, lines: Sequence[Series]) -> str:
    last = ", ".join(f"{line.name} {line.values[-1]:.4f}" for line in lines)
    return say("{title} over epochs, last: {last}", title=say(title), last=last)

"""The figures of a run step by step: loss and metrics as curves, the rest as their newest value."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.history import Series, history
from core.charts.style import CONFIG
from core.records import Metric, Run
from core.ui.problems import plain

SCORES = {"accuracy": "accuracy", "macro_f1": "macro F1"}
SPLITS = ("train", "validation")


def curves(figures: Sequence[Metric]) -> None:
    """Loss on the left, accuracy and macro F1 on the right; nothing for a run that has no steps to show."""
    losses = [found for split in SPLITS if (found := _series(figures, split, "loss", split))]
    scores = [
        found
        for split in SPLITS
        for name, title in SCORES.items()
        if (found := _series(figures, split, name, f"{title}, {split}"))
    ]
    drawn = [(title, lines, share) for title, lines, share in (("Loss", losses, False), ("Scores", scores, True))
             if any(len(epochs) > 1 for _, epochs, _ in lines)]  # fmt: skip
    if not drawn:
        return
    for column, (title, lines, share) in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
        with column:
            st.caption(f"**{title}**")
            st.plotly_chart(history(lines, share=share), config=CONFIG, key=f"curve-{title}")


def _series(figures: Sequence[Metric], split: str, name: str, title: str) -> Series | None:
    found = [figure for figure in figures if figure.split == split and figure.name == name]
    return (title, [one.epoch for one in found], [one.value for one in found]) if found else None


def newest_figures(figures: Sequence[Metric], run: Run) -> None:
    """Epoch, learning rate, examples per second and memory as last told."""
    last = {figure.name: figure for figure in figures}
    if not last:
        return
    newest = figures[-1]
    epochs = run.spec.get("epochs")
    parts = [f"step {newest.step:,}", f"epoch {newest.epoch:.1f}" + (f" of {epochs}" if epochs else "")]
    if "learning_rate" in last:
        parts.append(f"learning rate {last['learning_rate'].value:.2e}")
    if "examples_per_second" in last:
        parts.append(f"{last['examples_per_second'].value:,.0f} examples/s")
    if "memory" in last:
        parts.append(f"memory {last['memory'].value / 1024**3:.2f} GiB")
    st.caption(plain(" · ".join(parts)))

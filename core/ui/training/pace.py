"""How a run goes at this moment: the newest of its figures, and what it took in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records import Metric, Run
from core.services.runs.time_in_words import duration
from core.ui.parts.problems import plain
from core.words import say, say_stored

GIB = 1024**3


def newest_figures(figures: Sequence[Metric], run: Run) -> None:
    """Epoch, learning rate, pace, memory and how busy the device is, as last told."""
    last = {figure.name: figure.value for figure in figures}
    if not last:
        return
    newest = figures[-1]
    epochs = run.spec.get("epochs")
    epoch = (
        say("epoch {epoch:.1f} of {epochs}", epoch=newest.epoch, epochs=epochs)
        if epochs
        else say("epoch {epoch:.1f}", epoch=newest.epoch)
    )
    parts = [say("step {step:,}", step=newest.step), epoch]
    if "learning_rate" in last:
        parts.append(say("learning rate {rate:.2e}", rate=last["learning_rate"]))
    if "examples_per_second" in last:
        parts.append(say("{n:,.0f} examples/s", n=last["examples_per_second"]))
    if "tokens_per_second" in last:
        parts.append(say("{n:,.0f} tokens/s", n=last["tokens_per_second"]))
    if "memory" in last:
        used = last["memory"] / GIB
        parts.append(
            say("memory {used:.2f} of {all:.0f} GiB", used=used, all=last["memory_total"] / GIB)
            if "memory_total" in last
            else say("memory {used:.2f} GiB", used=used)
        )
    if "device_busy" in last:
        parts.append(say("device busy {busy:.0%}", busy=last["device_busy"]))
    st.caption(plain(" · ".join(parts)))


def took(summary: Mapping[str, Any], by_epochs: bool) -> list[str]:
    """Seconds by stage, then steps where it learns in epochs, pace, memory and device."""
    parts = [
        f"{say_stored(stage)} {duration(spent) if spent >= 10 else say('{n:.1f} s', n=spent)}"
        for stage, spent in summary["seconds"].items()
    ]
    if by_epochs:
        parts.append(
            say(
                "{steps:,} steps, best epoch {best} of {epochs}",
                steps=summary["steps"],
                best=summary["best_epoch"],
                epochs=summary["epochs"],
            )
        )
        parts.append(
            say("batch {batch} × {accumulation}", batch=summary["batch"], accumulation=summary["accumulation"])
        )
        parts.append(say("{n:,.0f} examples/s", n=summary["examples_per_second"]))
    if summary.get("peak_memory"):
        parts.append(say("peak memory {n:.2f} GiB", n=summary["peak_memory"] / GIB))
    return [*parts, str(summary["device"])]

"""How a run goes at this moment: the newest of its figures, and what it took in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records import Metric, Run
from core.ui.parts.job_words import duration
from core.ui.parts.problems import plain

GIB = 1024**3


def newest_figures(figures: Sequence[Metric], run: Run) -> None:
    """Epoch, learning rate, pace, memory and how busy the device is, as last told."""
    last = {figure.name: figure.value for figure in figures}
    if not last:
        return
    newest = figures[-1]
    epochs = run.spec.get("epochs")
    parts = [f"step {newest.step:,}", f"epoch {newest.epoch:.1f}" + (f" of {epochs}" if epochs else "")]
    if "learning_rate" in last:
        parts.append(f"learning rate {last['learning_rate']:.2e}")
    if "examples_per_second" in last:
        parts.append(f"{last['examples_per_second']:,.0f} examples/s")
    if "tokens_per_second" in last:
        parts.append(f"{last['tokens_per_second']:,.0f} tokens/s")
    if "memory" in last:
        of = f" of {last['memory_total'] / GIB:.0f}" if "memory_total" in last else ""
        parts.append(f"memory {last['memory'] / GIB:.2f}{of} GiB")
    if "device_busy" in last:
        parts.append(f"device busy {last['device_busy']:.0%}")
    st.caption(plain(" · ".join(parts)))


def took(summary: Mapping[str, Any], by_epochs: bool) -> list[str]:
    """Seconds by stage, then steps where it learns in epochs, pace, memory and device."""
    parts = [
        f"{stage} {duration(spent) if spent >= 10 else f'{spent:.1f} s'}" for stage, spent in summary["seconds"].items()
    ]
    if by_epochs:
        parts.append(f"{summary['steps']:,} steps, best epoch {summary['best_epoch']} of {summary['epochs']}")
        parts.append(f"batch {summary['batch']} × {summary['accumulation']}")
        parts.append(f"{summary['examples_per_second']:,.0f} examples/s")
    if summary.get("peak_memory"):
        parts.append(f"peak memory {summary['peak_memory'] / GIB:.2f} GiB")
    return [*parts, str(summary["device"])]

"""One run from its start to its end: where it stands, its curves, what can be done with it. Everything is read from the
run's folder and the store, so that it shows the same in any tab at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.records import ENDED, Job, Metric, Run
from core.services.jobs import can_restart, cancel, log, restart, stop
from core.services.runs.listing import (
    command_line,
    epoch_runs,
    get_run,
    headline_scores,
    join_line,
    launch_line,
    metrics,
    notes,
    spec_json,
    spec_of,
)
from core.services.train import followed_by
from core.ui import keys
from core.ui.parts.choices import pick
from core.ui.parts.curves import curves, newest_figures
from core.ui.parts.job_line import MARKS
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link
from core.ui.shell.strip import duration, progress_text

REFRESH_SECONDS = 1.0
LOG_LINES = 12
ALONE = "none"
"""In the URL: compared with no other run."""


def chosen_run(frame: Frame, run: Run, job: Job) -> None:
    """Draws the run, again every second as long as it is under way."""
    live = not (job.status in ENDED and job.collected)
    with st.container(border=True, key="run"):
        st.fragment(run_every=REFRESH_SECONDS if live else None)(_run)(frame, run.run_id, live)
        _reproduce(frame, run)


def _run(frame: Frame, run_id: str, live: bool) -> None:
    run, job = get_run(frame.context, frame.dataset.dataset_id, run_id)
    if live and job.status in ENDED and job.collected:
        st.rerun()
    _head(frame, run, job)
    if job.status == "failed":
        st.error(plain(job.error), icon=":material/error:")
    elif job.error:
        st.caption(plain(job.error))
    elif job.status == "running" and (line := join_line(frame.context, run)):
        st.info(
            "It begins once every machine takes part; until then Cancel ends it, and Stop waits. On each other one:",
            icon=":material/lan:",
        )
        st.code(line, language="bash", wrap_lines=True)
    for note in notes(frame.context, run):
        st.caption(f":material/info: {plain(note)}")
    if run.summary:
        _scores(run)
    figures = metrics(frame.context, run)
    if not run.summary:
        newest_figures(figures, run)
    _curves(frame, run, figures)
    _log(frame, job)


def _curves(frame: Frame, run: Run, figures: Sequence[Metric]) -> None:
    """The run's curves, and those of another run of the dataset where one is chosen that goes through epochs too."""
    others = {str(other.number): other for other in epoch_runs(frame.context, run.dataset_id) if other != run}
    if not figures or not others or run.spec["strategy"] == "head":
        curves(figures)
        return
    titles = {ALONE: "no other run"} | {number: f"{number}: {other.title}" for number, other in others.items()}
    chosen = pick("Compare with", keys.WITH, titles, width=420, labelled=True, fixed=True)
    if chosen == ALONE:
        curves(figures)
    else:
        curves(figures, {f"run {chosen}": metrics(frame.context, others[chosen])}, f"run {run.number}")


def _head(frame: Frame, run: Run, job: Job) -> None:
    """What it is, how far it is, and what can be done."""
    icon, colour = MARKS[job.status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run-head"):
        st.markdown(f":{colour}[:material/{icon}:] **Run {run.number}** {plain(run.title)}", width="content")
        st.caption(plain(_standing(job)), width="content")
        st.space("stretch")
        with shown_errors():
            _actions(frame, run, job)
    if job.status not in ENDED:
        st.progress(job.progress.fraction or 0.0)


def _actions(frame: Frame, run: Run, job: Job) -> None:
    if job.status not in ENDED:
        asked = job.status == "stopping"
        saved = "Ends after the step it is at and saves, so that it can go on later."
        if st.button("Stop", icon=":material/stop_circle:", help=saved, disabled=asked, key="run-stop"):
            stop(frame.context, job.job_id)
            st.rerun()
        if st.button("Cancel", icon=":material/block:", type="tertiary", help="Ends at once.", key="run-cancel"):
            cancel(frame.context, job.job_id)
            st.rerun()
        return
    if can_restart(frame.context, job):
        on = "Goes on from its last checkpoint with the same settings."
        if st.button("Resume", icon=":material/replay:", type="primary", help=on, key="run-resume"):
            restart(frame.context, job.job_id)
            st.rerun()
    if job.status == "done":
        link("training", "Use it", icon=":material/bolt:", view="use", dataset=frame.dataset.name, run=run.number)
    split, _ = headline_scores(run)
    if split:
        evaluate_link(frame, run, split, f"Evaluate on {split}")


def evaluate_link(frame: Frame, run: Run, split: str, label: str = "Evaluate") -> None:
    """Opens the run's confusion matrix on a split."""
    name = frame.dataset.name
    icon = ":material/arrow_forward:"
    link("evaluation", label, icon=icon, icon_position="right", dataset=name, run=run.number, split=split)


def _standing(job: Job) -> str:
    """`training, epoch 2 · 45 % · 32 s left · cuda:0`, or how long it took."""
    parts = [progress_text(job)] if job.status not in ENDED else [_ended(job)]
    if job.status == "done" and not job.collected:
        parts.append("taking the result in")
    if job.progress.message and job.status == "running":
        parts.append(job.progress.message)
    return " · ".join([*parts, job.device] if job.device else parts)


def _ended(job: Job) -> str:
    if job.started_at is None or job.ended_at is None:
        return job.status
    return f"{job.status} after {duration((job.ended_at - job.started_at).total_seconds())}"


def _scores(run: Run) -> None:
    """How well it does on each split, and what it took."""
    summary = run.summary
    with st.container(horizontal=True, gap="medium", key="run-scores"):
        for split in sorted(summary["splits"], key=_importance):
            scores = summary["splits"][split]
            with st.container(gap=None, width="content"):
                st.markdown(f"**{scores['accuracy']:.2%}** on {plain(split)}")
                st.caption(f"macro F1 {scores['macro_f1']:.2%} · {scores['rows']:,} rows")
    st.caption(plain(" · ".join(_took(summary, run.spec["strategy"] != "head"))))


def _importance(split: str) -> tuple[int, str]:
    usual = ("test", "validation", "train")
    return (usual.index(split) if split in usual else len(usual), split)


def _took(summary: Mapping[str, Any], in_epochs: bool) -> list[str]:
    """Seconds by stage, then steps where it learns in epochs, pace, memory and device."""
    parts = [
        f"{stage} {duration(spent) if spent >= 10 else f'{spent:.1f} s'}" for stage, spent in summary["seconds"].items()
    ]
    if in_epochs:
        parts.append(f"{summary['steps']:,} steps, best epoch {summary['best_epoch']} of {summary['epochs']}")
        parts.append(f"batch {summary['batch']} × {summary['accumulation']}")
        parts.append(f"{summary['examples_per_second']:,.0f} examples/s")
    if summary.get("peak_memory"):
        parts.append(f"peak memory {summary['peak_memory'] / 1024**3:.2f} GiB")
    return [*parts, str(summary["device"])]


def _log(frame: Frame, job: Job) -> None:
    printed = log(frame.context, job.job_id, LOG_LINES)
    if not printed:
        return
    failed = job.status in ("failed", "lost")
    with st.expander("End of the log", icon=":material/article:", expanded=failed):
        st.code(printed, language=None, wrap_lines=True)
        link("jobs", "All of it", job=job.job_id)


def _reproduce(frame: Frame, run: Run) -> None:
    with st.expander("Command and settings", icon=":material/terminal:"):
        st.caption("The command that makes this run again, with every setting said:")
        st.code(command_line(frame.context, run), language="bash", wrap_lines=True)
        if line := launch_line(frame.context, run):
            why = "a quick retrain has no loop, so it needs no accelerate" if run.spec["strategy"] == "head" else ""
            st.caption(
                f"The same without the app{f' ({why})' if why else ''}, into a folder of its own; in the "
                "project's folder and environment, or anywhere by launch.sh in the run's folder:"
            )
            st.code(line, language="bash", wrap_lines=True)
        with shown_errors():
            _followed(run)
        st.caption("spec.json, as it is frozen in the run's folder:")
        st.code(spec_json(run), language="json", height=300)


def _followed(run: Run) -> None:
    """The person's own accelerate config that it follows, and what that decides."""
    own = followed_by(run)
    if own:
        st.caption(plain(f"{own.in_words(spec_of(run))} This copy of it lies in the run's folder:"))
        st.code(own.text, language="yaml")

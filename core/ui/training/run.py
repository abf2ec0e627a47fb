"""One run from its start to its end: where it stands, its curves, what can be done with it. Everything is read from the
run's folder and the store, so that it shows the same in any tab at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.context import Context
from core.records import ENDED, Dataset, Job, Metric, Run
from core.services.jobs import goes_on, is_untaken, log
from core.services.runs.deletion import delete_run, megabytes, room_of, why_kept
from core.services.runs.listing import (
    command_line,
    get_run,
    headline_scores,
    in_epochs,
    join_line,
    launch_line,
    metrics,
    notes,
    spec_json,
    spec_of,
)
from core.services.train import followed_by
from core.tasks import task_named
from core.ui import keys
from core.ui.live import live
from core.ui.parts.choices import pick
from core.ui.parts.curves import curves
from core.ui.parts.ending import again_button, end_buttons
from core.ui.parts.job_words import how_it_ended, mark
from core.ui.parts.labels import split_said
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text, state_of
from core.ui.training.again import edit_button
from core.ui.training.named import name_of, named
from core.ui.training.pace import newest_figures, took
from core.words import say, say_stored

LOG_LINES = 12
ALONE = "none"
"""In the URL: compared with no other run."""


def chosen_run(context: Context, dataset: Dataset, run: Run, job: Job, others: Sequence[Run], user: str) -> None:
    """Draws the run, again and again as long as it is under way; `others` of the dataset to compare it with."""
    under_way = not (job.status in ENDED and job.collected)
    with st.container(border=True, key="run"):
        if under_way:
            live(
                context,
                lambda: _run(context, dataset, run.run_id, others, under_way),
                lambda: state_of(context.queue.get(run.run_id)),
                key="run",
            )
        else:
            st.fragment(_run)(context, dataset, run.run_id, others, under_way)
        _reproduce(context, run)
        if job.status in ENDED:
            with shown_errors():
                _delete(context, run, user)


def _delete(context: Context, run: Run, user: str) -> None:
    """Asks first, and says what it frees."""
    with st.popover(say("Delete run {number}", number=run.number), icon=":material/delete:", key="run-delete"):
        st.markdown(
            say(
                "Frees **{room}**. The model, its predictions and its figures go for good; links to the run and "
                "comparisons with it will say that it was deleted.",
                room=megabytes(room_of(context, run)),
            )
        )
        if why := why_kept(context, run):
            st.caption(plain(say_stored(why)))
        if st.button(say("Delete for good"), type="primary", disabled=bool(why), key="run-delete-button"):
            freed = delete_run(context, run, user)
            st.query_params.pop(keys.RUN, None)
            st.toast(
                say("Run {number} is deleted, which freed {freed}.", number=run.number, freed=megabytes(freed)),
                icon=":material/check:",
            )
            st.rerun()


def _run(context: Context, dataset: Dataset, run_id: str, others: Sequence[Run], under_way: bool) -> None:
    run, job = get_run(context, dataset.dataset_id, run_id)
    if under_way and job.status in ENDED and job.collected:
        st.rerun()
    _head(context, dataset, run, job)
    named(context, run)
    if job.status == "failed":
        st.error(plain(say_stored(job.error)), icon=":material/error:")
    elif job.error:
        st.caption(plain(say_stored(job.error)))
    elif job.status == "running" and (line := join_line(context, run)):
        st.info(
            say(
                "It begins once every machine takes part; until then Cancel ends it, and Stop waits. On each other one:"
            ),
            icon=":material/lan:",
        )
        st.code(line, language="bash", wrap_lines=True)
    for note in notes(context, run):
        st.caption(f":material/info: {plain(say_stored(note))}")
    if run.summary:
        _scores(run, several=task_named(dataset.task).target.several)
    figures = metrics(context, run)
    if not run.summary:
        newest_figures(figures, run)
    _curves(context, dataset, run, figures, others)
    _log(context, job)


def _curves(context: Context, dataset: Dataset, run: Run, figures: Sequence[Metric], runs: Sequence[Run]) -> None:
    """The run's curves, and those of another run of the dataset where one is chosen that goes through epochs too."""
    others = {str(other.number): other for other in runs if in_epochs(other) and other.run_id != run.run_id}
    if not figures or not others or not in_epochs(run):
        curves(figures, f"run-{run.number}", dataset=dataset.name)
        return
    titles = {ALONE: say("no other run")} | {
        number: f"{number}: {say_stored(other.title)}" for number, other in others.items()
    }
    chosen = pick(say("Compare with"), keys.WITH, titles, width=420, labelled=True, fixed=True)
    if chosen == ALONE:
        curves(figures, f"run-{run.number}", dataset=dataset.name)
    else:
        curves(
            figures,
            f"runs-{run.number}-{chosen}",
            dataset=dataset.name,
            other={say("run {number}", number=chosen): metrics(context, others[chosen])},
            own=say("run {number}", number=run.number),
        )


def _head(context: Context, dataset: Dataset, run: Run, job: Job) -> None:
    """What it is, how far it is, and what can be done."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run-head"):
        st.markdown(
            f"{mark(job.status)} {say('**Run {number}**', number=run.number)} {plain(name_of(run))}",
            width="content",
        )
        st.caption(plain(_standing(job)), width="content")
        st.space("stretch")
        with shown_errors():
            _actions(context, dataset, run, job)
    if job.status not in ENDED:
        st.progress(job.progress.fraction or 0.0)


def _actions(context: Context, dataset: Dataset, run: Run, job: Job) -> None:
    if job.status not in ENDED:
        end_buttons(context, job, "run", kind="secondary")
        return
    edit_button(context, dataset, run, primary=job.status in ("failed", "lost"))
    goes = job.status != "failed" and goes_on(context, job)
    again_button(context, job, "run", kind="primary" if goes or is_untaken(context, job) else "secondary")
    if job.status == "done":
        link("training", say("Use it"), icon=":material/bolt:", view="use", dataset=dataset.name, run=run.number)
    split, _ = headline_scores(run)
    if split:
        evaluate_link(dataset, run, split, say("Evaluate on {split}", split=split_said(split)))


def evaluate_link(dataset: Dataset, run: Run, split: str, label: str = "") -> None:
    """Opens the run's confusion matrix on a split."""
    name = dataset.name
    icon = ":material/arrow_forward:"
    link(
        "evaluation",
        label or say("Evaluate", "verb"),
        icon=icon,
        icon_position="right",
        dataset=name,
        run=run.number,
        split=split,
    )


def _standing(job: Job) -> str:
    """`training, epoch 2 · 45 % · 32 s left · cuda:0`, or how long it took."""
    parts = [progress_text(job)] if job.status not in ENDED else [how_it_ended(job)]
    if job.status == "done" and not job.collected:
        parts.append(say("taking the result in"))
    if job.progress.message and job.status == "running":
        parts.append(say_stored(job.progress.message))
    return " · ".join([*parts, job.device] if job.device else parts)


def _scores(run: Run, *, several: bool) -> None:
    """How well it does on each split, and what it took; `several`: whether a row may have several classes."""
    summary = run.summary
    with st.container(horizontal=True, gap="medium", key="run-scores"):
        for split in sorted(summary["splits"], key=_importance):
            scores = summary["splits"][split]
            with st.container(gap=None, width="content"):
                if scores.get("mae") is not None:
                    _numbers(scores, split)
                    continue
                said = {"accuracy": scores["accuracy"], "split": plain(split_said(split))}
                st.markdown(
                    say("**{accuracy:.2%}** subset accuracy on {split}", **said)
                    if several
                    else say("**{accuracy:.2%}** on {split}", **said)
                )
                st.caption(say("macro F1 {score:.2%} · {rows:,} rows", score=scores["macro_f1"], rows=scores["rows"]))
    st.caption(plain(" · ".join(took(summary, in_epochs(run)))))


def _numbers(scores: Mapping[str, Any], split: str) -> None:
    st.markdown(say("**MAE {mae:.4g}** on {split}", mae=scores["mae"], split=plain(split_said(split))))
    st.caption(say("RMSE {rmse:.4g} · R² {r2:.3f} · {rows:,} rows", **{n: scores[n] for n in ("rmse", "r2", "rows")}))


def _importance(split: str) -> tuple[int, str]:
    usual = ("test", "validation", "train")
    return (usual.index(split) if split in usual else len(usual), split)


def _log(context: Context, job: Job) -> None:
    printed = log(context, job.job_id, LOG_LINES)
    if not printed:
        return
    with st.expander(say("End of the log"), icon=":material/article:"):
        st.code(printed, language=None, wrap_lines=True)
        link("jobs", say("All of it"), job=job.job_id)


def _reproduce(context: Context, run: Run) -> None:
    with st.expander(say("Command and settings"), icon=":material/terminal:"):
        st.caption(say("The command that makes this run again, with every setting said:"))
        st.code(command_line(context, run), language="bash", wrap_lines=True)
        if line := launch_line(context, run):
            why = (
                say(" (a quick retrain has no loop, so it needs no accelerate)")
                if run.spec["strategy"] == "head"
                else ""
            )
            st.caption(
                say(
                    "The same without the app{why}, into a folder of its own; in the project's folder and "
                    "environment, or anywhere by launch.sh in the run's folder:",
                    why=why,
                )
            )
            st.code(line, language="bash", wrap_lines=True)
        with shown_errors():
            _followed(run)
        st.caption(say("spec.json, as it is frozen in the run's folder:"))
        st.code(spec_json(run), language="json", height=300)


def _followed(run: Run) -> None:
    """The person's own accelerate config that it follows, and what that decides."""
    own = followed_by(run)
    if own:
        st.caption(plain(say("{config} This copy of it lies in the run's folder:", config=own.in_words(spec_of(run)))))
        st.code(own.text, language="yaml")

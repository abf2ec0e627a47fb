"""The batch predictions of a run: how far they are, their first rows, and all of them to save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.context import Context
from core.records import ENDED, Job, Run
from core.services.jobs import cancel
from core.services.prediction.predict import (
    Format,
    PredictResult,
    first_results,
    predictions,
    result_of,
    spec_of,
    write_results,
)
from core.services.runs.time_in_words import duration
from core.store.datasets import get_dataset
from core.targets import Target
from core.targets.named import under_names
from core.ui.live import live
from core.ui.parts.downloads import download_link
from core.ui.parts.job_words import ago, mark
from core.ui.parts.problems import plain
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text, state_of
from core.ui.spans.found import entities_of_rows
from core.words import later, say, say_stored

SHOWN = 5
FIRST_ROWS = 100
TOP_CLASSES = 6
CELL_CHARACTERS = 300
FORMATS: dict[Format, str] = {"csv": later("CSV, formulas escaped"), "parquet": "Parquet"}
OF_SPANS: dict[Format, str] = {"jsonl": later("JSON lines"), "conll": later("CoNLL columns")}


def predictions_list(context: Context, run: Run) -> None:
    """The newest ones, drawn again as long as one is under way; the newest that is done is open."""
    under_way = any(job.status not in ENDED for job in predictions(context, run, SHOWN))
    if not under_way:
        _list(context, run, under_way)
        return

    def look() -> tuple[object, object]:
        states = [state_of(job) for job in predictions(context, run, SHOWN)]
        return [urgent for urgent, _ in states], [other for _, other in states]

    live(context, lambda: _list(context, run, under_way), look, key="predictions")


def _list(context: Context, run: Run, under_way: bool) -> None:
    jobs = predictions(context, run, SHOWN)
    if under_way and all(job.status in ENDED for job in jobs):
        st.rerun()
    if jobs:
        st.markdown(say("**Predictions by this run**"))
    for place, job in enumerate(jobs):
        with st.container(border=True, key=f"predicted-{job.job_id}"):
            _prediction(context, job, opened=place == 0)


def _prediction(context: Context, job: Job, *, opened: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = spec_of(context, job).name
        st.markdown(f"{mark(job.status)} **{plain(name)}**", width="content")
        standing = say_stored(job.status) if job.status in ENDED else progress_text(job)
        st.caption(plain(f"{standing} · {ago(job.created_at, datetime.now(UTC))}, {job.created_by}"), width="content")
        st.space("stretch")
        if job.status not in ENDED:
            key = f"predict-cancel-{job.job_id}"
            if st.button(say("Cancel"), icon=":material/block:", type="tertiary", key=key):
                cancel(context, job.job_id)
                st.rerun()
    if job.status not in ENDED:
        st.progress(job.progress.fraction or 0.0)
    elif job.status == "done":
        _results(context, job, name, opened)
    else:
        st.caption(plain(say_stored(job.error) or say("It was {status}.", status=say_stored(job.status))))
        link("jobs", say("Its log"), job=job.job_id)


def _results(context: Context, job: Job, name: str, opened: bool) -> None:
    result, spec = result_of(context, job), spec_of(context, job)
    dataset = get_dataset(context.store, job.dataset_id) if job.dataset_id else None
    st.caption(plain(_in_words(result, str if dataset is None else dataset.called)))
    with st.container(horizontal=True, gap="small"):
        for format_, title in ((OF_SPANS if spec.target.located else {}) | FORMATS).items():
            _save(context, job, f"{Path(name).stem}-predicted.{format_}", format_, say(title))
    with st.expander(say("First rows"), expanded=opened):
        left_out = result.rows - result.predicted
        only_bad = bool(left_out) and st.toggle(
            say("Only the {left_out:,} without a prediction", left_out=left_out), key=f"predicted-bad-{job.job_id}"
        )
        rows = first_results(context, job, FIRST_ROWS, only_bad=only_bad)
        target = spec.target if dataset is None else under_names(spec.target, dataset.names)
        if target.located:
            entities_of_rows(rows, spec.column, str if dataset is None else dataset.called)
        else:
            _rows(rows, result.reason_column, target)


def _in_words(result: PredictResult, called: Callable[[str], str]) -> str:
    """`1,000 rows in 12 s · sport 400, tech 350 and 3 more · 2 without a prediction`."""
    classes = list(result.classes.items())
    shown = ", ".join(f"{called(label)[:40]} {rows:,}" for label, rows in classes[:TOP_CLASSES])
    more = say(" and {n:,} more", n=len(classes) - TOP_CLASSES) if len(classes) > TOP_CLASSES else ""
    left_out = result.rows - result.predicted
    parts = [say("{rows:,} rows in {seconds}", rows=result.rows, seconds=duration(result.seconds)), f"{shown}{more}"]
    return " · ".join(
        [part for part in parts if part]
        + ([say("{left_out:,} without a prediction", left_out=left_out)] if left_out else [])
    )


def _save(context: Context, job: Job, name: str, format_: Format, title: str) -> None:
    download_link(
        context,
        title,
        name,
        lambda folder: write_results(context, job, folder / name, format_),
        "predictions",
        job.job_id,
        format_,
    )


def _rows(rows: Sequence[Mapping[str, object]], reason: str, target: Target) -> None:
    """Labels as people read them: theirs is the second column before that of the reasons."""
    names = list(rows[0]) if rows else []
    columns = {name: [_cell(row[name]) for row in rows] for name in names}
    if rows and not target.numeric:
        predicted = names[names.index(reason) - 2]
        columns[predicted] = [None if row[predicted] is None else target.words(str(row[predicted])) for row in rows]
    st.dataframe(
        columns,
        hide_index=True,
        height=300 if len(rows) > 8 else "content",
        placeholder="",
        alt=say("First rows of the results"),
    )


def _cell(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    return value[:CELL_CHARACTERS] if isinstance(value, str) else value

"""A whole file predicted: where it is, which column holds the texts if any does, one button; then the predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.context import Context
from core.records import Dataset, Run
from core.services.prediction.predict import Batch, look, start_predict
from core.services.runs.forecast_time import TimeForecast, time_of_predict
from core.services.runs.time_in_words import of_work
from core.tasks import task_named
from core.ui.modalities import drawing_of
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.choices import choose_place
from core.ui.parts.paths import choose_path, readable, stamped
from core.ui.parts.problems import plain, shown_errors
from core.ui.parts.upload import arrived
from core.ui.training.predictions import predictions_list
from core.words import later, say, say_stored

PLACES = {"upload": later("Upload"), "path": later("Path on the server")}
FIRST_ROWS = 8
CELL_CHARACTERS = 200
NOTHING = "nothing"
"""What stands for a time that cannot be told: None is that it is not there yet."""


def predict_file(context: Context, dataset: Dataset, run: Run, user: str) -> None:
    """Choose, check, start; the newest predictions beneath."""
    place = choose_place(say("Where the file is"), "predict-place", {one: say(title) for one, title in PLACES.items()})
    with shown_errors():
        locations = _uploaded(context, dataset) if place == "upload" else _named(dataset)
        if locations:
            _check_and_start(context, run, dataset, locations, user)
    with shown_errors():
        predictions_list(context, run)


def _uploaded(context: Context, dataset: Dataset) -> tuple[str, ...]:
    title, explanation = drawing_of(dataset).upload
    modality = task_named(dataset.task).modality.name
    files = st.file_uploader(
        say(title), accept_multiple_files=True, key=f"predict-upload-{modality}", help=say(explanation)
    )
    return arrived(context, files, waiting=later("storing what arrived"))


def _named(dataset: Dataset) -> tuple[str, ...]:
    return choose_path("predict", drawing_of(dataset).folder_button)


def _check_and_start(context: Context, run: Run, dataset: Dataset, locations: Sequence[str], user: str) -> None:
    within = readable(context, locations)
    key = ("predict look", run.run_id, *map(stamped, locations))
    batch = result_of(
        context, key, lambda: look(context, run, locations, within=within), waiting=later("reading the first rows")
    )
    if batch is None:
        return
    chosen = _columns(batch, f"{abs(hash(key)):x}") if batch.found else batch
    if not batch.found:
        st.caption(drawing_of(dataset).counted(batch.images))
    _time(context, run, chosen, key)
    if st.button(say("Predict"), type="primary", icon=":material/play_arrow:", key="predict-start"):
        start_predict(context, run, chosen, user)
        st.rerun()


def _time(context: Context, run: Run, batch: Batch, key: tuple[object, ...]) -> None:
    """How long it will take; nothing until that is known, or where nobody knows how many rows there are."""
    found = result_of(
        context,
        ("predict time", *key, batch.column, this_minute()),
        lambda: time_of_predict(context, run, batch) or NOTHING,
        waiting=later("Estimating the time"),
    )
    if isinstance(found, TimeForecast):
        st.caption(plain(of_work(found)))


def _columns(batch: Batch, key: str) -> Batch:
    """The column with the texts, a guess until somebody says otherwise, beside the first rows; nothing is asked where
    an example is several columns, which are known by their names."""
    assert batch.found is not None
    names = [column.name for column in batch.found.columns]
    column = batch.column and st.selectbox(
        say("Column with the texts"), names, names.index(batch.column), key=f"predict-column-{key}", width=320
    )
    order = [column, *(name for name in names if name != column)] if column else names
    st.dataframe(
        {name: [_cell(row.get(name)) for row in batch.found.rows[:FIRST_ROWS]] for name in order},
        hide_index=True,
        column_config={column: st.column_config.Column(say("text: {column}", column=column), width="large")}
        if column
        else None,
        placeholder="",
        alt=say("First rows of the file"),
    )
    total = batch.found.row_estimate
    st.caption(
        plain(
            " · ".join(
                [
                    *map(say_stored, batch.found.notes[:1]),
                    *([say("about {total:,} rows", total=total)] if total else []),
                ]
            )
        )
    )
    return replace(batch, column=column)


def _cell(value: object) -> str | None:
    return None if value is None else str(value)[:CELL_CHARACTERS]

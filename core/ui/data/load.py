"""Data, view Load: where the data is, what its columns are, then the load."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.context import Context
from core.records import Preview, Schema
from core.services.load import fit, preview, start_load
from core.services.room import RoomForecast, room_for_load
from core.services.runs.forecast_time import TimeForecast, time_of_load
from core.services.runs.time_in_words import of_work
from core.services.splits import SplitPlan
from core.sources import hub
from core.sources.guess import split_name
from core.store.datasets import list_datasets
from core.tasks import task_named
from core.ui import keys
from core.ui.data.progress import follow_load
from core.ui.data.schema import MAX_IMAGES, schema_form, with_thumbnails
from core.ui.data.splits import METHODS, PARTS
from core.ui.home.start import sample_row
from core.ui.parts.background import result_of
from core.ui.parts.choices import choose_place
from core.ui.parts.empty import empty_state
from core.ui.parts.paths import choose_path, readable, stamped
from core.ui.parts.problems import plain, room_line, shown_errors
from core.ui.parts.samples import missing_samples
from core.ui.parts.upload import arrived, let_go
from core.words import later, say, say_stored, stored

PLACES = {
    "upload": later("Upload"),
    "path": later("Path on the server"),
    "hub": later("Hub dataset"),
    "sample": later("Sample"),
}
AS_IN_DATA = later("As in the data")
VAGUE_NAMES = (
    "all", "archive", "data", "dataset", "download", "downloads", "export", "file", "files", "images", "img",
    "index", "input", "labels", "new", "output", "photos", "pictures", "recordings", "sample", "table", "untitled",
)  # fmt: skip
"""A file of such a name, or of a split's, is better known by its folder's."""


def load_form(context: Context, user: str) -> bool:
    """Choose, check, start; or, since a session has one load at a time, follow it. Whether a load is in hand."""
    if follow_load(context):
        return True
    locations: tuple[str, ...] = ()
    place = choose_place(say("Where the data is"), "load-place", {one: say(title) for one, title in PLACES.items()})
    with shown_errors():
        locations = _locations(context, user, place)
        if locations:
            _check_and_start(context, user, locations)
    return bool(locations)


def _locations(context: Context, user: str, place: str) -> tuple[str, ...]:
    if place == "upload":
        return _choose_upload(context)
    if place == "path":
        return choose_path()
    if place == "hub":
        return _choose_hub()
    sample_row(context, user, missing_samples(context))
    return ()


def _choose_upload(context: Context) -> tuple[str, ...]:
    files = st.file_uploader(
        say("Files of one dataset"),
        accept_multiple_files=True,
        key="load-upload",
        help=say(
            "CSV, TSV, JSON, JSON lines, CoNLL, Parquet, Arrow, Excel, or a ZIP with one folder of images or sounds "
            "per class. "
            "Files named train, validation and test become splits. Larger files: load them from a path on the server."
        ),
    )
    return arrived(context, files, waiting=stored("storing the files that arrived"))


def _choose_hub() -> tuple[str, ...]:
    typed = st.text_input(
        say("Dataset on the Hugging Face hub"),
        key="load-hub",
        placeholder=say("owner/name, or owner/name:configuration"),
        help=say(
            "Read by the datasets library in a job of its own. It needs the network; code from the hub is never run."
        ),
    )
    if not typed.strip():
        return ()
    hub.parse(typed.strip())
    return (typed.strip(),)


def _check_and_start(context: Context, user: str, locations: Sequence[str]) -> None:
    within = readable(context, locations)
    key = ("preview", str(context.workspace.root), *map(stamped, locations))

    def look() -> tuple[Preview, RoomForecast, TimeForecast | None]:
        shown = with_thumbnails(preview(context, locations, within=within, thumbnails=MAX_IMAGES))
        images = task_named(shown.guess.task).modality.in_files
        room = room_for_load(context, locations, images=images, schema=shown.guess, found=shown)
        return shown, room, time_of_load(context, locations, shown.guess, shown)

    looked = result_of(context, key, look, waiting=stored("reading the first rows"))
    if looked is None:
        return
    found, room, seconds = looked
    if not found.rows:
        empty_state(say("No row to show"), say("The source was read, and it holds no row."), icon="table_rows")
        return
    schema, told = fit(found, schema_form(found, f"schema-{abs(hash(key)):x}"))
    for note in told:
        st.caption(f":material/info: {plain(say_stored(note))}")
    if seconds is not None and task_named(schema.task).modality.in_files:
        st.caption(plain(of_work(seconds)))
    _start_form(context, user, locations, schema, room, found)


def _start_form(
    context: Context, user: str, locations: Sequence[str], schema: Schema, room: RoomForecast, found: Preview
) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            say("Name of the dataset"),
            value=free_name(context, locations),
            max_chars=120,
            key=f"load-name-{abs(hash(tuple(locations))):x}",
            width=320,
        )
        method = st.selectbox(
            say("Splits"),
            [None, *(name for name in METHODS if name != "grouped")],
            format_func=lambda name: say(METHODS.get(name, AS_IN_DATA)),
            key="load-split",
            width=320,
            help=say(
                "Parts of {parts}, as a second version; the view Splits has other shares, and groups.",
                parts=", ".join(f"{share} % {say(part)}" for part, share in PARTS.items()),
            ),
        )
        start = st.button(say("Load"), type="primary", icon=":material/play_arrow:", key="load-start")
    room_line(room)
    if start:
        within = readable(context, locations)
        plan = SplitPlan(method, {part: share / 100 for part, share in PARTS.items()}) if method else None
        job = start_load(context, locations, schema, name=name, by=user, within=within, split_plan=plan, found=found)
        st.session_state[keys.LOAD_JOB] = job.job_id
        let_go()
        st.rerun()


def free_name(context: Context, locations: Sequence[str]) -> str:
    """The file's name without its ending, or the nearest folder's where there are several or the name says little; of
    an upload, which has no folder, then just `dataset`. With a number behind it where a dataset has that name."""
    path = Path(locations[0].replace(":", "-"))
    uploaded = path.is_relative_to(context.workspace.uploads)
    names = [path.stem] if len(locations) == 1 or uploaded else []
    names += [] if uploaded else [folder.name for folder in path.parents]
    stem = re.sub(r"[\s_]+", "-", next((name for name in names if not _is_vague(name)), "dataset"))
    taken = {dataset.name for dataset in list_datasets(context.store)}
    return next(name for name in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if name not in taken)


def _is_vague(name: str) -> bool:
    """Whether a name is none, or says nothing but a split or what any file may be called."""
    words = [word for word in re.split(r"[\W\d_]+", name.lower()) if word]
    return all(word in VAGUE_NAMES or split_name(word) for word in words)

"""Starting a scan from the page, and following it: what to scan with, progress, time left, stop.

What a scan does is the job's business; its tiers appear in the store while it runs, and the page redraws for each.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.context import Context
from core.errors import WinnowError
from core.issues import ISSUE_TYPES, types_asked
from core.issues.contract import IssueType
from core.personal.model import PACKAGES, installed
from core.records import ENDED, Dataset, Job, Scan, ScanSpec, Version
from core.services.issues.listing import latest_scan
from core.services.jobs import stop
from core.services.room import room_for_scan
from core.services.runs.forecast_time import TimeForecast, time_of_scan
from core.services.runs.time_in_words import of_folds, of_scan
from core.services.scan import FLAG_BY, NUMBERS_BY, start_scan
from core.store.scans import newest_scan
from core.store.versions import get_version
from core.tasks import Task, task_named
from core.ui import keys
from core.ui.live import live
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.empty import empty_state
from core.ui.parts.paths import checked
from core.ui.parts.problems import plain, room_line, show_error, shown_errors
from core.ui.parts.upload import arrived, target
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text, state_of
from core.words import later, say, stored

FINE_TUNED = later(
    "For each fold a model is fine-tuned on all the others and asked about the one that it has not seen. What it says "
    "is weighed with the embeddings: one more list, for as many fine-tunes. In three measurements on texts minilm "
    "found no more in this way than embeddings alone: it is meant for a larger model of your own."
)


def no_scan_yet(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The empty page: one button, and what else could be chosen beneath it."""
    empty_state(
        say("Not scanned yet"),
        say(
            "A scan ranks every row of this version by how likely its label is wrong, and lists what else is wrong: "
            "{types}.",
            types=say(", ").join(say(one.title).lower() for one in _beside_labels(task_named(dataset.task))),
        ),
        icon="troubleshoot",
        action=lambda: _start_button(context, version, user),
        shows="suspects",
    )
    found = _found_time(context, version, ScanSpec(()))
    if found is not None:
        st.caption(plain(of_scan(found)), text_alignment="center")
    former = newest_scan(context.store, dataset.dataset_id)
    if former is not None:
        number = get_version(context.store, former.version_id).number
        with st.container(horizontal=True, horizontal_alignment="center"):
            title = say("What the scan of version {n} found", n=number)
            link("issues", title, icon=":material/history:", dataset=dataset.name, version=number)
    with st.expander(say("Choose what to look for, encoders, folds or your own probabilities"), icon=":material/tune:"):
        scan_form(context, dataset, version, user)


def scan_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """Every setting of a scan, with the defaults filled in, and how long it takes as it stands. No form of Streamlit's:
    that would tell what is chosen only once it is started."""
    task = task_named(dataset.task)
    encoders_of_task, ways = task.modality.encoders, NUMBERS_BY if task.target.numeric else FLAG_BY
    types = _types(task)
    encoders = st.multiselect(
        say("Encoders"),
        encoders_of_task,
        default=encoders_of_task,
        accept_new_options=True,
        help=say("Quickest first: each adds a result. Type a model folder or a hub id to use your own."),
    )
    with st.container(horizontal=True):
        folds = st.number_input(say("Folds"), 2, 20, value=5, help=say("Parts that take turns at being predicted."))
        seed = st.number_input(say("Seed"), 0, 2**31 - 1, value=0)
        flag_by = st.selectbox(say("Flag by"), ways, help=say("How rows are flagged; the ranking is the same."))
    fine_tune = _fine_tune(context, version, task, int(folds))
    names = task.modality.written and any("named" in ISSUE_TYPES[one].needs for one in types) and _names()
    upload = st.file_uploader(
        say("Your own out-of-sample probabilities (optional)"),
        type=["npy", "parquet", "csv"],
        help=say(
            "One row per example in the order of the data. One column per class: in a table named as the class, "
            "in .npy sorted by name, or by number where all classes are whole numbers."
        ),
    )
    own = None if upload is None else str(target(context.workspace, upload))
    spec = ScanSpec(
        tuple(encoders or encoders_of_task),
        int(folds),
        int(seed),
        own,
        str(flag_by),
        fine_tune,
        names=names,
        types=types,
    )
    possible = False
    with shown_errors():
        _time(context, version, spec)
        room_line(room_for_scan(context, version.version_id, spec))
        possible = True
    started = st.button(
        say("Start scan"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not possible,
        key="scan-start",
    )
    if started:
        st.session_state[keys.SCAN_ASKED] = (version.version_id, spec)
    with shown_errors():
        _start_asked(context, version, user, upload)


def _beside_labels(task: Task) -> list[IssueType[Any]]:
    """What a scan looks for beside wrong labels, with whose probabilities all else begins."""
    return [ISSUE_TYPES[name] for name in types_asked(task)[1:]]


def _types(task: Task) -> tuple[str, ...]:
    """What is ticked; wrong labels always are."""
    first = ISSUE_TYPES[types_asked(task)[0]]
    offered = {one.name: one for one in _beside_labels(task)}
    chosen = st.multiselect(
        say("Look for, beside wrong labels"),
        list(offered),
        default=list(offered),
        format_func=lambda name: say(offered[name].title),
        key="scan-types",
        placeholder=say("Nothing else"),
        help=say("What is not chosen is not looked for, and a list of it comes with a later scan."),
    )
    return (first.name, *(name for name in offered if name in chosen))


def _names() -> bool:
    """Whether names are to be looked for; where the model is not there, what to install."""
    here = installed()
    chosen = st.checkbox(
        say("Also look for names of people and places (English, slower)"),
        disabled=not here,
        key="scan-names",
        help=say(
            "By a small model of English: some 400 short texts a second, long ones as much slower as they are longer. "
            "Of the names in tweets it finds half, and little more than half of what it finds is one. They are listed "
            "with personal data, in the scan's last result."
        ),
    )
    if not here:
        st.caption(
            say("Names need a model that is not installed: `pip install {packages}`.", packages=" ".join(PACKAGES))
        )
    return bool(chosen) and here


def _fine_tune(context: Context, version: Version, task: Task, folds: int) -> str:
    """The model that is to be fine-tuned without each fold, and what that gives; empty for none, and where such
    examples have no model that is. What the bundled one costs is said until one is chosen."""
    if task.modality.fine_tuning.at_once:
        return ""
    models = task.modality.fine_tuning.models
    chosen = st.selectbox(
        say("Fine-tune a model too (optional)"),
        models,
        index=None,
        placeholder=say("None: the embeddings alone"),
        accept_new_options=True,
        help=say("Choose a bundled model, or type a model folder or a hub id. Best on a GPU."),
    )
    st.caption(say(FINE_TUNED))
    if not chosen:
        found = _found_time(context, version, ScanSpec((), folds, fine_tune=models[0]))
        if found is not None:
            st.caption(plain(of_folds(found, models[0])))
    return str(chosen or "")


def _found_time(context: Context, version: Version, spec: ScanSpec) -> TimeForecast | None:
    """None while it is being estimated. Raises UsageError for a model that cannot be fine-tuned, `SourceError` for one
    that may not be looked at."""
    for model in filter(None, (*spec.encoders, spec.fine_tune)):
        checked(model)
    own = spec.probabilities and "own"
    asked = ScanSpec(
        spec.encoders, spec.folds, probabilities=own, fine_tune=spec.fine_tune, names=spec.names, types=spec.types
    )

    def estimated() -> TimeForecast | WinnowError:
        try:
            return time_of_scan(context, version.version_id, asked)
        except WinnowError as error:  # kept as an answer: asked again it would be estimated again
            return error

    key, waiting = ("scan time", version.version_id, asked, this_minute()), stored("Estimating how long it takes")
    found = result_of(context, key, estimated, waiting=waiting)
    if isinstance(found, WinnowError):
        raise found
    return found


def _time(context: Context, version: Version, spec: ScanSpec) -> None:
    """How long it will take; nothing until that is known. Raises as `_found_time` does."""
    found = _found_time(context, version, spec)
    if found is not None:
        st.caption(plain(of_scan(found)))


def is_under_way(job: Job | None, scan: Scan | None) -> bool:
    """Whether the newest scan job brings more than the scan that there is; not once the last tier is in, though the job
    itself may have a moment to go."""
    last_is_in = job is not None and scan is not None and scan.final and scan.job_id == job.job_id
    return job is not None and not job.collected and not last_is_in


def follow(context: Context, version: Version, job: Job, scan: Scan | None) -> None:
    """The line of a running scan, refreshed by itself; redraws the page when a tier arrives or the job ends."""
    shown = scan.scan_id if scan else None

    def look() -> tuple[object, object]:
        newest = latest_scan(context, version.version_id)
        urgent, other = state_of(context.queue.get(job.job_id))
        return (urgent, newest.scan_id if newest else None), other

    live(context, lambda: _follow(context, version, job.job_id, shown), look, key="scan")


def _follow(context: Context, version: Version, job_id: str, shown: str | None) -> None:
    job = context.queue.get(job_id)
    newest = latest_scan(context, version.version_id)
    if (job.status in ENDED and job.collected) or (newest is not None and newest.scan_id != shown):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="scan-progress"):
        st.markdown(
            say("**A better result is on its way**" if shown else "**Looking for wrong labels**"), width="content"
        )
        st.caption(plain(progress_text(job)), width="content")
        st.space("stretch")
        stopping = job.status == "stopping"
        st.button(say("Stop"), icon=":material/stop:", on_click=_stop, args=(context, job_id), disabled=stopping)
        link("jobs", say("Jobs"), icon=":material/arrow_forward:", icon_position="right")
    if shown is None:
        st.progress(job.progress.fraction or 0.0)


def _start_button(context: Context, version: Version, user: str) -> None:
    st.button(
        say("Find issues"),
        type="primary",
        icon=":material/troubleshoot:",
        on_click=_start,
        args=(context, version, user, ScanSpec(())),
    )


def _start_asked(context: Context, version: Version, user: str, upload: UploadedFile | None) -> None:
    """Starts the scan that the form asked for, once the file that came with it is where the job can read it."""
    asked: tuple[str, ScanSpec] | None = st.session_state.get(keys.SCAN_ASKED)
    if asked is None or asked[0] != version.version_id:
        return
    try:
        if upload is not None and not arrived(
            context, [upload], waiting=stored("storing the probabilities that arrived")
        ):
            return
        for model in filter(None, (*asked[1].encoders, asked[1].fine_tune)):
            checked(model)
        start_scan(context, *asked, user)
    except Exception:
        del st.session_state[keys.SCAN_ASKED]
        raise
    del st.session_state[keys.SCAN_ASKED]
    st.rerun()


def _start(context: Context, version: Version, user: str, spec: ScanSpec) -> None:
    try:
        start_scan(context, version.version_id, spec, user)
    except WinnowError as error:
        show_error(error)


def _stop(context: Context, job_id: str) -> None:
    stop(context, job_id)

"""Starting a scan from the page, and following it: what to scan with, progress, time left, stop.

What a scan does is the job's business; its tiers appear in the store while it runs, and the page redraws for each.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import WinnowError
from core.records import ENDED, Job, Scan, ScanSpec
from core.services.issues.listing import latest_scan
from core.services.jobs import stop
from core.services.scan import FLAG_BY, start_scan
from core.tasks import task_named
from core.ui import keys
from core.ui.parts.empty import empty_state
from core.ui.parts.problems import plain, show_error, shown_errors
from core.ui.parts.upload import arrived, target
from core.ui.shell.frame import Frame
from core.ui.shell.pages import link
from core.ui.shell.strip import progress_text

FIRST_SECONDS, BETTER_SECONDS = 0.5, 3.0
"""Between two looks: while there is nothing to read, and while there is. Each look draws, on the cores that the scan
is on: at twice a second page and browser took two fifths of two cores from it."""


def no_scan_yet(frame: Frame) -> None:
    """The empty page: one button, and what else could be chosen beneath it."""
    empty_state(
        "No label has been checked yet",
        "A scan ranks every row of this version by how likely its label is wrong. The first result takes seconds.",
        icon="troubleshoot",
        action=lambda: _start_button(frame),
    )
    with st.expander("Choose encoders, folds or your own probabilities", icon=":material/tune:"):
        scan_form(frame)


def scan_form(frame: Frame) -> None:
    """Every setting of a scan, with the defaults filled in."""
    encoders_of_task = task_named(frame.dataset.task).modality.encoders
    with st.form("scan-settings", border=False):
        encoders = st.multiselect(
            "Encoders",
            encoders_of_task,
            default=encoders_of_task,
            accept_new_options=True,
            help="Quickest first: each adds a result. Type a model folder or a hub id to use your own.",
        )
        with st.container(horizontal=True):
            folds = st.number_input("Folds", 2, 20, value=5, help="Parts that take turns at being predicted.")
            seed = st.number_input("Seed", 0, 2**31 - 1, value=0)
            flag_by = st.selectbox("Flag by", FLAG_BY, help="How rows are flagged; the ranking is the same.")
        upload = st.file_uploader(
            "Your own out-of-sample probabilities (optional)",
            type=["npy", "parquet", "csv"],
            help="One row per example in the order of the data. One column per class: in a table named as the class, "
            "in .npy sorted by name, or by number where all classes are whole numbers.",
        )
        started = st.form_submit_button("Start scan", type="primary", icon=":material/play_arrow:")
    if started:
        own = None if upload is None else str(target(frame.context.workspace, upload))
        spec = ScanSpec(tuple(encoders), int(folds), int(seed), own, str(flag_by))
        st.session_state[keys.SCAN_ASKED] = (frame.version.version_id, spec)
    with shown_errors():
        _start_asked(frame, upload)


def follow(frame: Frame, job: Job, scan: Scan | None) -> None:
    """The line of a running scan, refreshed by itself; redraws the page when a tier arrives or the job ends."""
    seconds, shown = (BETTER_SECONDS, scan.scan_id) if scan else (FIRST_SECONDS, None)
    st.fragment(run_every=seconds)(_follow)(frame, job.job_id, shown)


def failure(job: Job) -> None:
    """Why the last scan gave no result, or not its last one."""
    if job.status in ("stopped", "cancelled"):
        st.caption(f":material/block: The last scan was {job.status} before its end.")
        return
    cause = job.error or f"The scan ended as {job.status}."
    st.error(plain(cause), icon=":material/error:")
    st.caption(":material/arrow_forward: Its log is on the Jobs page. Change the settings or start it again.")


def _follow(frame: Frame, job_id: str, shown: str | None) -> None:
    job = frame.context.queue.get(job_id)
    newest = latest_scan(frame.context, frame.version.version_id)
    if (job.status in ENDED and job.collected) or (newest is not None and newest.scan_id != shown):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="scan-progress"):
        st.markdown("**A better result is on its way**" if shown else "**Looking for wrong labels**", width="content")
        st.caption(plain(progress_text(job)), width="content")
        st.space("stretch")
        stopping = job.status == "stopping"
        st.button("Stop", icon=":material/stop:", on_click=_stop, args=(frame, job_id), disabled=stopping)
        link("jobs", "Jobs", icon=":material/arrow_forward:", icon_position="right")
    if shown is None:
        st.progress(job.progress.fraction or 0.0)


def _start_button(frame: Frame) -> None:
    st.button(
        "Find label issues", type="primary", icon=":material/troubleshoot:", on_click=_start, args=(frame, ScanSpec(()))
    )


def _start_asked(frame: Frame, upload: UploadedFile | None) -> None:
    """Starts the scan that the form asked for, once the file that came with it is where the job can read it."""
    asked: tuple[str, ScanSpec] | None = st.session_state.get(keys.SCAN_ASKED)
    if asked is None or asked[0] != frame.version.version_id:
        return
    try:
        if upload is not None and not arrived(
            frame.context.workspace, [upload], waiting="storing the probabilities that arrived"
        ):
            return
        start_scan(frame.context, *asked, frame.user)
    except Exception:
        del st.session_state[keys.SCAN_ASKED]
        raise
    del st.session_state[keys.SCAN_ASKED]
    st.rerun()


def _start(frame: Frame, spec: ScanSpec) -> None:
    try:
        start_scan(frame.context, frame.version.version_id, spec, frame.user)
    except WinnowError as error:
        show_error(error)


def _stop(frame: Frame, job_id: str) -> None:
    stop(frame.context, job_id)

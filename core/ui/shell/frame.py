"""What every page starts with: access, workspace, header, running jobs. Knows nothing of what the page then draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, overload

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import Dataset, Version
from core.services.privacy.always import always_masked
from core.services.upkeep.media import HOW, lacks
from core.store.datasets import list_datasets
from core.store.versions import list_versions
from core.ui.parts.empty import no_dataset
from core.ui.parts.problems import plain, show_error
from core.ui.shell.context import app_context
from core.ui.shell.first_steps import first_steps_line
from core.ui.shell.guard import current_user, require_access
from core.ui.shell.header import title_and_pickers, title_only
from core.ui.shell.reading import Readable, reading, refuse_readers, title_to_read
from core.ui.shell.strip import job_strip
from core.words import say


@dataclass(frozen=True, slots=True)
class BareFrame:
    """A page about the workspace as a whole."""

    context: Context
    user: str
    """Who acts: stands beside every decision, version and job."""


@dataclass(frozen=True, slots=True)
class Frame(BareFrame):
    """A page about one version of one dataset."""

    dataset: Dataset
    version: Version
    versions: tuple[Version, ...]
    """All of the dataset's, newest first."""


@overload
def open_page(title: str, *, needs: Literal["nothing"], job_lines: int = ...) -> BareFrame: ...
@overload
def open_page(
    title: str,
    *,
    needs: Literal["dataset"] = ...,
    when_empty: Callable[[BareFrame], None] = ...,
    versions: bool = ...,
    strip: bool = ...,
    to_read: Readable | None = ...,
) -> Frame: ...
def open_page(
    title: str,
    *,
    needs: Literal["nothing", "dataset"] = "dataset",
    when_empty: Callable[[BareFrame], None] | None = None,
    job_lines: int = 1,
    versions: bool = True,
    strip: bool = True,
    to_read: Readable | None = None,
) -> BareFrame | Frame:
    """Opens a page: checks access, draws the header with `?dataset=` and `?version=`, then the line of running jobs.

    Without any dataset, a page that needs one draws `when_empty`, else what it will show, and stops. Without
    `versions`, no version is picked: the frame has the newest. Without `strip`, the page draws that line itself: it
    leaves out a job that it follows. A session of a shared link is let in only where it is `to_read`: without
    pickers, running jobs and a name.
    """
    require_access()
    if reading():
        return _to_read(to_read) if to_read else refuse_readers()
    context = _opened()
    datasets = list_datasets(context.store) if needs == "dataset" else []
    if not datasets:
        title_only(title)
        job_strip(context, job_lines)
        bare = BareFrame(context, current_user())
        if needs == "nothing":
            return bare
        when_empty(bare) if when_empty else no_dataset(context, bare.user, title)
        st.stop()
    dataset, version, known = title_and_pickers(context, title, datasets, versions=versions)
    if strip:
        job_strip(context)
    first_steps_line(context, dataset, current_user())
    _media_line(context, dataset)
    return Frame(context, current_user(), dataset, version, known)


def _to_read(what: Readable) -> Frame:
    context = _opened()
    dataset = title_to_read(list_datasets(context.store), what)
    if always_masked(context, dataset.dataset_id):
        st.error(say("This dataset is always masked, so the links that share it are closed."))
        st.caption(say("Next step: ask whoever sent it for a report, which is masked."))
        st.stop()
    known = tuple(sorted(list_versions(context.store, dataset.dataset_id), key=lambda one: -one.number))
    return Frame(context, current_user(), dataset, known[0], known)


def _media_line(context: Context, dataset: Dataset) -> None:
    """That images or sounds are missing, as after a restore of a backup without them, and how they come back."""
    if lacks(context, dataset):
        st.warning(
            say("Images or sounds of this dataset are missing in {folder}.", folder=plain(str(context.workspace.media)))
            + " "
            + say(HOW),
            icon=":material/hide_image:",
        )


def _opened() -> Context:
    try:
        return app_context()
    except WinnowError as error:
        show_error(error)
        st.button(say("Try again"), icon=":material/refresh:")
        st.stop()

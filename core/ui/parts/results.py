"""Where what a job made is looked at."""

from __future__ import annotations

from core.context import Context
from core.errors import JobError, NotFoundError
from core.jobs.about import version_of
from core.records import Job
from core.services.prediction.predict import spec_of
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.ui import keys
from core.ui.shell.pages import link
from core.words import say

OPEN = ":material/arrow_forward:"
Place = tuple[str, str, dict[str, str | int]]
"""A page, what is there in words, and what of it is to be shown."""


def place_of(context: Context, job: Job) -> Place | None:
    """Where the result of a job that is done is; for one that ended otherwise its log. None where that is gone."""
    if job.status != "done":
        return "jobs", say("Its log"), {keys.JOB: job.job_id}
    if job.dataset_id is None:
        return None
    try:
        return _of_dataset(context, job, get_dataset(context.store, job.dataset_id).name)
    except (NotFoundError, JobError, OSError):
        return None


def _of_dataset(context: Context, job: Job, name: str) -> Place:
    about: dict[str, str | int] = {keys.DATASET: name}
    if job.kind in ("scan", "cleaning_effect", "proof"):
        about[keys.VERSION] = get_version(context.store, version_of(context.queue.folder(job.job_id))).number
    if job.kind in ("scan", "proof"):
        return "issues", say("Open the issues"), about
    if job.kind == "cleaning_effect":
        return "training", say("Open the answer"), about | {keys.VIEW: "effect"}
    if job.kind == "train":
        return "training", say("Open the run"), about | {keys.RUN: context.ledger.runs.by_id(job.job_id).number}
    if job.kind == "predict":
        return "training", say("Open the predictions"), about | {keys.VIEW: "use", keys.RUN: spec_of(context, job).run}
    if job.kind == "mitigation":
        return "evaluation", say("Open the answer"), about | {keys.VIEW: "groups"}
    if job.kind == "map":
        return "profile", say("Open the map"), about | {keys.VIEW: "map"}
    if job.kind in ("groups", "split"):
        return "data", say("Open the splits"), about | {keys.VIEW: "splits"}
    return "data", say("Open the dataset"), about


def result_link(place: Place, *, title: str | None = None) -> None:
    """Draws the link there, `title` in place of its own words."""
    page, words, query = place
    link(page, title or words, icon="" if title else OPEN, icon_position="right", place="", **query)

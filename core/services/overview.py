"""Where each dataset stands and the next useful step for it. Reads the store, the ledger and the queue, no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.context import Context
from core.records import Dataset, Job, ReviewCounts, Run, Scan, Version
from core.store.acts.decisions import counts
from core.store.datasets import list_datasets
from core.store.scans import latest_scan
from core.store.versions import get_version

PageName = Literal["data", "profile", "issues", "review", "training", "evaluation"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One dataset at its newest version."""

    dataset: Dataset
    version: Version
    scan: Scan | None
    """The newest scan of that version, if it has one."""
    review: ReviewCounts
    """Of that version; all zero before a scan."""
    scanning: Job | None
    """A scan of this dataset that has not ended."""
    run: Run | None = None
    """The newest run of that version that is done."""
    training: bool = False
    """Whether a run of this dataset has not ended."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next with a dataset."""

    page: PageName
    label: str
    """What the button says."""
    view: str | None = None
    """The part of the page to open, as the URL's `?view=`."""
    run: int | None = None
    """The number of the run that it is about."""


def standings(context: Context, limit: int, offset: int = 0) -> tuple[list[Standing], int]:
    """A page of the datasets, newest first, and how many there are."""
    datasets = list_datasets(context.store)
    active = context.queue.active()
    scanning = {job.dataset_id: job for job in active if job.kind == "scan"}
    training = {job.dataset_id for job in active if job.kind == "train"}
    shown = datasets[offset : offset + limit]
    found = [
        _standing(context, dataset, scanning.get(dataset.dataset_id), dataset.dataset_id in training)
        for dataset in shown
    ]
    return found, len(datasets)


def next_step(standing: Standing) -> Step:
    """The step that moves the dataset towards corrected labels, and then to a model that has learnt from them."""
    review, corrected = standing.review, standing.version.kind == "review"
    if len(standing.dataset.labels) < 2:
        return Step("profile", "Look at the profile")
    if standing.training:
        return Step("training", "Follow the training", view="runs")
    if standing.scan is None and not corrected and standing.run is None:
        return Step("issues", "Follow the scan") if standing.scanning else Step("issues", "Find wrong labels")
    if review.left:
        verb = "Go on reviewing" if review.decided else "Review"
        return Step("review", f"{verb}: {review.left:,} left")
    if review.relabelled or review.excluded:
        return Step("review", "Make a corrected version")
    if standing.run is not None:
        return Step("evaluation", f"Evaluate run {standing.run.number}", run=standing.run.number)
    return Step("training", "Quick retrain", view="new") if corrected else Step("data", "Export", view="export")


def _standing(context: Context, dataset: Dataset, scanning: Job | None, training: bool) -> Standing:
    version = get_version(context.store, dataset.latest_version_id)
    scan = latest_scan(context.store, version.version_id)
    review = counts(context.store, version.version_id, scan.scan_id) if scan else ReviewCounts(*[0] * 9)
    runs = context.ledger.runs.of(dataset.dataset_id)
    done = next((run for run in runs if run.version_id == version.version_id and run.summary), None)
    return Standing(dataset, version, scan, review, scanning, done, training)

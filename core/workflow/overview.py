"""Where each dataset stands and the next useful step for it. Reads the store and the queue; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.records import Dataset, Job, ReviewCounts, Scan, Version
from core.store.datasets import list_datasets
from core.store.decisions import counts
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.workflow.context import Context

PageName = Literal["data", "profile", "issues", "review"]


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


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next with a dataset."""

    page: PageName
    label: str
    """What the button says."""
    view: str | None = None
    """The part of the page to open, as the URL's `?view=`."""


def standings(context: Context, limit: int, offset: int = 0) -> tuple[list[Standing], int]:
    """A page of the datasets, newest first, and how many there are."""
    datasets = list_datasets(context.store)
    scanning = {job.dataset_id: job for job in context.queue.active() if job.kind == "scan"}
    shown = datasets[offset : offset + limit]
    return [_standing(context, dataset, scanning.get(dataset.dataset_id)) for dataset in shown], len(datasets)


def next_step(standing: Standing) -> Step:
    """The step that moves the dataset towards corrected labels."""
    review = standing.review
    if len(standing.dataset.labels) < 2:
        return Step("profile", "Look at the profile")
    if standing.scan is None:
        return Step("issues", "Follow the scan") if standing.scanning else Step("issues", "Find wrong labels")
    if review.left:
        verb = "Go on reviewing" if review.decided else "Review"
        return Step("review", f"{verb}: {review.left:,} left")
    if review.relabelled or review.excluded:
        return Step("review", "Make a corrected version")
    return Step("data", "Export", view="export")


def _standing(context: Context, dataset: Dataset, scanning: Job | None) -> Standing:
    version = get_version(context.store, dataset.latest_version_id)
    scan = latest_scan(context.store, version.version_id)
    review = counts(context.store, version.version_id, scan.scan_id) if scan else ReviewCounts(*[0] * 8)
    return Standing(dataset, version, scan, review, scanning)

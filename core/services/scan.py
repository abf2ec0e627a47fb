"""Starts scans: freezes what was asked for, writes the version's rows for the job, and lets it run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.errors import ProbabilitiesError, UsageError
from core.queue import JobFolder
from core.records import Dataset, Job, Scan, ScanSpec, Version
from core.services.context import Context
from core.services.follow import follow
from core.services.prepare import about, prepare_and_enqueue, write_once
from core.settings import expanded
from core.store.datasets import get_dataset, rejected
from core.store.export import write_job_rows
from core.store.rows import has_own_row_ids
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.tasks import task_named

MODULE = "core.jobs.scan.run"
FLAG_BY = (
    "winnow",
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
)
"""How a scan may flag rows: Winnow's own way, and cleanlab's `filter_by` names."""
SET_ASIDE_NAMED = 5
"""Rows set aside that a message names by their line."""
PROBABILITY_FILES = (".npy", ".parquet", ".csv")


def start_scan(context: Context, version_id: str, spec: ScanSpec, by: str) -> Job:
    """Starts a scan of a version and returns at once; the job is `preparing` until its rows are written.

    The same scan of the same version that is under way already is returned instead of a second one. Raises
    NotFoundError for the version, UsageError for settings that cannot be, ProbabilitiesError for their file.
    """
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    asked = _frozen(context, dataset, version, spec)
    if running := context.queue.under_way("scan", asked):
        return running
    title = f"Scan of {dataset.name}, version {version.number}"
    job = context.queue.create("scan", title, MODULE, asked, dataset.dataset_id, by)
    prepare_and_enqueue(context, job, prepare_scan)
    return job


def run_scan(
    context: Context, version_id: str, spec: ScanSpec, by: str, on_progress: Callable[[Job], None] = lambda job: None
) -> Scan:
    """Runs a scan in the foreground and returns its best tier. Raises as `start_scan` does, and JobError."""
    job = start_scan(context, version_id, spec, by)
    follow(context, job.job_id, on_progress)
    scan = latest_scan(context.store, version_id)
    assert scan is not None  # a scan that is done has a tier
    return scan


def prepare_scan(context: Context, folder: JobFolder) -> None:
    """Writes what the scan job reads: the version's rows, and the person's own probabilities if there are any."""
    asked = folder.spec()
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_job_rows(context.store, asked["version_id"], path, asked["labels"]),
    )
    if asked["probabilities"]:
        write_once(
            folder.input / asked["probabilities"], lambda path: shutil.copyfile(asked["probabilities_from"], path)
        )


def _frozen(context: Context, dataset: Dataset, version: Version, spec: ScanSpec) -> dict[str, Any]:
    """The complete `spec.json` of a scan job."""
    if spec.folds < 2:
        raise UsageError(f"{spec.folds} folds cannot be.", "Out-of-sample probabilities need 2 or more; 5 is usual.")
    if spec.flag_by not in FLAG_BY:
        raise UsageError(f"Rows cannot be flagged by {spec.flag_by!r}.", f"Choose one of: {', '.join(FLAG_BY)}.")
    encoders = spec.encoders or task_named(dataset.task).modality.encoders
    return asdict(spec) | {
        **about(context, dataset, version),
        "encoders": [_absolute(encoder) for encoder in encoders],
        **_own_probabilities(spec.probabilities),
        "numbering": _numbering(context, dataset, version) if spec.probabilities else None,
    }


def _absolute(encoder: str) -> str:
    """A model folder by its full path, since the job runs elsewhere; any other name as it is."""
    folder = expanded(encoder)
    return str(folder.resolve()) if folder.is_dir() else encoder


def _numbering(context: Context, dataset: Dataset, version: Version) -> dict[str, Any]:
    """What `core.heads.user_probabilities.Numbering` holds a file's row ids against."""
    lines = rejected(context.store, dataset.dataset_id, SET_ASIDE_NAMED)
    named = ", ".join(f"line {row.line}" for row in lines if row.line is not None)
    more = " …" if dataset.rejected_count > SET_ASIDE_NAMED else ""
    aside = f" Rows set aside at load have no row_id: {dataset.rejected_count:,}{f' ({named}{more})' if named else ''}."
    return {
        "loaded": dataset.row_count,
        "set_aside": aside if dataset.rejected_count else "",
        "ambiguous": has_own_row_ids(context.store, version.version_id),
    }


def _own_probabilities(named: str | None) -> dict[str, str | None]:
    if named is None:
        return {"probabilities": None, "probabilities_from": None}
    path = expanded(named).resolve()
    if path.suffix.lower() not in PROBABILITY_FILES:
        raise ProbabilitiesError(
            f"'{path.name}' is not a file of probabilities.",
            f"Give one of these kinds: {', '.join(PROBABILITY_FILES)}.",
        )
    if not path.is_file():
        raise ProbabilitiesError(f"There is no file '{path}'.", "Check its path.")
    return {"probabilities": f"probabilities{path.suffix.lower()}", "probabilities_from": str(path)}

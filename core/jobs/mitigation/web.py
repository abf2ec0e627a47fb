"""Asks what mitigation would change: starts the job. Its result stays in the job's folder."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.errors import UsageError
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.mitigation.plan import foresee_mitigation
from core.jobs.mitigation.spec import MitigationResult, MitigationSpec
from core.jobs.submit import about, submit, write_once
from core.profile.by_group.members import members
from core.queue import JobFolder
from core.records import CROSS, Attribute, Dataset, Job
from core.store.datasets import get_dataset
from core.store.export import write_job_rows
from core.store.rows import rows_of
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.tasks import Task, task_named
from core.words import stored

FOLDS, SEED = 5, 0


def can_be_mitigated(task: Task) -> bool:
    """Whether groups of rows can be weighed by their labels: they are one class each."""
    target = task.target
    return not (target.several or target.numeric or target.located)


def start_mitigation(context: Context, version_id: str, attributes: Sequence[Attribute], *, by: str) -> Job:
    """Starts the comparison and returns its job at once. Raises NotFoundError, and UsageError where labels are no
    classes."""
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    if not can_be_mitigated(task_named(dataset.task)):
        raise UsageError(
            f"Rows of {dataset.task} cannot be weighed by group and label.",
            "What reweighting would change is told of labels that are one class each.",
        )
    scan = latest_scan(context.store, version_id)
    settings = scan.settings if scan else {}
    spec = MitigationSpec(
        tuple(one.column for one in attributes),
        encoder_of(context, dataset, version_id),
        int(settings.get("folds") or FOLDS),
        int(settings.get("seed") or SEED),
        about=about(context, dataset, version),
    )
    name = CROSS.join(one.name for one in attributes)
    title = stored(f"Reweighting by {name} on {dataset.name}, version {version.number}")
    return submit(context, MITIGATION, spec, title=title, dataset_id=dataset.dataset_id, by=by)


def encoder_of(context: Context, dataset: Dataset, version_id: str) -> str:
    """The last one that the version's newest scan went by, whose embeddings are kept; else the modality's last."""
    scan = latest_scan(context.store, version_id)
    scanned = tuple(scan.settings.get("encoders") or ()) if scan else ()
    return str((scanned or task_named(dataset.task).modality.encoders)[-1])


def _prepare(context: Context, folder: JobFolder) -> None:
    """Writes the version's rows, and which group each is in."""
    spec = MITIGATION.spec_of(folder)
    version_id = spec.about.version_id
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_job_rows(context.store, version_id, path, spec.about.labels),
    )
    by_column = {one.column: one for one in dataset.attributes}
    if any(column not in by_column for column in spec.columns):
        missing = ", ".join(column for column in spec.columns if column not in by_column)
        raise UsageError(f"{dataset.name!r} has no attribute {missing}.", "Choose one of those that it has.")
    attributes = tuple(by_column[column] for column in spec.columns)
    groups, ids, positions = members(rows_of(context.store, version_id), attributes)
    names = {"name": [one.name for one in groups], "judged": pa.array([one.judged for one in groups], pa.bool_())}
    write_once(folder.input / "names.parquet", lambda path: pq.write_table(pa.table(names), path))
    table = pa.table({"example_id": ids, "group": positions})
    write_once(folder.input / "groups.parquet", lambda path: pq.write_table(table, path))


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = MITIGATION.spec_of(folder)
    return foresee_mitigation(context, spec.about.version_id, spec.encoder)


MITIGATION = JobKind(
    "mitigation", MitigationSpec, MitigationResult, "core.jobs.mitigation.run", _prepare, foresee=_foresee
)

"""Makes splits: by shares and a seed, as a new version; leak-safe ones by the clusters that a job finds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.jobs.defects import in_words
from core.jobs.foresight import Amount, Foreseen, near_duplicates, start
from core.jobs.groups.assignment import grouped_parts, indices, random_parts, stratified_parts
from core.jobs.groups.spec import GroupsResult, GroupsSpec
from core.jobs.kind import JobKind
from core.jobs.recorded import record_versions
from core.jobs.split_plan import SplitPlan
from core.jobs.submit import submit, write_once
from core.queue import JobFolder, Resources
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, Job, Version
from core.store import splitting
from core.store.datasets import get_dataset
from core.store.export import write_job_rows
from core.store.versions import add_fingerprint, get_version, make_split_version
from core.tasks import task_named
from core.typed import to_json
from core.words import later, stored


def start_split(
    context: Context,
    version_id: str,
    method: str,
    shares: Mapping[str, float],
    seed: int,
    group_column: str | None,
    by: str,
) -> Job:
    """Starts making splits: the result is a new version of kind `split`. Leak-safe ones first find the clusters of
    near-duplicates in a job of their own. Raises UsageError for a plan that does not add up."""
    plan = SplitPlan(method, dict(shares), seed, group_column)
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    title, workspace = stored(f"Split {dataset.name}"), context.workspace
    spec = GroupsSpec(version_id, plan, dataset.task, workspace.arrays, workspace.media)
    if plan.method == "leak-safe":
        return submit(context, GROUPS, spec, title=title, dataset_id=dataset.dataset_id, by=by)
    job = context.queue.start_local("split", title, to_json(spec), dataset.dataset_id, by)
    context.beside.start(f"load-{job.job_id}", lambda: _run(context, job, version_id, plan, by))
    return job


def _run(context: Context, job: Job, version_id: str, plan: SplitPlan, by: str) -> None:
    try:
        make_split(context, version_id, plan, by)
    except Exception as error:
        context.queue.finish_local(job.job_id, "failed", in_words(error, context.workspace.root))
    else:
        context.queue.finish_local(job.job_id, "done")


def _prepare(context: Context, folder: JobFolder) -> None:
    """Writes the rows that near-duplicates are looked for in."""
    version_id = GROUPS.spec_of(folder).version_id
    labels = get_dataset(context.store, get_version(context.store, version_id).dataset_id).labels
    write_once(folder.input / "rows.parquet", lambda path: write_job_rows(context.store, version_id, path, labels))


def _collect(context: Context, job: Job) -> None:
    """Makes the leak-safe version from the clusters that a job found."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = GROUPS.spec_of(folder)
    make_split(context, spec.version_id, spec.plan, job.created_by, folder.output / "groups.parquet", job.job_id)


def make_split(
    context: Context,
    version_id: str,
    plan: SplitPlan,
    by: str,
    groups: Path | None = None,
    job_id: str | None = None,
) -> Version:
    """The new version, or the one that `job_id` has made already. `groups`: Parquet (example_id, group), needed for
    `leak-safe`."""
    rows = splitting.split_rows(context.store, version_id, plan.group_column)
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    labels = task_named(dataset.task).target.strata(rows["label"].to_pylist())
    shares = list(plan.shares.values())
    if plan.method == "random":
        parts = random_parts(len(labels), shares, plan.seed)
    elif plan.method == "stratified":
        parts = stratified_parts(labels, shares, plan.seed)
    elif groups is not None:
        parts = grouped_parts(labels, _clusters(rows, groups), shares, plan.seed)
    else:
        parts = grouped_parts(labels, indices(rows["group"].to_pylist()), shares, plan.seed)
    names = pa.array(list(plan.shares)).take(pa.array(parts))
    assignment = pa.table({"example_id": rows["example_id"], "split": names})
    made = make_split_version(context.store, version_id, assignment, _note(plan), by, job_id)
    made = add_fingerprint(context.store, made.version_id)
    record_versions(context)
    return made


def _clusters(rows: pa.Table, groups: Path) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The cluster of each row; a row that the job has not seen is one of its own."""
    found = pq.read_table(groups)
    ids = EXAMPLE_ID if EXAMPLE_ID in found.column_names else EARLIER_EXAMPLE_ID  # a job that release 0.1 started
    cluster = dict(zip(found[ids].to_pylist(), found["group"].to_pylist(), strict=True))
    return indices([cluster.get(example_id) for example_id in rows["example_id"].to_pylist()])


def _note(plan: SplitPlan) -> str:
    shares = ", ".join(f"{part} {share:.0%}" for part, share in plan.shares.items())
    mark, by, seed = plan.method, plan.group_column, plan.seed
    if by:
        return stored(f"{mark} split by {by}: {shares}; seed {seed}")
    return stored(f"{mark} split: {shares}; seed {seed}")


_METHODS = (later("stratified"), later("leak-safe"), later("grouped"), later("random"))
"""What a note may begin with."""


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    """By the same stages a scan begins."""
    amount = Amount(context, GROUPS.spec_of(folder).version_id)
    return Foreseen((start("groups"), *near_duplicates(amount)))


GROUPS = JobKind(
    "groups",
    GroupsSpec,
    GroupsResult,
    "core.jobs.groups.run",
    _prepare,
    _collect,
    lambda spec: Resources(device=False),
    _foresee,
)

"""Splits: made by shares and a seed as a new version; and the class counts of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import UsageError
from core.queue import RunFolder
from core.records import Job, Version
from core.services.context import Context
from core.services.defects import in_words
from core.services.loading.assignment import grouped_parts, indices, random_parts, stratified_parts
from core.services.prepare import prepare_and_enqueue, write_once
from core.store import splitting
from core.store.datasets import get_dataset
from core.store.export import write_job_rows
from core.store.versions import add_fingerprint, get_version, make_split_version

Method = Literal["random", "stratified", "grouped", "leak-safe"]


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """How splits are made. Raises UsageError where it cannot be done."""

    method: str
    """`random`, `stratified`, `grouped` (by `group_column`) or `leak-safe` (by near-duplicate cluster)."""
    shares: Mapping[str, float]
    """Part → share; they add up to 1."""
    seed: int = 0
    group_column: str | None = None
    """An attribute's column: rows with the same value stay in one part."""

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise UsageError(f"Split method '{self.method}' not found.", f"There are: {', '.join(get_args(Method))}.")
        if not self.shares or min(self.shares.values()) <= 0:
            raise UsageError(f"Shares {dict(self.shares)}: every part needs a share above 0.", "Leave empty parts out.")
        if abs(sum(self.shares.values()) - 1) > 1e-6:
            total = sum(self.shares.values())
            raise UsageError(f"The shares add up to {total:.4g}.", "Make them 1 in all, such as 0.8, 0.1 and 0.1.")
        if (self.method == "grouped") != (self.group_column is not None):
            raise UsageError(
                f"method '{self.method}' and group_column {self.group_column!r} do not go together.",
                "Name a group_column with method 'grouped', and only with it.",
            )


def split_counts(context: Context, version_id: str) -> dict[str, dict[str | None, int]]:
    """Class → part → rows; part None for rows in no split."""
    return splitting.split_counts(context.store, version_id)


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
    spec: dict[str, Any] = {"version_id": version_id, "plan": asdict(plan)}
    title = f"Split {dataset.name}"
    if plan.method == "leak-safe":
        workspace = context.workspace
        spec |= {"task": dataset.task, "arrays": str(workspace.arrays), "media": str(workspace.media)}
        job = context.queue.create("groups", title, "core.jobs.groups.run", spec, dataset.dataset_id, by, device=False)
        prepare_and_enqueue(context, job, prepare_groups)
        return job
    job = context.queue.start_local("split", title, spec, dataset.dataset_id, by)
    context.beside.start(f"load-{job.job_id}", lambda: _run(context, job, version_id, plan, by))
    return job


def _run(context: Context, job: Job, version_id: str, plan: SplitPlan, by: str) -> None:
    try:
        make_split(context, version_id, plan, by)
    except Exception as error:
        context.queue.finish_local(job.job_id, "failed", in_words(error))
    else:
        context.queue.finish_local(job.job_id, "done")


def prepare_groups(context: Context, folder: RunFolder) -> None:
    """Writes the rows that near-duplicates are looked for in."""
    version_id = folder.spec()["version_id"]
    labels = get_dataset(context.store, get_version(context.store, version_id).dataset_id).labels
    write_once(folder.input / "rows.parquet", lambda path: write_job_rows(context.store, version_id, path, labels))


def collect_groups(context: Context, job: Job) -> None:
    """Makes the leak-safe version from the clusters that a job found."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = folder.spec()
    plan = SplitPlan(**spec["plan"])
    make_split(context, spec["version_id"], plan, job.created_by, folder.output / "groups.parquet", job.job_id)


def make_split(
    context: Context,
    version_id: str,
    plan: SplitPlan,
    by: str,
    groups: Path | None = None,
    job_id: str | None = None,
) -> Version:
    """The new version, or the one that `job_id` has made already. `groups`: Parquet (row_id, group), needed for
    `leak-safe`."""
    rows = splitting.split_rows(context.store, version_id, plan.group_column)
    labels = _encoded(rows["label"])
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
    assignment = pa.table({"row_id": rows["row_id"], "split": names})
    made = make_split_version(context.store, version_id, assignment, _note(plan), by, job_id)
    return add_fingerprint(context.store, made.version_id)


def _encoded(column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Class numbers in the order of the names, so that the seed decides alone."""
    _, codes = np.unique(column.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    return codes.astype(np.int64)


def _clusters(rows: pa.Table, groups: Path) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The cluster of each row; a row that the job has not seen is one of its own."""
    found = pq.read_table(groups, columns=["row_id", "group"])
    cluster = dict(zip(found["row_id"].to_pylist(), found["group"].to_pylist(), strict=True))
    return indices([cluster.get(row_id) for row_id in rows["row_id"].to_pylist()])


def _note(plan: SplitPlan) -> str:
    shares = ", ".join(f"{part} {share:.0%}" for part, share in plan.shares.items())
    by = f" by {plan.group_column}" if plan.group_column else ""
    return f"{plan.method} split{by}: {shares}; seed {plan.seed}"

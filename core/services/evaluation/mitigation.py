"""What reweighting or resampling would change for the groups of an attribute: asking for it, and reading the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.context import Context
from core.errors import JobError, NotFoundError
from core.jobs.about import version_of
from core.jobs.mitigation.spec import AS_IS, Arm, MitigationResult, MitigationSpec
from core.jobs.mitigation.web import MITIGATION, can_be_mitigated, start_mitigation
from core.queue import JobFolder
from core.records import Attribute, Dataset, Example, Job, Version
from core.services.follow import follow
from core.store.rows import get_rows
from core.tasks import task_named

__all__ = [
    "Answer",
    "ChangedRow",
    "changed_rows",
    "newest_answer",
    "newest_job",
    "possible",
    "run_mitigation",
    "start_mitigation",
]


@dataclass(frozen=True, slots=True)
class Answer:
    """A comparison that has come to its end."""

    job_id: str
    spec: MitigationSpec
    result: MitigationResult


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row for which an arm predicts another class than the model of the rows as they are."""

    example: Example
    before: str
    after: str


def possible(dataset: Dataset) -> bool:
    """Whether the comparison can be made of such labels."""
    return can_be_mitigated(task_named(dataset.task))


def newest_job(context: Context, version: Version, columns: Sequence[str]) -> Job | None:
    """The comparison of the groups of these columns that was started last."""
    return next(_jobs(context, version, columns), None)


def newest_answer(context: Context, version: Version, columns: Sequence[str]) -> Answer | None:
    """The newest one that has come to its end, and whose folder has not been cleared since."""
    for job in _jobs(context, version, columns):
        folder = context.queue.folder(job.job_id)
        with suppress(JobError, OSError):
            if job.status == "done" and (result := MITIGATION.result_of(folder)) is not None:
                return Answer(job.job_id, MITIGATION.spec_of(folder), result)
    return None


def _jobs(context: Context, version: Version, columns: Sequence[str]) -> Iterator[Job]:
    for job in context.queue.of(MITIGATION.name, version.dataset_id):
        folder = context.queue.folder(job.job_id)
        with suppress(JobError, OSError):
            if version_of(folder) == version.version_id and MITIGATION.spec_of(folder).columns == tuple(columns):
                yield job


def run_mitigation(
    context: Context,
    version_id: str,
    attributes: Sequence[Attribute],
    *,
    by: str,
    on_progress: Callable[[Job], None] = lambda job: None,
) -> tuple[MitigationSpec, MitigationResult]:
    """Compares in the foreground. Raises as `start_mitigation` does, and JobError."""
    job = follow(context, start_mitigation(context, version_id, attributes, by=by).job_id, on_progress)
    folder = context.queue.folder(job.job_id)
    result = MITIGATION.result_of(folder)
    if result is None:
        raise NotFoundError("The comparison has left no result.", "Start it again.")
    return MITIGATION.spec_of(folder), result


def changed_rows(
    context: Context, version: Version, answer: Answer, arm: Arm, group: str | None, offset: int, limit: int
) -> tuple[int, list[ChangedRow]]:
    """How many rows of a group, or of all, an arm predicts another class for, and some of them by row id. Rows that the
    version has no more are left out. Raises NotFoundError where the job's folder has been cleared."""
    ids, before, after = _changed(context.queue.folder(answer.job_id), answer.result, arm, group)
    part = slice(offset, offset + limit)
    labels = answer.spec.about.labels
    examples = {one.example_id: one for one in get_rows(context.store, version.version_id, ids[part].tolist())}
    listed = zip(ids[part].tolist(), before[part].tolist(), after[part].tolist(), strict=True)
    return len(ids), [
        ChangedRow(examples[row], labels[was], labels[now]) for row, was, now in listed if row in examples
    ]


def _changed(
    folder: JobFolder, result: MitigationResult, arm: Arm, group: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    try:
        table = pq.read_table(folder.output / "predicted.parquet", columns=["example_id", "group", AS_IS, arm])
    except FileNotFoundError as error:
        raise NotFoundError("What was predicted is not there any more.", "Start the comparison again.") from error
    wanted = pc.not_equal(table.column(AS_IS), table.column(arm))
    if group is not None:
        place = [one.name for one in result.groups].index(group)
        wanted = pc.and_(wanted, pc.equal(table.column("group"), place))
    kept = table.filter(wanted)
    return tuple(kept.column(name).to_numpy() for name in ("example_id", AS_IS, arm))

"""A job that finds near-duplicates, for splits across which none may straddle: `python -m core.jobs.groups.run FOLDER`.

Reads a `GroupsSpec` and input/rows.parquet; writes output/groups.parquet (example_id, group).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.clusters import find_clusters
from core.jobs.entry import run
from core.jobs.groups.assignment import check_groups
from core.jobs.groups.spec import GroupsResult, GroupsSpec
from core.jobs.rows import read_rows
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named


def main(folder: JobFolder, progress: ProgressWriter) -> GroupsResult:
    """Finds the near-duplicates of the rows. Raises UsageError for fewer of them than splits."""
    spec = folder.spec_as(GroupsSpec)
    rows = read_rows(folder, spec.task, spec.media)
    clusters = find_clusters(task_named(spec.task).modality, rows.payloads, spec.arrays, progress)
    check_groups(len(np.unique(clusters)), list(spec.plan.shares.values()))
    groups = rows.example_ids[clusters]
    pq.write_table(pa.table({"example_id": rows.example_ids, "group": groups}), folder.output / "groups.parquet")
    return GroupsResult(len(rows), len(np.unique(groups)))


if __name__ == "__main__":
    run(main)

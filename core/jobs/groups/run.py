"""A job that finds near-duplicates, for splits across which none may straddle: `python -m core.jobs.groups.run FOLDER`.

Reads spec.json {task, arrays, media} and input/rows.parquet; writes output/groups.parquet (row_id, group).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.clusters import find_clusters
from core.jobs.entry import run
from core.jobs.rows import read_rows
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, Any]:
    spec = folder.spec()
    rows = read_rows(folder, spec)
    clusters = find_clusters(task_named(spec["task"]).modality, rows.payloads, Path(spec["arrays"]), progress)
    groups = rows.row_ids[clusters]
    pq.write_table(pa.table({"row_id": rows.row_ids, "group": groups}), folder.output / "groups.parquet")
    return {"rows": len(rows), "groups": len(np.unique(groups))}


if __name__ == "__main__":
    run(main)

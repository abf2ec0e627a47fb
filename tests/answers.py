"""Answers of jobs, as they leave them, without running any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.jobs.about import About
from core.jobs.mitigation.compare import Judged, compared
from core.jobs.mitigation.spec import ARMS, MitigationResult, MitigationSpec, OfGroup
from core.records import Dataset
from core.typed import to_json
from core.words import stored


def answer_of_mitigation(
    context: Context, dataset: Dataset, folder: Path
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By `desk`: group us is right everywhere; in uk half of what is wrong is mended by reweighing. What was judged of
    each row before, and what after."""
    rows = dataset.row_count
    groups = np.arange(rows) % 2
    true = np.arange(rows) % 3 % 2
    before = np.where(groups == 1, 1 - true, true)
    after = np.where(np.arange(rows) % 4 == 1, true, before)
    predicted = np.stack([before, after, before, before])
    arms = compared(Judged(true, predicted, groups, np.array([True, True]), 2), tuple(ARMS), dataset.labels[:2])
    half = OfGroup("us", rows - rows // 2, True), OfGroup("uk", rows // 2, True)
    result = MitigationResult(rows, 0, rows, half, arms, 1.0, "cpu")
    about = About(dataset.dataset_id, dataset.latest_version_id, dataset.task, dataset.labels, folder, folder)
    spec = MitigationSpec(("desk",), "lexical", 5, 0, about=about)
    title = stored(f"Reweighting by desk on {dataset.name}, version 1")
    job = context.queue.start_local("mitigation", title, to_json(spec), dataset.dataset_id, "ada")
    of_job = context.queue.folder(job.job_id)
    of_job.write_result(to_json(result))
    of_job.output.mkdir(exist_ok=True)
    columns = {"example_id": np.arange(rows), "group": groups, **dict(zip(ARMS, predicted, strict=True))}
    pq.write_table(pa.table(columns), of_job.output / "predicted.parquet")
    context.queue.finish_local(job.job_id, "done")
    return before, after

"""What people have said of a version's labels, as a scan reads it beside the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.jobs.rows import array_form
from core.queue import JobFolder
from core.targets import Labels


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Of n rows, in the order of the job's rows."""

    known: NDArray[np.bool_]
    """(n,) whether somebody has confirmed the label."""
    before: Labels
    """Labels in their array form, as they were loaded, before anybody corrected them."""


def read_verdicts(folder: JobFolder, labels: Labels) -> Verdicts:
    """From `input/rows.parquet`. A job of an earlier release has none there."""
    path, count = folder.input / "rows.parquet", len(labels)
    if "known" not in pq.read_schema(path).names:
        return Verdicts(np.zeros(count, bool), labels)
    table = pq.read_table(path, columns=["known", "before"])
    known = np.asarray(table.column("known").to_numpy(zero_copy_only=False), bool)
    corrected = np.asarray(table.column("before").is_valid().to_numpy(zero_copy_only=False), bool)
    if not corrected.any():
        return Verdicts(known, labels)
    earlier = array_form(table.column("before").combine_chunks(), labels.shape[1] if labels.ndim > 1 else 0)
    before = labels.copy()
    before[corrected] = earlier[corrected].astype(labels.dtype)
    return Verdicts(known, before)

"""The rows of one version as a job reads them: `input/rows.parquet`, written by the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.modalities.payloads import Payloads
from core.queue import JobFolder
from core.tasks import task_named


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows, by row id."""

    row_ids: NDArray[np.int64]
    """(n,)"""
    labels: NDArray[np.int64]
    """(n,) positions in the dataset's labels."""
    payloads: Payloads

    def __len__(self) -> int:
        return len(self.row_ids)


def read_rows(folder: JobFolder, task: str, media: Path) -> Rows:
    """What the task needs of the rows, in the file's order; the workspace's files lie in `media`."""
    modality = task_named(task).modality
    columns = ["row_id", "content_hash", "label", modality.payload]
    table = pq.read_table(folder.input / "rows.parquet", columns=columns)
    payloads = Payloads.of(
        table.column(modality.payload), table.column("content_hash"), media if modality.in_files else None
    )
    row_ids, labels = (table.column(name).to_numpy().astype(np.int64) for name in ("row_id", "label"))
    return Rows(row_ids, labels, payloads)


def read_splits(folder: JobFolder) -> NDArray[np.object_]:
    """The split of each row, shape (n,), in the file's order."""
    column = pq.read_table(folder.input / "rows.parquet", columns=["split"]).column("split")
    return np.asarray(column.to_pylist(), dtype=object)

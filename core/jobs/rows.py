"""The rows of one version as a job reads them: `input/rows.parquet`, written by the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.modalities.payloads import Payloads
from core.queue import JobFolder
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.tasks import task_named


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows, by row id."""

    example_ids: NDArray[np.int64]
    """(n,)"""
    labels: NDArray[np.int64]
    """(n,) positions in the dataset's labels."""
    payloads: Payloads

    def __len__(self) -> int:
        return len(self.example_ids)


def read_rows(folder: JobFolder, task: str, media: Path) -> Rows:
    """What the task needs of the rows, in the file's order; the workspace's files lie in `media`."""
    modality = task_named(task).modality
    path = folder.input / "rows.parquet"
    known = pq.read_schema(path).names
    ids = EXAMPLE_ID if EXAMPLE_ID in known else EARLIER_EXAMPLE_ID  # a job of release 0.1 that is started again
    table = pq.read_table(path, columns=[ids, "content_hash", "label", modality.payload])
    payloads = Payloads.of(
        table.column(modality.payload), table.column("content_hash"), media if modality.in_files else None
    )
    example_ids, labels = (table.column(name).to_numpy().astype(np.int64) for name in (ids, "label"))
    return Rows(example_ids, labels, payloads)


def read_splits(folder: JobFolder) -> NDArray[np.object_]:
    """The split of each row, shape (n,), in the file's order."""
    column = pq.read_table(folder.input / "rows.parquet", columns=["split"]).column("split")
    return np.asarray(column.to_pylist(), dtype=object)

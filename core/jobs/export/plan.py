"""What an export has before it, foreseen."""

from __future__ import annotations

from core.context import Context
from core.jobs.foresight import Work
from core.store.datasets import get_dataset
from core.store.samples import bytes_of_texts
from core.store.versions import get_version
from core.tasks import task_named

CELL = 20.0
"""Bytes that a cell is taken for which is not the example's text."""
LIBRARY = 6.0
"""Seconds in which a process loads the `datasets` library."""
BYTE, USUAL = 4e-8, {"parquet": 2e-8, "datasets": 1e-7, "conll": 1e-6}
"""Seconds for a byte of a table, and in formats that differ."""
FILE = 3e-4
"""Seconds for an image that is written."""


def foresee_export(context: Context, version_id: str, format: str) -> Work:  # noqa: A002
    """Of a whole version. Reads the sizes of its texts."""
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    modality = task_named(dataset.task).modality
    key, warm = f"export: {modality.name} as {format}", LIBRARY if format == "datasets" else 0.1
    if modality.in_files and format in ("datasets", modality.folder_format):
        return Work("writing", key, float(version.row_count), FILE, even=False, warm=warm)
    cells = version.row_count * (5 + len(dataset.attributes))
    size = bytes_of_texts(context.store, version_id) + CELL * cells
    return Work("writing", key, size, USUAL.get(format, BYTE), even=False, warm=warm)

"""What a load of images or sounds has before it. Light."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

from core.context import Context
from core.errors import WinnowError
from core.jobs.foresight import Foreseen, Work, start
from core.jobs.load.spec import STAGES, LoadSpec
from core.modalities import Modality
from core.queue import JobFolder
from core.settings import expanded
from core.sources.images.kinds import kind_of
from core.tasks import task_named

BYTES = 20_000
"""So many bytes of a file take as long once more."""
LOOKED_AT = 20_000
"""Files of a folder whose sizes are asked; the others count as these do."""


def foresee_files(modality: Modality, source: str, units: float) -> Foreseen:
    """`units`: see `units_of`; `source`: of folders of such files."""
    name = modality.name
    return Foreseen((start("load"), Work(STAGES[source], f"{name}: reading files", units, modality.seconds_to_read)))


def units_of(locations: Sequence[str], count: int | None = None) -> float:
    """Of so many files at these places, else of all that lie there; by their number and their size."""
    found = [_files(expanded(location)) for location in locations]
    files = count if count is not None else sum(number for number, _ in found)
    return files + sum(size for _, size in found) / BYTES


def foresee(context: Context, folder: JobFolder) -> Foreseen:
    """Of a job whose input is written; of tables nothing, which are read at once."""
    spec = folder.spec_as(LoadSpec)
    modality = task_named(spec.schema.task).modality
    if not modality.in_files:
        return Foreseen()
    listing = folder.input / "listing.parquet"
    count = pq.read_metadata(listing).num_rows if listing.exists() else None
    units = units_of(spec.locations, count)
    return foresee_files(modality, kind_of(modality).source, units) if units else Foreseen()


def _files(path: Path) -> tuple[int, float]:
    """How many files and bytes; none of what is no place here."""
    try:
        if path.is_dir():
            return _of_folder(path)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return len(archive.infolist()), float(path.stat().st_size)
        return 1, float(path.stat().st_size)
    except (OSError, WinnowError, zipfile.BadZipFile):
        return 0, 0.0


def _of_folder(path: Path) -> tuple[int, float]:
    every = (Path(within, name) for within, _, names in os.walk(path) for name in names)
    sizes = [one.stat().st_size for one in islice(every, LOOKED_AT)]
    count = len(sizes) + sum(1 for _ in every)
    return count, sum(sizes) / max(1, len(sizes)) * count

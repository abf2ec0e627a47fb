"""The room on the disk that a load, a scan or a fine-tune will need, said before it starts, and refused where it
plainly is not there.

The figures come of factors that were measured. For a scan and a run they are what is needed at least; a load's is
what it may need: by its rows where these are known and say more than the size of its files, which most measured ones
took a third of up to all of.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.context import Context
from core.errors import WinnowError
from core.finetune.memory.estimate import Load
from core.finetune.memory.sizes import LITE_LAST, LITE_SIDES, lite_sizes
from core.finetune.room import disk_needed, results_needed
from core.finetune.settings import BUNDLED, folder_of, resolve
from core.jobs.load.room import BASE, rows_needed
from core.jobs.scan.fold_settings import fold_settings
from core.records import Dataset, Preview, ScanSpec, Schema, TrainSpec, Version
from core.room import free_bytes, no_room, size_words
from core.services.runs.devices import Device, are_cpu
from core.services.runs.forecast import model_sizes
from core.settings import expanded
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.tasks import task_named

IMAGES = 1.1
"""What a load of images takes at its peak, in times of the files: kept as they are, with a thumbnail each."""
SMALL, FURTHER = 10_000_000, 2.2
FIRST = {False: 3.1, True: 5.2}
"""And a table, of its first `SMALL` bytes and of those further: the copy that a reader makes and the store's own stand
beside each other, and its log, which is cleared at 16 MB. By whether its files are packed (Parquet)."""
FEATURES = {False: 12.0, True: 25.0}
"""And one whose rows are examples of many columns: each value is kept with its column's name too."""
TEXTS_UNPACKED = 3.0
"""At most so many times what the files say is foreseen of a packed table of texts by its first rows, which may be its
longest."""
PACKED = (".parquet",)
TIGHT = 2.0
LITE = "efficientnet"
ISSUES = 150
"""Bytes of a row in the lists of a scan's tier, in its folder and in the store."""
LOOKED_AT = 20_000
"""Files of a folder whose sizes are asked: the sum of some is what is needed at least."""


@dataclass(frozen=True, slots=True)
class RoomForecast:
    """What something takes of the workspace's disk, at least."""

    needed: int
    """Bytes."""
    free: int
    folder: Path

    @property
    def fits(self) -> bool:
        return self.needed <= self.free

    @property
    def tight(self) -> bool:
        """Whether it fits and so little would be left that something else may take it meanwhile."""
        return self.needed <= self.free < TIGHT * self.needed

    @property
    def sentence(self) -> str:
        """`needs about 3.1 GB of the 4.2 GB that are free`"""
        return f"needs about {size_words(self.needed)} of the {size_words(self.free)} that are free on this disk"

    def check(self) -> None:
        """Raises NoRoomError where it does not fit."""
        if not self.fits:
            raise no_room(self.folder, self.needed)


def room_for_load(
    context: Context,
    locations: Sequence[str],
    *,
    images: bool,
    schema: Schema | None = None,
    found: Preview | None = None,
) -> RoomForecast:
    """Of files and folders; what is elsewhere counts as nothing. `images`: decoded, and kept as they are. Of a table
    that was `found`, only the columns of the `schema` are kept."""
    size = sum(_size(expanded(location)) for location in locations)
    if images or not size:
        return _of(context, round(IMAGES * size))
    packed = any(path.suffix.lower() in PACKED for path in map(expanded, locations))
    if schema is None or found is None:
        return _of(context, table_needed(size, packed=packed, features=bool(schema and schema.features)))
    kept = round(min(1.0, len({*schema.roles, *schema.attributes}) / len(found.columns)) * size)
    of_files = table_needed(kept, packed=packed, features=bool(schema.features))
    of_rows = rows_needed(found, schema) if packed or schema.features else None
    if of_rows is None:
        return _of(context, of_files)
    return _of(context, of_rows if schema.features else max(of_files, min(of_rows, round(TEXTS_UNPACKED * of_files))))


def table_needed(size: int, *, packed: bool, features: bool) -> int:
    """Bytes that the load of a table may take at its peak: `size` of its files, `packed` as Parquet is, and whether its
    examples are made of several columns."""
    if features:
        return round(BASE + FEATURES[packed] * size)
    small = min(size, SMALL)
    return round(BASE + FIRST[packed] * small + FURTHER * (size - small))


def room_for_scan(context: Context, version_id: str, spec: ScanSpec) -> RoomForecast:
    """Of the embeddings that are not there yet, of one fine-tune at a time, and of the lists. Raises NotFoundError for
    the version, UsageError for a model that cannot be fine-tuned."""
    dataset, version = _dataset(context, version_id)
    encoders = spec.encoders or task_named(dataset.task).modality.encoders
    wanted = sum(4 * (_width(encoder) or 0) for encoder in encoders) * version.row_count
    missing = max(0, wanted - _kept(context))
    tiers, learning = len(encoders), 0
    if spec.fine_tune:
        models = room_for_run(context, version_id, fold_settings(spec, dataset.task, version.row_count), ())
        tiers, learning = tiers + 1, models.needed if models else 0
    lists = tiers * (results_needed(version.row_count, len(dataset.labels)) + ISSUES * version.row_count)
    return _of(context, missing + learning + lists)


def room_for_run(context: Context, version_id: str, spec: TrainSpec, devices: Sequence[Device]) -> RoomForecast | None:
    """Of checkpoints, the model and its predictions; None for a model of which nothing is known.

    Raises UsageError for settings that cannot be, NotFoundError for the version.
    """
    dataset, version = _dataset(context, version_id)
    spec = resolve(spec, dataset.task, version.row_count, not are_cpu(devices))
    results = results_needed(version.row_count, len(dataset.labels))
    if spec.strategy == "head":
        missing = max(0, 4 * (_width(spec.model) or 0) * version.row_count - _kept(context))
        return _of(context, missing + results)
    # Its input's size changes no parameter.
    sizes = lite_sizes(LITE_SIDES[0]) if spec.model == LITE else model_sizes(context, version_id, spec)[0]
    if sizes is None:
        return None
    # How many words occur is not known here: at least the rest learns.
    load = Load(spec.batch or 1, words=0, classes=len(dataset.labels))
    return _of(context, disk_needed(sizes, spec, load, version.row_count))


def _of(context: Context, needed: int) -> RoomForecast:
    root = context.workspace.root
    return RoomForecast(needed, free_bytes(root), root)


def _dataset(context: Context, version_id: str) -> tuple[Dataset, Version]:
    version = get_version(context.store, version_id)
    return get_dataset(context.store, version.dataset_id), version


def _size(path: Path) -> int:
    """Bytes of a file, or of a folder's first `LOOKED_AT` files; of what cannot be looked at none."""
    if not path.is_dir():
        return _size_of(path)
    names = (Path(folder, name) for folder, _, files in os.walk(path) for name in files)
    return sum(map(_size_of, islice(names, LOOKED_AT)))


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _kept(context: Context) -> int:
    """Bytes of all embeddings that are kept, of whatever encoder."""
    return sum(file.stat().st_size for file in (context.workspace.arrays / "embeddings").glob("*/*.npy"))


def _width(encoder: str) -> int | None:
    """Numbers in an embedding of a model; None for an encoder that keeps none, or is not on this machine."""
    if encoder == LITE:
        return LITE_LAST
    if encoder in BUNDLED and BUNDLED[encoder].fine_tuning.at_once:
        return None
    try:
        folder = folder_of(encoder)
        found = json.loads((folder / "config.json").read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError, WinnowError):
        return None
    return int(found["hidden_size"]) if isinstance(found.get("hidden_size"), int) else None

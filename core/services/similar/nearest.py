"""The rows of a version that are most like one of them, by the embeddings that scans and trainings have kept on disk:
all of them are compared, nothing is encoded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.arrays.cosines import Held
from core.context import Context
from core.jobs.foresight import kept_folder
from core.modalities import Modality
from core.modalities.payloads import digests
from core.records import Dataset, RowFilter, Version
from core.store.rows import ids_of
from core.store.samples import contents
from core.tasks import task_named

COUNT = 100
"""Rows that are listed."""
VERSIONS_KEPT = 2
"""Of so many versions it is remembered where their embeddings lie: 32 MB for a million rows."""


@dataclass(frozen=True, slots=True)
class Similar:
    """The rows most like one of them."""

    rows: tuple[tuple[int, float], ...]
    """(example_id, cosine in -1–1), the most alike first: before all others the row itself, where it is among them."""
    encoder: str
    """Whose embeddings were compared."""
    compared: int
    """Rows that have an embedding."""


@dataclass(frozen=True, slots=True)
class Index:
    """Where the embeddings of a version's rows lie, by one encoder."""

    example_ids: NDArray[np.int64]
    """(n,) ascending"""
    encoder: str
    held: Held


class _Indexes:
    """Those of the versions that were asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[Index, ...]] = OrderedDict()

    def of(self, context: Context, dataset: Dataset, version_id: str) -> tuple[Index, ...]:
        """By each encoder that has kept any, the best first."""
        key = (version_id, state_of(context))
        with self._lock:
            if key not in self._known:
                self._known[key] = tuple(_indexes(context, dataset, version_id))
                for old in list(self._known)[:-VERSIONS_KEPT]:
                    del self._known[old]
            self._known.move_to_end(key)
            return self._known[key]


def can_compare(dataset: Dataset) -> bool:
    """Whether embeddings of the dataset's examples are kept at all: of rows of tables they are not, and where labels
    are spans those of words are."""
    task = task_named(dataset.task)
    return not (task.modality.features or task.target.located)


def state_of(context: Context) -> tuple[tuple[str, int], ...]:
    """What the answer depends on beside version and row: it changes whenever embeddings are added or removed."""
    folders = (context.workspace.arrays / "embeddings").glob("*/")
    return tuple(sorted((folder.name, folder.stat().st_mtime_ns) for folder in folders))


def indexes_of(context: Context, dataset: Dataset, version_id: str) -> tuple[Index, ...]:
    """Where the embeddings of a version's rows lie, by each encoder that kept any, the best first. Takes a second or
    two for a million rows, once."""
    return context.beside.kept("similar rows", _Indexes).of(context, dataset, version_id)


def similar_rows(
    context: Context, dataset: Dataset, version: Version, example_id: int, where: RowFilter, count: int = COUNT
) -> Similar | None:
    """The `count` rows of a version that are most like one of them, of those that `where` keeps; None where no
    embedding of that row is on disk. Rows that are equally alike stand by their ids.

    At a million rows it takes seconds for the first row of a version, and less than one for each that follows: not for
    the script thread.
    """
    for index in indexes_of(context, dataset, version.version_id):
        place = int(np.searchsorted(index.example_ids, example_id))
        if place == len(index.example_ids) or index.example_ids[place] != example_id:
            continue
        vector = index.held.vector(place)
        if vector is not None:
            return _ranked(context, version, index, index.held.cosines(vector), place, where, count)
    return None


def _ranked(
    context: Context,
    version: Version,
    index: Index,
    cosines: NDArray[np.float32],
    place: int,
    where: RowFilter,
    count: int,
) -> Similar:
    compared = int(np.isfinite(cosines).sum())
    if where != RowFilter():
        kept = np.isin(index.example_ids, ids_of(context.store, version.version_id, where))
        cosines = np.where(kept, cosines, np.nan).astype(np.float32)
    own = np.isfinite(cosines[place])
    cosines[place] = np.inf if own else np.nan
    known = np.flatnonzero(~np.isnan(cosines))
    if len(known) > count:
        known = known[np.argpartition(-cosines[known], count - 1)[:count]]
    known = known[np.lexsort((known, -cosines[known]))]
    rows = [(int(index.example_ids[one]), min(1.0, float(cosines[one]))) for one in known]
    return Similar(tuple(rows), index.encoder, compared)


def _indexes(context: Context, dataset: Dataset, version_id: str) -> list[Index]:
    table = contents(context.store, version_id)
    example_ids = table.column("example_id").to_numpy().astype(np.int64)
    order = np.argsort(example_ids, kind="stable")
    wanted = digests(table.column("content_hash"))[order]
    found = []
    for encoder, folder in kept_folders(context.workspace.arrays / "embeddings", task_named(dataset.task).modality):
        held = Held.of(folder, wanted)
        if held.parts:
            found.append(Index(example_ids[order], encoder, held))
    return found


def kept_folders(embeddings: Path, modality: Modality) -> list[tuple[str, Path]]:
    """Of the encoders that come with Winnow, the best first, then of any other model, such as one that a person named:
    its contents tell whether it is of these rows."""
    bundled = [(name, kept_folder(embeddings, modality, name)) for name in reversed(modality.encoders)]
    known = [(name, folder) for name, folder in bundled if folder is not None and folder.is_dir()]
    others = sorted(set(embeddings.glob("*/")) - {folder for _, folder in known})
    return [*known, *((folder.name, folder) for folder in others)]

"""The rows of a version most like an example that was typed or uploaded: it is encoded as the rows were, by a process
that stays warm, and compared with all embeddings on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.errors import UsageError
from core.jobs.foresight import kept_folder
from core.jobs.resident.web import OneResident
from core.modalities import Modality
from core.records import EXAMPLE_ID, Dataset
from core.services.similar.kept import file_of
from core.services.similar.nearest import COUNT, Index, can_compare, indexes_of, kept_folders, state_of
from core.settings import allowed_folders
from core.sources.paths import existing
from core.store.datasets import get_dataset
from core.store.query.copies import forget_ids, ids_file, used
from core.store.scans import newest_scan
from core.store.versions import get_version
from core.tasks import task_named

_LOG = "similar.log"
_WARM = "similar encoder"
_ENCODER, _COMPARED = "encoder", "compared"


@dataclass(frozen=True, slots=True)
class Compared:
    """By what rows were compared with an example."""

    encoder: str
    """Whose embeddings, as it is named."""
    compared: int
    """Rows that have one."""


class Alike:
    """See `core.store.search.comparing.RowsAlike`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def state(self) -> Hashable:
        return state_of(self._context)

    def file(self, version_id: str, asked: str) -> Path:
        context = self._context
        version = get_version(context.store, version_id)
        dataset = get_dataset(context.store, version.dataset_id)
        _check_comparable(dataset)
        example, digest = _example(context, task_named(dataset.task).modality, asked)
        key = "\0".join((version_id, digest, json.dumps(state_of(context))))
        file = ids_file(context.workspace.queries, dataset.dataset_id, hashlib.sha256(key.encode()).hexdigest()[:16])
        if used(file):
            return file
        warm_up(context, dataset)  # while it is looked up where the embeddings lie
        index, encoder = _index(context, dataset, version_id)
        vector = _resident(context).encode(
            context.queue.launcher,
            Path(encoder),
            task_named(dataset.task).modality.name,
            context.workspace.root / _LOG,
            example,
        )
        rows, similarities, compared = _nearest(index, np.array(vector, np.float32))
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{uuid4().hex}.part")
        found = pa.table({EXAMPLE_ID: pa.array(rows), "similarity": pa.array(similarities)})
        pq.write_table(found.replace_schema_metadata({_ENCODER: encoder, _COMPARED: str(compared)}), part)
        part.replace(file)
        forget_ids(context.workspace.queries, dataset.dataset_id)
        return file


def compared_by(context: Context, version_id: str, asked: str) -> Compared:
    """By what the rows of a version are compared with an example. Raises as `Alike.file` does, and takes as long where
    nobody has asked before."""
    said = pq.read_schema(context.store.alike.file(version_id, asked)).metadata
    return Compared(said[_ENCODER.encode()].decode(), int(said[_COMPARED.encode()]))


def encoder_there(context: Context, dataset: Dataset) -> str | None:
    """The best encoder whose embeddings lie on disk, as it is named; None where there is none that can encode more. Of
    which rows they are is not looked at."""
    usable = _usable(context, dataset)
    known = kept_folders(context.workspace.arrays / "embeddings", task_named(dataset.task).modality)
    return next((usable[folder] for _, folder in known if folder in usable), None)


def warm_up(context: Context, dataset: Dataset) -> None:
    """Has the encoder loaded beside, so that the first answer comes sooner; what goes wrong is said by the question."""
    encoder = encoder_there(context, dataset)
    resident = _resident(context)
    if encoder is None or resident.holds(Path(encoder)):
        return

    def load() -> None:
        try:
            modality = task_named(dataset.task).modality.name
            resident.load(context.queue.launcher, Path(encoder), modality, context.workspace.root / _LOG)
        except Exception:
            return

    context.beside.start(_WARM, load)


def _check_comparable(dataset: Dataset) -> None:
    if can_compare(dataset):
        return
    if task_named(dataset.task).target.located:
        raise UsageError(
            "Texts with entities are not compared: scans keep embeddings of their words, not of whole texts.",
            "Look for words instead, such as “match = late refund”.",
        )
    raise UsageError(
        "Rows of tables are not compared with an example: their embeddings depend on all rows together.",
        "Filter the columns instead.",
    )


def _example(context: Context, modality: Modality, asked: str) -> tuple[str, str]:
    """What the encoder is given, a text or the path of a file, and a digest of it."""
    file = file_of(context.workspace, asked)
    if not modality.in_files:
        text = asked if file is None else file.read_text("utf-8", "replace")
        return text, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    path = existing(asked, allowed_folders()) if file is None else file
    if not path.is_file():
        raise UsageError(f"{asked} is a folder.", "Name a file in it.")
    return str(path), hashlib.sha256(path.read_bytes()).hexdigest()


def _index(context: Context, dataset: Dataset, version_id: str) -> tuple[Index, str]:
    """The embeddings that cover most rows, the best of those that do, and the encoder that made them."""
    usable = _usable(context, dataset)
    known = [one for one in indexes_of(context, dataset, version_id) if one.held.shards.folder in usable]
    if not known:
        encoder = task_named(dataset.task).modality.encoders[-1]
        raise UsageError(
            "No embeddings of these rows are on disk, so that nothing can be compared with them.",
            f"A scan makes and keeps them: scan with the encoder {encoder}. Until then look for words.",
        )
    best = max(known, key=lambda one: one.held.covered)
    return best, usable[best.held.shards.folder]


def _usable(context: Context, dataset: Dataset) -> dict[Path, str]:
    """By the folder of its embeddings each encoder that can be loaded: those that come with Winnow, and those that the
    dataset's newest scan named."""
    modality, embeddings = task_named(dataset.task).modality, context.workspace.arrays / "embeddings"
    scan = newest_scan(context.store, dataset.dataset_id)
    named = () if scan is None else scan.settings.get("settings", {}).get("encoders", ())
    folders = {name: kept_folder(embeddings, modality, name) for name in (*reversed(modality.encoders), *named)}
    return {folder: name for name, folder in reversed(folders.items()) if folder is not None}


def _nearest(index: Index, vector: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    """The `COUNT` rows most like a vector (d,) and their cosines, equally alike ones by their ids; and of how many."""
    cosines = index.held.cosines(vector)
    known = np.flatnonzero(~np.isnan(cosines))
    compared = len(known)
    if len(known) > COUNT:
        known = known[np.argpartition(-cosines[known], COUNT - 1)[:COUNT]]
    known = known[np.lexsort((known, -cosines[known]))]
    return index.example_ids[known], np.minimum(cosines[known], 1.0).astype(np.float64), compared


def _resident(context: Context) -> OneResident:
    return context.beside.kept("resident encoder", OneResident, OneResident.close)

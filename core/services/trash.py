"""Empties the trash of what is due: datasets and what hangs on them, and images, embeddings, pixels and tokens that no
other has.

Called when a workspace is opened, and every day that it stays open, or by hand before that; putting a dataset into the
trash is `core.services.datasets`' business.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from core.arrays.shards import DIGEST, sweep
from core.context import Context
from core.errors import JobError
from core.files import remove
from core.jobs.hub.web import LOADS
from core.ledger.contract import Ledger
from core.modalities.payloads import digests
from core.queue import Queue
from core.records import DatasetState
from core.settings import ASIDE, TRASH_DAYS, Workspace
from core.store.database import Database
from core.store.datasets import contents, delete_dataset, due_trash, list_datasets
from core.store.maps.points import folder_of_maps
from core.store.predictions import delete_predictions
from core.store.query.copies import forget_copies
from core.store.relations import relation_sql
from core.store.search.index import index_file
from core.store.times import now
from core.tasks import task_named

STATES: tuple[DatasetState, ...] = ("ready", "trashed")
"""Datasets in either have what is theirs."""
LEFT = "files-left"
"""Names an empty file in the workspace's trash: datasets are gone whose files were left to the next opening."""
_MEDIA = "SELECT DISTINCT media_id FROM {} WHERE media_id IS NOT NULL"


def purge(
    store: Database,
    ledger: Ledger,
    queue: Queue,
    workspace: Workspace,
    at: datetime | None = None,
    *,
    in_use: bool = False,
) -> list[str]:
    """Deletes for good what has lain in the trash for `TRASH_DAYS` days, by default until now; returns the ids.

    While a load is under way or not taken in, images are left to the next time: some may be its own. While the
    workspace is `in_use`, loads and scans may begin at any moment, so that files which datasets share are left to the
    next opening; and to when somebody has removed it while a store lies there that a restore has set aside: it may know
    of datasets that this one lacks.
    """
    gone = due_trash(store, at)
    for dataset_id in gone:
        # The dataset itself goes last: until then, the next start finds it here again.
        delete_predictions(store, [run.run_id for run in ledger.runs.of(dataset_id)])
        ledger.forget(dataset_id)
        delete_dataset(store, dataset_id)
        queue.remove(dataset_id)
        forget_copies(workspace.queries, dataset_id)
        index_file(store, dataset_id).unlink(missing_ok=True)
        remove(folder_of_maps(store, dataset_id))
    left = workspace.trash / LEFT
    if in_use or any(workspace.root.glob(f"{ASIDE}*/{workspace.database.name}")):
        if gone:
            left.touch()
        return gone
    if gone or left.exists():
        _sweep_arrays(store, workspace)
        if not any(job.kind in LOADS for job in queue.uncollected()):
            _sweep_media(store, workspace)
            left.unlink(missing_ok=True)
    return gone


def empty(context: Context, days: float = 0.0) -> list[str]:
    """Deletes for good, now, what has lain in the trash for so many days; returns the ids. Images and arrays that no
    other dataset has go when the workspace is next opened. Raises `JobError` while a job works on one of them."""
    days = min(days, TRASH_DAYS)  # longer than that nothing lies there
    at = now() + timedelta(days=TRASH_DAYS - days)
    with context.beside.turn("collect"):
        due = due_trash(context.store, at)
        for job in (*context.queue.active(), *context.queue.uncollected()):
            if job.dataset_id in due:
                raise JobError(
                    f"'{job.title}' works on a dataset in the trash.", "Empty it once that has ended, or cancel it."
                )
        return purge(context.store, context.ledger, context.queue, context.workspace, at, in_use=True)


def _sweep_arrays(store: Database, workspace: Workspace) -> None:
    """Removes embeddings, pixels and tokens of nothing but contents that no dataset, nor one in the trash, has."""
    known = [
        digests(contents(store, dataset.dataset_id)) for state in STATES for dataset in list_datasets(store, state)
    ]
    kept = np.concatenate([np.empty(0, DIGEST), *known])
    for kind in ("embeddings", "pixels", "tokens"):
        sweep(workspace.arrays / kind, kept)
    for old in workspace.arrays.glob("tokens/*/*.parquet"):  # as 0.1.0 kept them; nobody reads them any more
        old.unlink()


def _sweep_media(store: Database, workspace: Workspace) -> None:
    """Removes originals and thumbnails that no dataset, nor one in the trash, refers to."""
    kept = set()
    for state in STATES:
        for dataset in list_datasets(store, state):
            if task_named(dataset.task).modality.in_files:
                rows = relation_sql(dataset.dataset_id, None)  # a version may exclude rows that another one shows
                kept |= {Path(media_id).stem for (media_id,) in store.fetch(_MEDIA.format(rows))}
    for file in workspace.media.rglob("*.*"):
        if file.is_file() and file.stem not in kept:
            file.unlink(missing_ok=True)

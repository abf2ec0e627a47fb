"""Datasets as a person keeps them: rename, delete into the trash, restore, and empty the trash of what is due."""

from __future__ import annotations

import time
from pathlib import Path

from core.records import Dataset
from core.store import datasets as store
from core.store.relations import relation
from core.workflow.context import Context

_YOUNG_SECONDS = 24 * 3600
"""Media younger than this may belong to a load under way."""


def rename(context: Context, dataset_id: str, name: str) -> Dataset:
    """Raises UsageError where the name is empty or taken."""
    return store.rename(context.store, dataset_id, name)


def delete(context: Context, dataset_id: str) -> None:
    """Moves a dataset into the trash, where it stays for `TRASH_DAYS` days."""
    store.trash(context.store, dataset_id)


def restore(context: Context, dataset_id: str) -> Dataset:
    """Takes a dataset out of the trash. Raises UsageError where its name has been taken since."""
    return store.restore(context.store, dataset_id)


def purge(context: Context) -> list[str]:
    """Deletes for good what is due in the trash, with images that no other dataset has; returns the dataset ids."""
    gone = store.purge_trash(context.store)
    if gone:
        _sweep_media(context)
    return gone


def _sweep_media(context: Context) -> None:
    """Removes originals and thumbnails that no dataset, nor one in the trash, refers to."""
    kept = set()
    for state in ("ready", "trashed", "loading"):
        for dataset in store.list_datasets(context.store, state):
            if dataset.task == "image" and dataset.latest_version_id:
                root = relation(context.store, dataset.latest_version_id)
                kept |= {Path(media_id).stem for (media_id,) in context.store.fetch(_MEDIA.format(root))}
    limit = time.time() - _YOUNG_SECONDS
    for file in context.workspace.media.rglob("*.*"):
        if file.is_file() and file.stem not in kept and file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)


_MEDIA = "SELECT DISTINCT media_id FROM {} WHERE media_id IS NOT NULL"

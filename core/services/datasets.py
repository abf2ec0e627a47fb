"""Datasets as a person keeps them: rename, delete into the trash, restore. `core.services.trash` empties the trash."""

from __future__ import annotations

from core.context import Context
from core.records import Dataset
from core.store import datasets as store


def rename(context: Context, dataset_id: str, name: str) -> Dataset:
    """Raises UsageError where the name is empty or taken."""
    return store.rename(context.store, dataset_id, name)


def delete(context: Context, dataset_id: str) -> None:
    """Moves a dataset into the trash, where it stays for `TRASH_DAYS` days."""
    store.trash(context.store, dataset_id)


def restore(context: Context, dataset_id: str) -> Dataset:
    """Takes a dataset out of the trash. Raises UsageError where its name has been taken since."""
    return store.restore(context.store, dataset_id)

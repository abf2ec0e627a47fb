"""Where a masked dataset comes from, and which masked copies there are of a dataset's versions."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.personal import BY_NAME, MANNERS
from core.records import Dataset, MaskedCopy
from core.store.datasets import list_datasets
from core.words import say


def copy_of(context: Context, dataset: Dataset) -> MaskedCopy | None:
    """Where it comes from; None where it is no masked copy."""
    return context.ledger.masking.copy_of(dataset.dataset_id)


def copies_of(context: Context, dataset: Dataset) -> list[tuple[MaskedCopy, Dataset]]:
    """The masked copies of its versions that are in use, each with the dataset that it is, newest first."""
    copies = context.ledger.masking.copies_of(dataset.dataset_id)
    there = {one.dataset_id: one for one in list_datasets(context.store)} if copies else {}
    return [(one, there[one.dataset_id]) for one in copies if one.dataset_id in there]


def named(context: Context, dataset_id: str) -> Dataset | None:
    """A dataset in use; None where it is in the trash or gone."""
    return next((one for one in list_datasets(context.store) if one.dataset_id == dataset_id), None)


def how_words(copy: MaskedCopy) -> str:
    """How it is masked: what stands in the place of which kinds, and in which rows."""
    manner = next((said for name, said in MANNERS.items() if name == copy.manner), copy.manner)
    parts = [say(manner)]
    parts += [say("only {kinds}", kinds=_titles(copy.kinds))] if copy.kinds else []
    parts += [say("with names and places by a model of English")] if copy.names else []
    parts += [say("in chosen rows alone")] if copy.some else []
    return say("; ").join(parts)


def _titles(kinds: Sequence[str]) -> str:
    return ", ".join(say(BY_NAME[kind].title) if kind in BY_NAME else kind for kind in kinds)

"""The list of a dataset's classes: one is added before any row has it, and taken off it again where none does."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.errors import UsageError
from core.lookalikes import shown
from core.records import MAX_CLASS_NAME, Dataset
from core.settings import MAX_CLASSES
from core.store.acts.of_classes import decisions_giving
from core.store.datasets import get_dataset, set_labels
from core.store.telling.classes import class_uses
from core.tasks import target_of


def add_class(context: Context, dataset: Dataset, code: str) -> Dataset:
    """Raises UsageError where it is a class already, or none that there could be."""
    if target_of(dataset).numeric:
        raise UsageError(
            f"The labels of '{dataset.name}' are numbers: it has no classes.", "Load it with another task."
        )
    code = tidy(code)
    return set_labels(context.store, dataset.dataset_id, lambda known: [*check_new(dataset, known, code), code])


def tidy(code: str) -> str:
    """A class as somebody wrote it, without what shows nothing."""
    return shown(" ".join(code.split()))


def check_new(dataset: Dataset, known: Sequence[str], code: str) -> Sequence[str]:
    """The classes that are `known`. Raises UsageError where another one cannot be put beside them."""
    if not code or len(code) > MAX_CLASS_NAME:
        raise UsageError(
            f"A class is a name of 1 to {MAX_CLASS_NAME} characters, and this has {len(code):,}.",
            "Give it a shorter one; its guideline has room for more.",
        )
    if code in known or code in dataset.names.values():
        raise UsageError(f"There is a class {code!r} already.", "Take another name.")
    if len(known) >= MAX_CLASSES:
        raise UsageError(f"The dataset has {len(known):,} classes, and that is the most.", "Take one off first.")
    return known


def remove_class(context: Context, dataset: Dataset, code: str) -> Dataset:
    """Takes a class off the list that no row of any version and no decision has. Raises UsageError where one does."""
    rows, decisions = class_uses(context.store, dataset.dataset_id, code)

    def removed(known: Sequence[str]) -> Sequence[str]:
        if code not in known:
            raise UsageError(f"There is no class {code!r}.", f"There are: {', '.join(known)}.")
        if rows or decisions:
            raise UsageError(
                f"Class {code!r} is that of {rows:,} rows and {decisions:,} decisions.",
                "It stays, so that versions mean what they meant. To take it off rows, delete or merge it.",
            )
        return [one for one in known if one != code]

    return set_labels(context.store, dataset.dataset_id, removed)


def forget_class(context: Context, dataset_id: str, code: str) -> None:
    """Takes a class off the list that came with an act which was taken back, unless something else has it."""
    rows, _ = class_uses(context.store, dataset_id, code)
    known = get_dataset(context.store, dataset_id).labels
    if not rows and code in known and not decisions_giving(context.store, dataset_id, code):
        set_labels(context.store, dataset_id, lambda labels: [one for one in labels if one != code])

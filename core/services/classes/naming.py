"""What people call the classes of a dataset and what belongs in each. Labels keep the class that they have: a name is
looked up where one is shown, so that decisions, versions, scans, runs and files mean the same under any name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.context import Context
from core.errors import UsageError
from core.lookalikes import stripped
from core.records import MAX_CLASS_NAME, MAX_GUIDELINE, ClassNaming, Dataset
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.masked import said_shown
from core.store.relations import relation
from core.store.telling.class_lists import class_list
from core.store.telling.story import class_sizes
from core.store.times import now
from core.store.versions import get_version
from core.targets.spelling import unknown_class
from core.tasks import task_named

_TRIES = 5


@dataclass(frozen=True, slots=True)
class NamedClass:
    """A class as it is listed."""

    code: str
    """As labels have it."""
    rows: int
    """Of the newest version."""
    name: str
    """Empty: it goes by its code."""
    guideline: str


def classes_of(context: Context, dataset: Dataset) -> tuple[NamedClass, ...]:
    """Every class of the newest version in the dataset's own order."""
    rows = relation(context.store, dataset.latest_version_id)
    codes = class_list(context.store, get_version(context.store, dataset.latest_version_id))
    sizes = class_sizes(context.store, rows, task_named(dataset.task).target.classes_sql)
    return tuple(
        NamedClass(code, sizes.get(code, 0), dataset.names.get(code, ""), dataset.guidelines.get(code, ""))
        for code in codes
    )


def name_classes(
    context: Context,
    dataset: Dataset,
    by: str,
    names: Mapping[str, str] | None = None,
    guidelines: Mapping[str, str] | None = None,
) -> Dataset:
    """Gives classes these names and guidelines, by code, as one act; an empty one takes it away, and a class that is
    not mentioned stays as it is. Raises UsageError, and nothing is written, where one of them cannot be."""
    names = {code: _one_line(name) for code, name in (names or {}).items()}
    guidelines = {code: stripped(text) for code, text in (guidelines or {}).items()}
    log = context.ledger.classes
    for _ in range(_TRIES):
        seen = log.newest_of(dataset.dataset_id)
        standing = log.standing(dataset.dataset_id)
        check_names(dataset.labels, {code: one.name for code, one in standing.items()}, names, guidelines)
        said = _changed(dataset, standing, names, guidelines, by)
        if not said or log.append(said, seen):
            return get_dataset(context.store, dataset.dataset_id)
    raise UsageError("Others are naming the classes of this dataset at this moment.", "Try again.")


def log_of(context: Context, dataset: Dataset) -> list[ClassNaming]:
    """Who named what, newest first, with the guidelines as they are shown."""
    shown = partial(said_shown, context.store, dataset.dataset_id)
    return [replace(one, guideline=shown(one.guideline)) for one in context.ledger.classes.log(dataset.dataset_id)]


def take_back(context: Context, dataset: Dataset, by: str) -> Dataset:
    """Undoes the last change of names and guidelines, whoever made it; taking back twice is as if nothing had been
    taken back. Raises UsageError where nothing was ever changed."""
    log = context.ledger.classes
    seen, told = log.newest_of(dataset.dataset_id), log.log(dataset.dataset_id)
    if not told:
        raise UsageError("No class of this dataset was ever given a name or a guideline.", "Give one first.")
    act, at = new_id(), now()
    undone = [one for one in told if one.act_id == told[0].act_id]
    earlier: dict[str, ClassNaming] = {}
    for one in reversed(told[len(undone) :]):
        earlier[one.code] = one
    said = []
    for one in undone:
        before = earlier.get(one.code)
        name, guideline = (before.name, before.guideline) if before else ("", "")
        said.append(ClassNaming(act, dataset.dataset_id, one.code, name, guideline, by, at))
    if not log.append(said, seen):
        raise UsageError("Somebody has just changed the names of this dataset's classes.", "Look, and try again.")
    return get_dataset(context.store, dataset.dataset_id)


def check_names(
    labels: Sequence[str],
    standing: Mapping[str, str],
    names: Mapping[str, str],
    guidelines: Mapping[str, str],
) -> None:
    """Raises UsageError where a class is none, where two would be called the same, and where a text is too long."""
    known = frozenset(labels)
    for code in (*names, *guidelines):
        if code not in known:
            raise UsageError(unknown_class(code, known), "Name a class by its code, as labels have it.")
    for code, name in names.items():
        if len(name) > MAX_CLASS_NAME:
            raise UsageError(
                f"The name of class {code!r} has {len(name):,} characters.",
                f"{MAX_CLASS_NAME} is the most; a guideline has room for {MAX_GUIDELINE:,}.",
            )
    for code, text in guidelines.items():
        if len(text) > MAX_GUIDELINE:
            raise UsageError(
                f"The guideline of class {code!r} has {len(text):,} characters.", f"{MAX_GUIDELINE:,} is the most."
            )
    codes = {code.casefold(): code for code in labels}
    called: dict[str, str] = {}
    for code in labels:
        name = names.get(code, standing.get(code, ""))
        other = codes.get(name.casefold(), code)
        if name and other != code and name.casefold() != code.casefold():
            raise UsageError(
                f"Class {code!r} cannot be called {name!r}: that is the code of another class, {other!r}.",
                "Take another name, or relabel the rows of the one to the other on the page Review.",
            )
        other = called.setdefault(name.casefold(), code) if name else code
        if other != code:
            raise UsageError(
                f"Classes {other!r} and {code!r} cannot both be called {name!r}: nobody could tell them apart.",
                "Take another name. To make one class of two, relabel the rows of the one on the page Review.",
            )


def _changed(
    dataset: Dataset,
    standing: Mapping[str, ClassNaming],
    names: Mapping[str, str],
    guidelines: Mapping[str, str],
    by: str,
) -> list[ClassNaming]:
    act, at, nothing = new_id(), now(), ClassNaming("", "", "", "", "", by, now())
    found = []
    for code in dict.fromkeys((*names, *guidelines)):
        before = standing.get(code, nothing)
        name = names.get(code, before.name)
        after = ClassNaming(
            act,
            dataset.dataset_id,
            code,
            "" if name == code else name,
            guidelines.get(code, before.guideline),
            by,
            at,
        )
        if (after.name, after.guideline) != (before.name, before.guideline):
            found.append(after)
    return found


def _one_line(name: str) -> str:
    return " ".join(stripped(name).split())

"""What is measured of classes, with these under the names that people gave them. `Dataset.coded` leads back."""

from __future__ import annotations

from dataclasses import replace

from core.profile.records import Balance, LabelSets, SplitBalance
from core.records import Dataset
from core.services.profile.figures import Groups
from core.words import say_stored


def balance_named(found: Balance, dataset: Dataset) -> Balance:
    """How many rows each class has."""
    called = dataset.called
    classes = tuple(replace(one, label=called(one.label)) for one in found.classes)
    return replace(found, classes=classes, absent=tuple(map(called, found.absent)))


def splits_named(found: SplitBalance, dataset: Dataset) -> SplitBalance:
    """The same by split."""
    return replace(found, labels=tuple(map(dataset.called, found.labels)))


def sets_named(found: LabelSets, dataset: Dataset) -> LabelSets:
    """Which classes occur together. The commonest labels stay as they are stored: a target says them."""
    return replace(found, labels=tuple(map(dataset.called, found.labels)))


def groups_named(found: Groups, dataset: Dataset) -> Groups:
    """An attribute's groups against the labels; bands of numbers in the language of whoever looks."""
    called = say_stored if found.bands else dataset.called
    return replace(
        found,
        table=replace(found.table, labels=tuple(map(called, found.table.labels))),
        parity=tuple(replace(one, label=called(one.label)) for one in found.parity),
        bands=tuple(replace(one, name=called(one.name)) for one in found.bands),
    )

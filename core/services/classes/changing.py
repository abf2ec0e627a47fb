"""Classes renamed, merged, split and deleted: looked at first, done as one act on the newest version's rows, taken back
as one. Rows get decisions like any others; nobody has looked at them for that, so they are judged as before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from core.context import Context
from core.errors import UsageError
from core.progress import Report
from core.records import NO_LABEL, Action, BulkAct, BulkAction, Dataset, RowFilter, Version
from core.services.classes.adding import add_class, check_new, tidy
from core.services.review.decisions import stopped
from core.services.review.many import NEW_CLASS, Change
from core.services.review.writing import BLOCK, Block, Done, written
from core.store.acts.in_force import AFTER_VERDICT, BY_CLASS
from core.store.acts.of_classes import counts_of_classes, decisions_giving, rows_of_classes
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.telling.class_lists import class_list
from core.store.versions import get_version
from core.targets import Target
from core.targets.spans.form import spans_of
from core.targets.spans.form import written as spans_written
from core.targets.spelling import unknown_class
from core.tasks import task_named
from core.words import stored

Kind = Literal["rename", "merge", "split", "delete"]
EVERY = RowFilter()
MOST = 2_000_000
"""Rows of one change of classes. They are read and written in parts; what stays in memory is what each decision is."""
PAGE_ROWS = BLOCK
KINDS: tuple[Kind, ...] = ("rename", "merge", "split", "delete")


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What is to become of classes."""

    kind: Kind
    of: tuple[str, ...]
    """The classes that it is about: one, or several that are merged."""
    to: str | None = None
    """The class that their rows get; None of a class that is deleted where these just lose it: then those with one
    class have no label."""
    excluded: bool = False
    """Whether the rows of a class that is deleted are excluded."""
    where: RowFilter = EVERY
    """Which rows of a class that is split get the new one."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a change of classes would do, before it is done."""

    change: ClassChange
    version: Version
    new: bool
    """Whether `to` is a class that the dataset has not had."""
    rows: int
    """Rows whose label changes."""
    splits: Mapping[str, int]
    """The same by split; '' for none."""
    decided: int
    """Those of them on which a decision is in force: it is replaced by one with the changed label."""
    changes: tuple[Change, ...]
    """Most frequent first."""
    decisions: int
    """Decisions, on any version, that gave one of the classes: they stay in the log as they are."""
    runs: tuple[int, ...]
    """Numbers of the runs that learnt one of the classes: they keep the classes that they have learnt."""


def plan_change(context: Context, dataset: Dataset, change: ClassChange) -> PlannedChange:
    """What would change. Raises UsageError for a change that makes no sense for the dataset."""
    dataset = get_dataset(context.store, dataset.dataset_id)
    version = get_version(context.store, dataset.latest_version_id)
    target, known = task_named(dataset.task).target, class_list(context.store, version)
    change = _checked(dataset, target, known, change)
    changes: Counter[tuple[str | None, str | None]] = Counter()
    splits: Counter[str] = Counter()
    decided = 0
    for label, split, rows, with_decision in counts_of_classes(context.store, version, change.of, change.where):
        changes[label, None if change.excluded else _changed(change, target, label)] += rows
        splits[split or ""] += rows
        decided += with_decision
    runs = context.ledger.runs.of(dataset.dataset_id)
    return PlannedChange(
        change,
        version,
        change.to is not None and change.to not in dataset.labels,
        changes.total(),
        dict(splits),
        decided,
        tuple(Change(before, after, count) for (before, after), count in changes.most_common()),
        sum(decisions_giving(context.store, dataset.dataset_id, one) for one in change.of),
        tuple(sorted(run.number for run in runs if set(change.of) & set(run.labels))),
    )


def carry_out_change(
    context: Context, planned: PlannedChange, by: str, act_id: str = "", report: Report | None = None
) -> Done:
    """Does what was planned, as one act that `many.take_back` takes back; a row that somebody decides meanwhile is left
    alone. Raises UsageError where no row has the classes, or too many, or the dataset is in the trash."""
    change, version = planned.change, planned.version
    dataset = get_dataset(context.store, version.dataset_id)
    if not planned.rows:
        raise UsageError(
            f"No row of version {version.number} has {' or '.join(map(repr, change.of))} here.",
            "Take another class or other rows; a class that nothing has is taken off the list.",
        )
    if planned.rows > MOST:
        raise UsageError(
            f"{planned.rows:,} rows are more than one change of classes takes ({MOST:,}).",
            "Split the class into smaller ones first, by a filter.",
        )
    if why := stopped(dataset):
        raise UsageError(why, "Nothing was changed.")
    if planned.new and change.to is not None and change.to not in dataset.labels:
        add_class(context, dataset, change.to)
    target = task_named(dataset.task).target
    action, label = _as_act(change, target)
    act = BulkAct(
        *(act_id or new_id(), dataset.dataset_id, version.version_id, action, label, words_of(change), by),
        datetime.now(UTC),
    )
    context.ledger.bulk.add(act)
    return written(context, act, _blocks(context, planned, target), planned.rows, report)


def words_of(change: ClassChange) -> str:
    """The change in words, in English, as it is kept with the act."""
    names = ", ".join(change.of)
    if change.excluded:
        return stored(f"class {names} deleted, its rows excluded")
    if change.kind == "delete":
        return stored(f"class {names} deleted")
    if change.kind == "split":
        return stored(f"rows of class {names} split off as {change.to}")
    if change.kind == "merge":
        return stored(f"classes {names} merged into {change.to}")
    return stored(f"class {names} renamed to {change.to}")


def _checked(dataset: Dataset, target: Target, known: tuple[str, ...], change: ClassChange) -> ClassChange:
    """With classes by their codes. Raises UsageError."""
    if target.numeric:
        raise UsageError(f"The labels of {dataset.name} are numbers: there is no class to change.", "Relabel rows.")
    of = tuple(dict.fromkeys(dataset.coded(one) for one in change.of))
    to = None if change.to is None else dataset.coded(tidy(change.to))
    for one in of:
        if one not in known:
            raise UsageError(unknown_class(one, frozenset(known)), f"There are: {', '.join(known)}.")
    if change.kind == "merge":
        if len(set(of) - {to}) < 1 or len({*of, to}) < 2 or to is None:
            raise UsageError("To merge takes two classes or more, and the one that they become.", "Name them.")
        of = tuple(one for one in of if one != to)
    elif len(of) != 1:
        raise UsageError(f"To {change.kind} is about one class at a time.", "Name one.")
    if to is not None and to in of:
        raise UsageError(f"Class {to!r} would become itself.", "Name another class.")
    if change.kind in ("rename", "split") and (to is None or to in known):
        if to is None:
            raise UsageError("The new class needs a name.", "Type one.")
        raise UsageError(f"There is a class {to!r} already.", "To make one class of two, merge them.")
    if change.kind == "split" and change.where == EVERY:
        raise UsageError("Nothing says which rows get the new class.", "Narrow them; to change all of them, rename it.")
    if change.kind == "delete" and to is not None and to not in known:
        raise UsageError(unknown_class(to, frozenset(known)), "Name a class that there is; or rename this one.")
    if to is not None and to not in dataset.labels:
        check_new(dataset, dataset.labels, to)
    return ClassChange(change.kind, of, to, change.excluded, change.where)


def _changed(change: ClassChange, target: Target, label: str) -> str:
    """A label with the class in place of those that it is about, or without them; `NO_LABEL` where nothing is left."""
    if change.to is None and not target.several:
        return NO_LABEL
    if change.to is not None:
        return target.renamed(label, lambda one: change.to or "" if one in change.of else one)
    if target.located:
        return spans_written(one for one in spans_of(label) if one[2] not in change.of)
    return target.label_of(one for one in target.classes_of(label) if one not in change.of)


def _as_act(change: ClassChange, target: Target) -> tuple[BulkAction, str | None]:
    """As the log of acts on many rows has it."""
    if change.excluded:
        return "exclude", None
    if target.located:
        return "suggestion", None
    if change.to is None:
        return ("remove", change.of[0]) if target.several else ("suggestion", None)
    return ("add", change.to) if target.several else ("relabel", change.to)


def _blocks(context: Context, planned: PlannedChange, target: Target) -> Iterator[Block]:
    change = planned.change

    @cache
    def made(effective: str) -> tuple[Action, str | None]:
        return ("exclude", None) if change.excluded else ("relabel", _changed(change, target, effective))

    @cache
    def shown(label: str | None, settled: bool) -> str:
        new = {NEW_CLASS: change.to} if planned.new else {}
        return json.dumps({"given_label": label, **new, AFTER_VERDICT if settled else BY_CLASS: change.kind})

    seq = context.store.newest_act()
    for page in rows_of_classes(context.store, planned.version, change.of, change.where, PAGE_ROWS):
        rows, labels, effective, verdicts, settled = (
            page.column(name).to_pylist() for name in ("example_id", "label", "effective", "verdict", "settled")
        )
        yield Block(rows, list(map(made, effective)), list(map(shown, labels, settled)), verdicts, seq)

"""Whether rows are of one kind, between splits, along the file, and against another version or dataset: reads the store
and the embeddings that are kept, asks `core.profile.drift`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.arrays.cosines import Held
from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.modalities.payloads import digests
from core.profile.drift import Drift, drift
from core.profile.drift.content import ToldApart, told_apart
from core.profile.drift.sides import HERE, Side, Sides, against, splits, stretches
from core.profile.wording import Wording, wording
from core.progress import Report
from core.records import Dataset, Version
from core.services.similar.nearest import can_compare, kept_folders, state_of
from core.store.datasets import get_dataset, list_datasets
from core.store.rows import ids_of, rows_of
from core.store.samples import contents
from core.store.versions import get_version, list_versions
from core.tasks import target_of, task_named
from core.words import stored

T = TypeVar("T")
SAMPLE = 10_000
"""Rows of each of two sets by whose embeddings they are told apart."""
UNLIKE = 200
"""Rows of a set that are least like the other, to be looked at."""
SIDES_TOLD = 4
"""Of so many splits, the largest, it is asked whether each can be told from the others."""


@dataclass(frozen=True, slots=True)
class Between:
    """What is compared."""

    kind: Literal["splits", "order", "other"]
    other: str = ""
    """The version that the rows are held against."""


@dataclass(frozen=True, slots=True)
class Drifts:
    """What differs by attributes."""

    sides: tuple[Side, ...]
    found: tuple[Drift, ...]


@dataclass(frozen=True, slots=True)
class ContentDrift:
    """Whether one set of rows can be told from all others by content."""

    side: str
    """The name of a split; `last half` of the file; `here`."""
    encoder: str
    auc: ToldApart
    rows: tuple[int, int]
    """Of the set and of the others, that were compared."""
    unlike: tuple[int, ...]
    """Rows of this version's set that are least like the others, the least like first."""


def comparable(context: Context, dataset: Dataset, version: Version) -> dict[str, tuple[Dataset, Version]]:
    """The versions that one can be held against, by id: the others of its dataset, then the newest of every dataset of
    the same kind of examples."""
    own = [one for one in list_versions(context.store, dataset.dataset_id) if one.version_id != version.version_id]
    found = {one.version_id: (dataset, one) for one in reversed(own)}
    modality = task_named(dataset.task).modality
    for other in list_datasets(context.store):
        if other.dataset_id != dataset.dataset_id and task_named(other.task).modality is modality:
            found[other.latest_version_id] = (other, get_version(context.store, other.latest_version_id))
    return found


def drift_of(context: Context, version_id: str, between: Between, timeout: float | None = TIMEOUT) -> Drifts | Pending:
    """How differently every attribute is spread in the sides."""

    def work(report: Report) -> Drifts:
        sides = _sides(context, version_id, between)
        return Drifts(sides.sides, drift(sides, report))

    return _ask(context, version_id, between, stored("Comparing rows"), work, timeout)


def words_between(
    context: Context, version_id: str, between: Between, timeout: float | None = TIMEOUT
) -> Wording | Pending:
    """The words that mark a side, of examples that are written."""

    def work(report: Report) -> Wording:
        return wording(_sides(context, version_id, between).among)

    return _ask(context, version_id, between, stored("Counting words"), work, timeout)


def content_between(
    context: Context, version_id: str, between: Between, timeout: float | None = TIMEOUT
) -> tuple[ContentDrift, ...] | Pending:
    """Whether the sides can be told apart by the embeddings that are kept of their rows; empty where there are none."""
    dataset = _dataset(context, version_id)
    if not can_compare(dataset):
        return ()

    def work(report: Report) -> tuple[ContentDrift, ...]:
        return tuple(_told(context, dataset, version_id, between))

    return _ask(context, version_id, between, stored("Comparing content"), work, timeout, state_of(context))


def _sides(context: Context, version_id: str, between: Between) -> Sides:
    rows, dataset = rows_of(context.store, version_id), _dataset(context, version_id)
    if between.kind == "splits":
        return splits(rows, dataset.attributes)
    if between.kind == "order":
        return stretches(rows, dataset.attributes)
    other = _dataset(context, between.other)
    theirs = {(one.name, one.kind): one for one in other.attributes}
    shared = [(one, theirs[one.name, one.kind]) for one in dataset.attributes if (one.name, one.kind) in theirs]
    classes = None
    if task_named(other.task).target is task_named(dataset.task).target and not target_of(dataset).located:
        classes = {} if target_of(dataset).several else _classes(dataset, other)
    return against(rows, rows_of(context.store, between.other), shared, classes)


def _classes(dataset: Dataset, other: Dataset) -> dict[str, str]:
    """The other's classes, by what they are here: one that people call alike is the same."""
    return {code: dataset.coded(other.called(code)) for code in other.labels}


def _told(context: Context, dataset: Dataset, version_id: str, between: Between) -> list[ContentDrift]:
    ids, hashes = _contents(context, version_id)
    sets: list[tuple[str, NDArray[np.bool_]]]
    if between.kind == "other":
        _, theirs = _contents(context, between.other)
        own = np.arange(len(ids) + len(theirs)) < len(ids)
        hashes, sets = np.concatenate([hashes, theirs]), [(HERE, own)]
    elif between.kind == "order":
        sets = [("last half", np.arange(len(ids)) >= len(ids) // 2)]
    else:
        named = splits(rows_of(context.store, version_id), ()).sides
        if len(named) < 2:
            return []
        members = [(one.name, np.isin(ids, ids_of(context.store, version_id, one.where))) for one in named if one.where]
        among = np.logical_or.reduce([of_side for _, of_side in members])
        ids, hashes = ids[among], hashes[among]
        sets = [(name, of_side[among]) for name, of_side in members[:SIDES_TOLD]]
        sets = sets if len(members) > 2 else sets[-1:]
    for encoder, folder in kept_folders(context.workspace.arrays / "embeddings", task_named(dataset.task).modality):
        held = Held.of(folder, hashes)
        found = [one for name, of_side in sets if (one := _of_set(held, encoder, ids, hashes, name, of_side))]
        if found:
            return found
    return []


def _of_set(
    held: Held, encoder: str, ids: NDArray[np.int64], hashes: NDArray[np.bytes_], name: str, of_side: NDArray[np.bool_]
) -> ContentDrift | None:
    rng = np.random.default_rng(0)
    chosen = [rng.permutation(np.flatnonzero(of_side == side))[:SAMPLE] for side in (True, False)]
    places, vectors = held.vectors(np.concatenate(chosen))
    if not len(places):
        return None
    content = np.unique(hashes[places], return_inverse=True)[1]
    told = told_apart(vectors, of_side[places], content)
    if told is None:
        return None
    own = np.flatnonzero(of_side[places])
    least = own[np.argsort(-told.scores[own], kind="stable")][:UNLIKE]
    rows = (len(own), len(places) - len(own))
    return ContentDrift(name, encoder, told, rows, tuple(ids[places[least]].tolist()))


def _contents(context: Context, version_id: str) -> tuple[NDArray[np.int64], NDArray[np.bytes_]]:
    table = contents(context.store, version_id)
    example_ids = table.column("example_id").to_numpy().astype(np.int64)
    order = np.argsort(example_ids, kind="stable")
    return example_ids[order], digests(table.column("content_hash"))[order]


def _dataset(context: Context, version_id: str) -> Dataset:
    return get_dataset(context.store, get_version(context.store, version_id).dataset_id)


def _ask(
    context: Context,
    version_id: str,
    between: Between,
    what: str,
    work: Callable[[Report], T],
    timeout: float | None,
    state: Hashable = (),
) -> T | Pending:
    compared = [_dataset(context, one) for one in (version_id, between.other) if one]
    names = context.store.names.newest()  # classes of two datasets are the same where people call them alike
    sizes = tuple(len(one.attributes) for one in compared)
    key = (version_id, between, what, sizes, names, state, context.store.masked())
    return context.beside.answers("profile").ask(key, what, work, timeout)

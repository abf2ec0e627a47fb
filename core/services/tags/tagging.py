"""Tags put on rows and taken off: each such act is written down with its rows, once, and can be taken back whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Example, TagAct, Version
from core.services.review.among import Among
from core.services.review.decisions import stopped
from core.services.tags.naming import checked_tag
from core.store.acts import tags
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.masked import said_shown
from core.store.rows import get_rows, labels_of, may_be_row
from core.store.versions import get_version
from core.words import stored

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class TagPlan:
    """What a tag put on many rows, or taken off, would change."""

    version: Version
    tag: str
    puts: bool
    matching: int
    """Rows that are asked for and the version has."""
    rows: NDArray[np.int64]
    """Those that would change: the others have the tag already, or do not have it."""
    first: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag of a dataset."""

    name: str
    rows: int
    """Rows of the version that have it."""


def tags_of_version(context: Context, version: Version) -> list[TagCount]:
    """The tags that rows of the dataset have, as they are shown, with how many of the version's rows have each, by
    name."""
    return [
        TagCount(said_shown(context.store, version.dataset_id, name), rows)
        for name, rows in tags.tag_counts(context.store, version).items()
    ]


def acts_shown(context: Context, acts: Sequence[TagAct]) -> list[TagAct]:
    """Acts with their tags, and the words for their rows, as they are shown."""
    shown = partial(said_shown, context.store)
    return [replace(one, tag=shown(one.dataset_id, one.tag), among=shown(one.dataset_id, one.among)) for one in acts]


def plan_tag(context: Context, among: Among, name: str, *, puts: bool) -> TagPlan:
    """What it would change. Raises `UsageError` for what is no tag."""
    version = get_version(context.store, among.version_id)
    meant = tags.tag_meant(context.store, version.dataset_id, name)
    tag = checked_tag(meant, tags.tag_names(context.store, version.dataset_id))
    query = among.query(context)
    matching, has = tags.ids_among(context.store, version.version_id, query, version.dataset_id, tag)
    rows = matching[~has if puts else has]
    first = get_rows(context.store, version.version_id, [int(one) for one in rows[:FIRST_ROWS]])
    return TagPlan(version, tag, puts, len(matching), rows, tuple(first))


def carry_out(context: Context, planned: TagPlan, by: str, words: str, act_id: str = "") -> TagAct:
    """Does what was planned, of these very rows; a second call with the same `act_id` changes nothing. `words` say
    which rows these are. Raises `UsageError` where no row would change, or the dataset is in the trash."""
    if not len(planned.rows):
        if planned.puts:
            raise UsageError("Each of these rows has the tag already.", "Take other rows.")
        raise UsageError("None of these rows has the tag.", "Take other rows.")
    _check_open(context, planned.version.dataset_id)
    act = TagAct(
        *(act_id or new_id(), planned.version.dataset_id, planned.tag, planned.puts, words, by, datetime.now(UTC)),
        rows=len(planned.rows),
    )
    context.ledger.tags.append([(act, planned.rows)])
    return acts_shown(context, [context.ledger.tags.by_id(act.act_id) or act])[0]


def take_back(context: Context, act_id: str, by: str, undo_id: str = "") -> TagAct:
    """Undoes one such act, and nothing else: rows are as the other acts on the tag leave them. Raises `NotFoundError`
    for an unknown act, `UsageError` for one of somebody else, one that was taken back, or of a dataset in the trash.
    Returns that act."""
    found = context.ledger.tags.by_id(act_id)
    if found is None or found.undoes is not None:
        raise NotFoundError(f"No act on tags has the id {act_id!r}.", "It is told when a tag is put on or taken off.")
    if found.tagged_by != by:
        raise UsageError(f"It was done by {found.tagged_by}: only they can undo it.", "Take the tag off instead.")
    undo_id = undo_id or new_id()
    if found.undone_by is None:
        _check_open(context, found.dataset_id)
        undo = TagAct(*(undo_id, found.dataset_id, found.tag, False, found.among, by, datetime.now(UTC)), undoes=act_id)
        context.ledger.tags.append([(undo, ())])
        found = context.ledger.tags.by_id(act_id) or found
    if found.undone_by != undo_id:
        raise UsageError("It was taken back already.", "There is nothing left to undo.")
    return acts_shown(context, [found])[0]


@dataclass(frozen=True, slots=True)
class OneTag:
    """A tag that somebody put on one row, or took off it, on a screen."""

    client_key: str
    example_id: int
    tag: str
    puts: bool
    undoes: str = ""
    """The client key of the act that it takes back, where it does."""


def read_tags(sent: Sequence[Mapping[str, object]]) -> list[OneTag]:
    """The acts on tags of a browser's report, in their order; what has no usable form is left out."""
    found = []
    for one in sent:
        key, row, tag, action, target = (one.get(name) for name in ("key", "example_id", "tag", "action", "target"))
        usable = isinstance(key, str) and 0 < len(key) <= 64 and type(row) is int and isinstance(tag, str)
        if usable and action in ("tag", "untag"):
            found.append(OneTag(str(key), int(str(row)), str(tag), action == "tag"))
        elif usable and action == "undo_tag" and isinstance(target, str):
            found.append(OneTag(str(key), int(str(row)), str(tag), puts=False, undoes=target))
    return found


@dataclass(frozen=True, slots=True)
class TagsTaken:
    """What became of acts on tags."""

    acknowledged: tuple[str, ...]
    """Client keys of all of them: the browser need not keep them."""
    refused: tuple[tuple[str, str], ...]
    """Client keys of those that were not taken down, and why."""


def record_tags(context: Context, version: Version, by: str, acts: Sequence[OneTag]) -> TagsTaken:
    """Takes down acts of a screen in their order, each once by its client key, all together. Refused are those on rows
    that the version does not have, with what is no tag, and that take back what somebody else did."""
    if not acts:
        return TagsTaken((), ())
    keys = tuple(one.client_key for one in acts)
    if why := stopped(get_dataset(context.store, version.dataset_id)):
        return TagsTaken(keys, tuple((key, why) for key in keys))
    known = list(tags.tag_names(context.store, version.dataset_id))
    asked = sorted({one.example_id for one in acts if may_be_row(one.example_id)})
    rows = labels_of(context.store, version.version_id, asked)
    refused, now = [], datetime.now(UTC)
    fresh: list[tuple[TagAct, tuple[int, ...]]] = []
    for sent in acts:
        one = replace(sent, tag=tags.tag_meant(context.store, version.dataset_id, sent.tag))
        if one.example_id not in rows:
            refused.append((one.client_key, stored(f"Row {one.example_id} is not in this version.")))
            continue
        if one.undoes:
            before = _own(context, version, by, one, [act for act, _ in fresh])
            if before is None:
                why = stored(
                    f"Only who put the tag {one.tag} on row {one.example_id}, or took it off, takes that back."
                )
                refused.append((one.client_key, why))
            else:
                undo = TagAct(one.client_key, version.dataset_id, before.tag, False, before.among, by, now, one.undoes)
                fresh.append((undo, ()))
            continue
        try:
            tag = checked_tag(one.tag, known)
        except UsageError as error:
            refused.append((one.client_key, str(error)))
            continue
        known.append(tag)
        act = TagAct(one.client_key, version.dataset_id, tag, one.puts, _of_row(one), by, now, rows=1)
        fresh.append((act, (one.example_id,)))
    context.ledger.tags.append(fresh)
    return TagsTaken(keys, tuple(refused))


def _own(context: Context, version: Version, by: str, undo: OneTag, unwritten: Sequence[TagAct]) -> TagAct | None:
    """What an undo takes back: an act of this person on that very tag of that row alone; None for any other."""
    act_id = undo.undoes
    found = next((one for one in unwritten if one.act_id == act_id), None) or context.ledger.tags.by_id(act_id)
    if found is None or found.undoes is not None:
        return None
    own = (found.tagged_by, found.dataset_id) == (by, version.dataset_id)
    that_row = (found.rows, found.among) == (1, _of_row(undo))
    return found if own and that_row and found.tag.casefold() == " ".join(undo.tag.split()).casefold() else None


def _of_row(one: OneTag) -> str:
    """Which rows a screen's act is on, in words."""
    return f"row {one.example_id}"


def _check_open(context: Context, dataset_id: str) -> None:
    if why := stopped(get_dataset(context.store, dataset_id)):
        raise UsageError(why, "Nothing was changed.")

"""One act on many rows: a selection, or all that a filter keeps. Looked at first, written down in blocks, taken back
whole. Each row gets a decision of its own, so that all else reads them as any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.issues import settles
from core.progress import Report
from core.records import (
    LIST,
    Action,
    BulkAct,
    Decision,
    Example,
    Version,
)
from core.review.many import Doing, check, outcome
from core.services.classes.adding import forget_class
from core.services.review.among import Among
from core.services.review.decisions import stopped
from core.services.review.moved import Moved, Moves
from core.services.review.planned import NO_ROWS, aside, rows_of_plan, settled_lists
from core.services.review.writing import BLOCK, Block, Done, undone, written
from core.store.acts import many
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import get_rows
from core.store.versions import get_version
from core.targets import Target
from core.tasks import target_of

MAX_ROWS = 100_000
"""An act on more is refused: all acts are in memory beside the store."""
FIRST_ROWS = 5
TRIES = 3
"""Times that rows are counted anew which others change at that moment."""
LOOKED_AT = 200
"""Rows from the top of a list of numbers, among which the first that change are found."""
KINDS = 1_000
"""Labels that are numbers may be as many as rows: more kinds of change are only told in all."""
NEW_CLASS = "new_class"
"""A key of what was `shown` with a decision: the class that its act has put on the dataset's list."""


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to which the same happens."""

    before: str | None
    after: str | None
    """The label after it; None where the row is excluded."""
    rows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an act would do, before it is done."""

    among: Among
    version: Version
    doing: Doing
    matching: int
    """Rows that are asked for and the version has."""
    decided: int
    """Those of them that are decided in the list, or whose label is where the act is about that; left alone unless they
    are asked for too."""
    by_others: int
    """Those of these that others gave."""
    also_decided: bool
    rows: int
    """Rows that get a decision."""
    nothing: int
    """Rows, but for those left alone, that have the label already, or for which none is suggested."""
    changes: tuple[Change, ...]
    """Most frequent first. None of numbers with more than `KINDS`."""
    moved: Moved | None
    """How numbers change, where labels are such."""
    first: tuple[tuple[Example, str | None], ...]
    """Rows from the top of the list with the label that they would have, None where they are excluded."""
    seq: int
    """The newest act that it knows of: what was decided since is left alone."""
    kept: pa.Table = field(default_factory=lambda: NO_ROWS, compare=False, repr=False)
    """The rows that get a decision, as `rows_of_plan`; none of more than one act takes."""


def plan(context: Context, among: Among, doing: Doing, reviewer: str, *, also_decided: bool = False) -> Plan:
    """What an act would do: counts by label, the first rows, and which rows, where one act may be on so many.

    Raises `UsageError` for an act that makes no sense for such labels, and where the rows become others all the while.
    """
    for _ in range(TRIES):
        found = _counted(context, among, doing, reviewer, also_decided)
        if found.rows > MAX_ROWS:
            return found
        _, _, target = _about(context, among)
        kept = rows_of_plan(context, among, found.doing, target, also_decided=also_decided)
        if len(kept) == found.rows:
            return replace(found, kept=kept)
    raise UsageError("The rows became others while they were counted.", "Look again in a moment.")


def _counted(context: Context, among: Among, doing: Doing, reviewer: str, also_decided: bool) -> Plan:
    version, labels, target = _about(context, among)
    doing = check(doing, frozenset(labels), target)
    seq = context.store.newest_act()
    changes: Counter[tuple[str | None, str | None]] = Counter()
    moves = Moves() if target.numeric else None
    matching = decided = by_others = nothing = taken = 0
    first: dict[int, str | None] = {}
    asked = context.store, version.version_id, among.query(context), settled_lists(among, doing)
    for pair in many.pairs(*asked, reviewer, rows_too=moves is None):
        matching, decided, by_others = matching + pair.rows, decided + pair.decided, by_others + pair.by_others
        rows = pair.rows if also_decided else pair.rows - pair.decided
        made = outcome(doing, pair.label, pair.suggested, target)
        if made is None:
            nothing += rows
            continue
        if rows:
            after = _after(made, pair.label)
            taken += rows
            if moves is None or len(changes) <= KINDS:
                changes[pair.label, after] += rows
            if moves is not None and pair.label is not None:
                moves.add(pair.label, after, rows)
            first |= dict.fromkeys((pair.first if also_decided else pair.first_undecided)[:FIRST_ROWS], after)
    shown = sorted(first)[:FIRST_ROWS]
    if moves is not None:
        for example_id, label, suggested in many.top(*asked, LOOKED_AT, also_decided=also_decided):
            made = outcome(doing, label, suggested, target)
            if made is not None:
                first[example_id] = _after(made, label)
        shown = list(first)[:FIRST_ROWS]
        if len(changes) > KINDS:
            changes.clear()
    examples = get_rows(context.store, version.version_id, shown)
    listed = tuple(Change(before, after, count) for (before, after), count in changes.most_common())
    return Plan(
        *(among, version, doing, matching, decided, by_others, also_decided, taken, nothing, listed),
        None if moves is None else moves.moved(),
        tuple((example, first[example.example_id]) for example in examples),
        seq,
    )


def _after(made: tuple[Action, str | None], before: str | None) -> str | None:
    """The label after a decision; None where the row is excluded."""
    action, label = made
    return {"exclude": None, "relabel": label}.get(action, before)


def check_size(planned: Plan) -> None:
    """Raises `UsageError` for a plan that does nothing, or more than one act may."""
    if not planned.rows:
        raise UsageError("No row would be changed.", "Take other rows, or another act.")
    if planned.rows > MAX_ROWS:
        raise UsageError(
            f"{planned.rows:,} rows are more than one act takes ({MAX_ROWS:,}).",
            "Narrow the filter and do it in parts.",
        )


def carry_out(
    context: Context, planned: Plan, reviewer: str, words: str, act_id: str = "", report: Report | None = None
) -> Done:
    """Does what was planned, to these very rows; a second call with the same `act_id` writes what the first left out.
    `words` say which rows these are. A row that somebody has decided since the plan was made is left alone.

    Raises `UsageError` where it is too large, or the dataset is in the trash.
    """
    check_size(planned)
    version, _, target = _about(context, planned.among)
    why = stopped(get_dataset(context.store, version.dataset_id))
    if why:
        raise UsageError(why, "Nothing was changed.")
    doing = planned.doing
    act = _act(act_id or new_id(), version, doing, words, reviewer)
    context.ledger.bulk.add(act)
    blocks = _blocks(context, planned, target)
    return written(context, act, blocks, planned.rows, report, planned.among.scan_id)


def take_back(context: Context, act_id: str, reviewer: str, undo_id: str = "", report: Report | None = None) -> Done:
    """Undoes all that an act decided, and nothing else; an undo that stopped half way is gone on with. Raises
    `NotFoundError` for an unknown act, `UsageError` for one of somebody else, one that was taken back, or of a dataset
    in the trash."""
    found = context.ledger.bulk.by_id(act_id)
    if found is None or found.action == "undo":
        raise NotFoundError(f"No act on many rows has the id {act_id!r}.", "Take one from the list of decisions.")
    if found.reviewer != reviewer:
        raise UsageError(f"It was done by {found.reviewer}: only they can undo it.", "Decide the rows again instead.")
    if found.taken_back and found.undone_by != undo_id:
        raise UsageError("It was taken back already.", "There is nothing left to undo.")
    if why := stopped(get_dataset(context.store, found.dataset_id)):
        raise UsageError(why, "Nothing was changed.")
    version = get_version(context.store, found.version_id)
    act = BulkAct(
        *(
            found.undone_by or undo_id or new_id(),
            version.dataset_id,
            version.version_id,
            "undo",
            found.label,
            found.among,
            reviewer,
        ),
        *(datetime.now(UTC), act_id),
    )
    context.ledger.bulk.add(act)
    done = undone(context, act, found.rows, report)
    one = context.ledger.bulk.any_decision(act_id)
    if one is not None and (made := one.shown.get(NEW_CLASS)):
        forget_class(context, version.dataset_id, str(made))
    return done


def acts(context: Context, dataset_id: str, limit: int, offset: int = 0) -> tuple[int, list[BulkAct]]:
    """How many acts on many rows there are on a dataset, and some of them, newest first."""
    return context.ledger.bulk.count(dataset_id), context.ledger.bulk.page(dataset_id, limit=limit, offset=offset)


def rows_of_act(context: Context, act: BulkAct, limit: int, offset: int = 0) -> list[tuple[Decision, Example]]:
    """What an act decided, row by row, with the rows as the version has them."""
    found = context.ledger.bulk.decisions(act.act_id, limit=limit, offset=offset)
    examples = get_rows(context.store, act.version_id, [one.example_id for one in found])
    return list(zip(found, examples, strict=True))


def _about(context: Context, among: Among) -> tuple[Version, tuple[str, ...], Target]:
    version = get_version(context.store, among.version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    return version, dataset.labels, target_of(dataset)


def _act(act_id: str, version: Version, doing: Doing, words: str, reviewer: str) -> BulkAct:
    return BulkAct(
        *(act_id, version.dataset_id, version.version_id, doing.action, doing.label, words, reviewer),
        datetime.now(UTC),
    )


def _blocks(context: Context, planned: Plan, target: Target) -> Iterator[Block]:
    @cache
    def made(label: str | None, suggested: str | None) -> tuple[Action, str | None]:
        found = outcome(planned.doing, label, suggested, target)
        assert found is not None, "a plan keeps the rows to which something happens"
        return found

    about = aside(planned.among, planned.doing)

    @cache
    def settled(action: Action, excluded: bool, every: bool) -> str:
        """What a decision keeps of what it settles, as keys of a JSON object."""
        return json.dumps(settles(planned.among.issue_type, action, excluded, every=every))[1:-1]

    shown_of = cache(partial(_shown, tier=planned.among.tier, issue_type=planned.among.issue_type))
    seq, lists = context.store.newest_act(), settled_lists(planned.among, planned.doing)
    for batch in many.with_verdicts(context.store, planned.version.version_id, planned.kept, lists, BLOCK):
        still = pc.is_null(batch.column("decided"))
        if planned.also_decided:
            still = pc.or_kleene(still, pc.less_equal(batch.column("decided"), planned.seq))
        left = batch.filter(still)
        for excluded in (False, True) if about else (None,):
            part = left if excluded is None else left.filter(pc.equal(left.column("excluded"), excluded))
            rows, labels, suggested, scores, on_label, in_list, out, every, _ = (
                one.to_pylist() for one in part.columns
            )
            does = list(map(made, labels, suggested))
            known = map(_with_score, map(shown_of, labels, suggested), scores)
            keys = map(settled, (action for action, _ in does), out, every)
            shown = list(map(_with, known, keys))
            alone = about if excluded is False else None
            yield Block(rows, does, shown, on_label if alone is None else in_list, seq, alone)


def _shown(label: str | None, suggested: str | None, tier: str | None, issue_type: str | None) -> str:
    """What a decision keeps of what was known of the row, as JSON."""
    found = {"given_label": label, "suggested_label": suggested, "tier": tier, LIST: issue_type}
    return json.dumps({name: value for name, value in found.items() if value is not None})


def _with_score(shown: str, score: float | None) -> str:
    return shown if score is None else _with(shown, f'"score": {round(score, 6)}')


def _with(shown: str, more: str) -> str:
    """A JSON object as text with more keys."""
    return f"{shown[:-1]}{', ' if shown != '{}' and more else ''}{more}}}"

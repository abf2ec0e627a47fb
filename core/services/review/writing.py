"""What one act decides of many rows, judged and written in blocks as columns: no row is an object of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from core.context import Context
from core.errors import UsageError
from core.progress import Report
from core.records import NO_LABEL, Action, BulkAct
from core.services.review.decisions import stopped, turn_of
from core.store.acts import many
from core.store.datasets import get_dataset
from core.store.ids import new_ids
from core.store.rows import words_of
from core.targets import Target
from core.tasks import target_of

BLOCK = 20_000
"""Rows written at once. Other reviewers wait for no more than that."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one act that are written together, as columns of one length."""

    example_ids: Sequence[int]
    made: Sequence[tuple[Action, str | None]]
    """What becomes of each: the action, and the label of a `relabel`."""
    shown: Sequence[str]
    """As JSON, what a `Decision` keeps of what was known of the row."""
    seen: Sequence[str | None]
    """The decision that was in force on each when these rows were read, of what they are about: it is replaced, and no
    other."""
    seq: int
    """The newest act of that time."""
    aside: str | None = None
    """The list of issues that they are about alone, as `core.records.ASIDE`."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act."""

    act: BulkAct
    rows: int
    """Decisions that it wrote."""
    left_alone: int
    """The other rows that it was to be on: somebody decided them, or took them back, meanwhile."""


def written(
    context: Context,
    act: BulkAct,
    blocks: Iterator[Block],
    total: int,
    report: Report | None,
    scan_id: str | None = None,
) -> Done:
    """Writes an act that was added and what it decides, block by block; what it has decided before stays as it is.
    Raises `UsageError` where the dataset is moved to the trash meanwhile, or does not have a class any more."""
    done = 0
    for block in blocks:
        with context.beside.turn(turn_of(act.version_id)):
            _write(context, act, block, scan_id)
        done += len(block.example_ids)
        if report is not None:
            report(done, total)
    return _done(context, act, total)


def undone(context: Context, act: BulkAct, total: int, report: Report | None) -> Done:
    """As `written`, of an act that takes another one back: of each row that nobody has taken back by itself. Raises
    `UsageError` where the dataset is moved to the trash meanwhile."""
    assert act.undoes is not None, "an undo is of an act"
    done = after = 0
    while True:
        with context.beside.turn(turn_of(act.version_id)):
            rows = many.to_undo(context.store, act.undoes, after, BLOCK)
            if not rows.num_rows:
                break
            if why := stopped(get_dataset(context.store, act.dataset_id)):
                raise UsageError(why, "What was taken back until then stays taken back.")
            _append(
                context,
                act,
                rows.column("example_id").to_pylist(),
                [("undo", None)] * rows.num_rows,
                ["{}"] * rows.num_rows,
                rows.column("scan_id").to_pylist(),
                rows.column("decision_id").to_pylist(),
            )
        after = rows.column("seq")[-1].as_py()
        done += rows.num_rows
        if report is not None:
            report(done, total)
    return _done(context, act, total)


def _write(context: Context, act: BulkAct, block: Block, scan_id: str | None) -> None:
    """Writes what may be written of a block."""
    dataset = get_dataset(context.store, act.dataset_id)
    if why := stopped(dataset):
        raise UsageError(why, "What was decided until then stands.")
    target = target_of(dataset)
    for label in {label for _, label in block.made if label not in (None, NO_LABEL)}:
        if problem := target.objection(label or "", frozenset(dataset.labels)):
            raise UsageError(problem, "What was decided until then stands.")
    left = _decided_meanwhile(context, act, block) | _misfits(context, act, block, target)
    rows, made, shown = block.example_ids, block.made, block.shown
    if left:
        at = [place for place, row in enumerate(rows) if row not in left]
        rows, made, shown = [rows[place] for place in at], [made[place] for place in at], [shown[place] for place in at]
    _append(context, act, rows, made, shown, [scan_id] * len(rows), [None] * len(rows))


def _append(
    context: Context,
    act: BulkAct,
    example_ids: Sequence[int],
    made: Sequence[tuple[Action, str | None]],
    shown: Sequence[str],
    scan_ids: Sequence[str | None],
    undoes: Sequence[str | None],
) -> None:
    if not example_ids:
        return
    text = pa.string()
    rows = pa.table(
        {
            "decision_id": pa.array(new_ids(len(example_ids)), text),
            "example_id": pa.array(example_ids, pa.int64()),
            "action": pa.array([action for action, _ in made], text),
            "new_label": pa.array([label for _, label in made], text),
            "scan_id": pa.array(scan_ids, text),
            "shown": pa.array(shown, text),
            "undoes": pa.array(undoes, text),
        }
    )
    acts = context.ledger.bulk.write(act, rows)
    if acts is not None:
        context.store.take_in_acts(acts)


def _decided_meanwhile(context: Context, act: BulkAct, block: Block) -> set[int]:
    """The rows of a block on which another decision is in force by now than the one that was seen."""
    touched = many.in_force_since(context.store, act.version_id, block.seq, act.act_id, block.aside)
    if not touched:
        return set()
    seen = dict(zip(block.example_ids, block.seen, strict=True))
    return {row for row, now in touched.items() if row in seen and now is not None and now != seen[row]}


def _misfits(context: Context, act: BulkAct, block: Block, target: Target) -> set[int]:
    """The rows whose new label lies in the text, and not in theirs."""
    if not target.located:
        return set()
    new = {row: label for row, (_, label) in zip(block.example_ids, block.made, strict=True) if label}
    words = words_of(context.store, act.version_id, sorted(new))
    return {row for row, label in new.items() if target.misfit(label, words[row])}


def _done(context: Context, act: BulkAct, total: int) -> Done:
    found = context.ledger.bulk.by_id(act.act_id)
    rows = found.rows if found is not None else 0
    return Done(act, rows, max(0, total - rows))

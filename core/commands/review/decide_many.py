"""The part of `decide` that does one thing to every row that a filter keeps, or takes such an act back."""

from __future__ import annotations

from typing import Any

from core.commands.command import Answer, rows_words
from core.commands.parameters import dataset_version
from core.commands.review.rows_asked import rows_asked
from core.context import Context
from core.errors import UsageError
from core.records import BulkAction
from core.review.many import Doing, said
from core.services.review.many import Plan, carry_out, plan, take_back
from core.services.review.moved import moved_words
from core.targets import Target
from core.tasks import target_of
from core.typed import to_json

FEW_NUMBERS = 10
"""More kinds of change of labels that are numbers are told all in one."""


def decide_many(
    context: Context,
    name: str,
    reviewer: str,
    act: BulkAction,
    to: str | None,
    *,
    also_decided: bool,
    dry_run: bool,
    **which: Any,
) -> Answer:
    """Does it, or says what it would do; `which` are the options that say which rows. Raises `UsageError` as
    `rows_asked`."""
    dataset, version = dataset_version(context, name)
    among, described = rows_asked(context, dataset, version, suggests=act == "suggestion", **which)
    doing = Doing(act, to)
    planned = plan(context, among, doing, reviewer, also_decided=also_decided)
    target = target_of(dataset)
    data = _data(name, planned)
    if dry_run:
        return Answer({**data, "act": None}, _text(name, planned, target))
    done = carry_out(context, planned, reviewer, described)
    left = f"; {done.left_alone:,} were decided by somebody meanwhile and left alone" if done.left_alone else ""
    return Answer(
        {**data, "act": done.act.act_id, "written": done.rows, "left_alone": done.left_alone},
        f"{rows_words(done.rows)} of {name} {said(planned.doing, target)}, for version {version.number}{left}. "
        f"To take it back: decide {name} --undo {done.act.act_id}",
    )


def undo_many(context: Context, name: str, act_id: str, reviewer: str) -> Answer:
    """Takes an act on many rows back whole."""
    dataset, _ = dataset_version(context, name)
    known = context.ledger.bulk.by_id(act_id)
    if known is not None and known.dataset_id != dataset.dataset_id:
        raise UsageError(f"The act {act_id} was on another dataset.", "Name that one.")
    done = take_back(context, act_id, reviewer)
    data = {"dataset": name, "act": done.act.act_id, "undoes": act_id, "written": done.rows}
    before = f" {done.left_alone:,} had been taken back already." if done.left_alone else ""
    return Answer({**data, "left_alone": done.left_alone}, f"{rows_words(done.rows)} of {name} taken back.{before}")


def _data(name: str, planned: Plan) -> dict[str, object]:
    return {
        "dataset": name,
        "version": planned.version.number,
        "matching": planned.matching,
        "rows": planned.rows,
        "decided": planned.decided,
        "unchanged": planned.nothing,
        "changes": [{"from": one.before, "to": one.after, "rows": one.rows} for one in planned.changes],
        **({} if planned.moved is None else {"numbers": to_json(planned.moved)}),
    }


def _text(name: str, planned: Plan, target: Target) -> str:
    def words(label: str | None, none: str) -> str:
        return none if label is None else target.words(label)

    lines = [f"{rows_words(planned.rows)} of {planned.matching:,} of {name} would be {said(planned.doing, target)}."]
    moved = planned.moved
    if moved is not None and (not planned.changes or len(planned.changes) > FEW_NUMBERS):
        without = planned.rows - moved.rows
        lines.append(f"  {moved.rows:,} from {moved_words(moved, said(planned.doing, target))}")
        lines += [f"  {without:,} without a label"] if without else []
    for one in planned.changes if len(lines) == 1 else ():
        after = words(one.after, "excluded") if one.after != one.before else said(planned.doing, target)
        lines.append(f"  {words(one.before, 'no label')} → {after}: {one.rows:,}")
    if planned.decided and not planned.also_decided:
        lines.append(f"{rows_words(planned.decided)} with a verdict left alone (--also-decided takes them in).")
    if planned.nothing:
        lines.append(f"{rows_words(planned.nothing)} with nothing to change.")
    return "\n".join(lines)

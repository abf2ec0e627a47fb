"""What one act on many rows would change, in words: by label, and of one row."""

from __future__ import annotations

from core.review.many import said
from core.review.words import label_words
from core.services.review.many import Plan
from core.services.review.moved import moved_words
from core.targets import Target
from core.ui.parts.problems import plain
from core.words import say, say_n

LISTED = 6
"""Kinds of change that a preview lists."""


def kinds_of_change(planned: Plan, target: Target) -> list[str]:
    """Rows by label and what it becomes; numbers of more than a few kinds all in one."""
    moved, kinds = planned.moved, len(planned.changes)
    if moved is not None and not (0 < kinds <= LISTED and (kinds < moved.rows or kinds == 1)):
        lines = [f"- **{_rows(moved.rows)}**: {plain(moved_words(moved, said(planned.doing, target)))}"]
        without = planned.rows - moved.rows
        after = _after(target, planned, None, planned.doing.label)
        none = f"- **{_rows(without)}**: {plain(label_words(None, target))} → {plain(after)}"
        return [*lines, none] if without else lines
    lines = [
        f"- {f'**{change.rows:,}**' if moved is None else f'**{_rows(change.rows)}**:'} "
        f"{plain(label_words(change.before, target))} → "
        f"{plain(_after(target, planned, change.before, change.after))}"
        for change in planned.changes[:LISTED]
    ]
    more = planned.changes[LISTED:]
    if more:
        lines.append(say("- **{n:,}** of {kinds:,} more kinds", n=sum(change.rows for change in more), kinds=len(more)))
    return lines


def done_to_rows(planned: Plan) -> str:
    """What the button does that confirms it."""
    action, rows = planned.doing.action, planned.rows
    if action == "keep":
        return say_n("Keep {n:,} row", "Keep {n:,} rows", rows)
    if action == "exclude":
        return say_n("Exclude {n:,} row", "Exclude {n:,} rows", rows)
    if action == "unsure":
        return say_n("Set {n:,} row to unsure", "Set {n:,} rows to unsure", rows)
    return say_n("Change {n:,} row", "Change {n:,} rows", rows)


def _rows(count: int) -> str:
    return say_n("{n:,} row", "{n:,} rows", count)


def number_change(target: Target, before: str | None, after: str | None) -> str:
    """What a row's number becomes, before its words: what all rows have in common says it of no one of them."""
    if not target.numeric or after in (None, before):
        return ""
    return f"{label_words(before, target)} → {after} · "


def _after(target: Target, planned: Plan, before: str | None, after: str | None) -> str:
    if after == before or after is None:
        return said(planned.doing, target)
    return target.words(after)

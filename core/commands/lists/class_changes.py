"""The part of `classes` that renames, merges, splits and deletes classes, or says what that would change."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from core.commands.command import Answer, person
from core.context import Context
from core.errors import UsageError
from core.records import Dataset, RowFilter
from core.review.words import label_words
from core.services.classes.changing import EVERY, ClassChange, PlannedChange, carry_out_change, plan_change, words_of
from core.tasks import target_of

FEW = 10
"""Kinds of change that the text lists."""


def asked_change(
    dataset: Dataset,
    renamed: str | None,
    merged: str | None,
    split: str | None,
    deleted: str | None,
    *,
    exclude: bool,
    words: str | None,
    of_split: str | None,
    attribute: str | None,
) -> ClassChange | None:
    """The one change that the options ask for; None where they ask for none. Raises UsageError where they do not go
    together or cannot be read."""
    said = {"--rename": renamed, "--merge": merged, "--split": split, "--delete": deleted}
    asked = {option: text for option, text in said.items() if text is not None}
    where = _where(dataset, words, of_split, attribute)
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} are two acts.", "Do one after the other: each is taken back alone.")
    if where != EVERY and split is None:
        raise UsageError("--words, --of-split and --attribute say which rows of a class are split off.", "Add --split.")
    if exclude and deleted is None:
        raise UsageError("--exclude is about the rows of a class that is deleted.", "Add --delete.")
    if deleted is not None:
        of, to = _halves(dataset, "--delete", deleted, needs=not exclude)
        if exclude and to:
            raise UsageError("The rows of a deleted class are excluded or get another class.", "Say one of the two.")
        return ClassChange("delete", (of,), to or None, exclude)
    if merged is not None:
        of, to = _halves(dataset, "--merge", merged)
        return ClassChange("merge", tuple(name.strip() for name in of.split(",") if name.strip()), to)
    if split is not None:
        of, to = _halves(dataset, "--split", split)
        return ClassChange("split", (of,), to, where=where)
    if renamed is not None:
        of, to = _halves(dataset, "--rename", renamed)
        return ClassChange("rename", (of,), to)
    return None


def class_change(context: Context, dataset: Dataset, change: ClassChange, *, dry_run: bool) -> Answer:
    """Does it, or says what it would do."""
    planned = plan_change(context, dataset, change)
    data = _data(dataset, planned)
    text = _text(dataset, planned)
    if dry_run:
        return Answer({**data, "act": None}, "\n".join([*text, "Nothing was changed: leave --dry-run out to do it."]))
    done = carry_out_change(context, planned, person())
    left = f"; {done.left_alone:,} were decided by somebody meanwhile and left alone" if done.left_alone else ""
    after = [
        f"Done: {done.rows:,} rows{left}. The next version has it: `version {dataset.name} --note …`.",
        f"To take it back: decide {dataset.name} --undo {done.act.act_id} --reviewer {shlex.quote(done.act.reviewer)}",
    ]
    made = {"act": done.act.act_id, "written": done.rows, "left_alone": done.left_alone, "reviewer": done.act.reviewer}
    return Answer({**data, **made}, "\n".join([*text, *after]))


def _halves(dataset: Dataset, option: str, text: str, *, needs: bool = True) -> tuple[str, str]:
    """What stands before and behind the equals sign, of which a class may have one in its name."""
    places = [place for place, character in enumerate(text) if character == "="]
    known = {*dataset.labels, *dataset.names.values()}
    place = next((place for place in places if text[:place] in known), places[0] if places else -1)
    if place < 0 and not needs:
        return text.strip(), ""
    if place < 0:
        raise UsageError(
            f"{option}: {text!r} has no equals sign.", "Write OLD=NEW; `--delete OLD=` takes it off its rows."
        )
    return text[:place].strip(), text[place + 1 :].strip()


def _where(dataset: Dataset, words: str | None, of_split: str | None, attribute: str | None) -> RowFilter:
    if attribute is None:
        return RowFilter(text=words, split=of_split)
    name, sign, value = attribute.partition("=")
    column = next((one.column for one in dataset.attributes if one.name == name), None)
    if not sign or column is None:
        known = ", ".join(one.name for one in dataset.attributes) or "none"
        raise UsageError(f"--attribute: {attribute!r} is not ATTRIBUTE=VALUE.", f"The attributes: {known}.")
    return RowFilter(text=words, split=of_split, attribute=column, value=value)


def _data(dataset: Dataset, planned: PlannedChange) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "version": planned.version.number,
        "change": planned.change.kind,
        "of": planned.change.of,
        "to": planned.change.to,
        "new": planned.new,
        "rows": planned.rows,
        "splits": planned.splits,
        "decided": planned.decided,
        "changes": [{"from": one.before, "to": one.after, "rows": one.rows} for one in planned.changes],
        "decisions": planned.decisions,
        "runs": planned.runs,
    }


def _text(dataset: Dataset, planned: PlannedChange) -> list[str]:
    target, change = target_of(dataset), planned.change
    splits = ", ".join(f"{name or 'no split'} {rows:,}" for name, rows in planned.splits.items())
    lines = [
        f"{words_of(change)}: {planned.rows:,} rows of version {planned.version.number}" + (splits and f" ({splits})")
    ]
    for one in planned.changes[:FEW]:
        after = "excluded" if one.after is None else label_words(one.after, target)
        lines.append(f"  {target.words(one.before or '')} → {after}: {one.rows:,}")
    rest = planned.changes[FEW:]
    lines += [f"  and {sum(one.rows for one in rest):,} rows of {len(rest):,} more labels"] if rest else []
    lines += (
        [f"{planned.decided:,} of these rows have a decision, which the new one replaces."] if planned.decided else []
    )
    lines += _standing(planned.decisions, planned.runs)
    return lines


def _standing(decisions: int, runs: Sequence[int]) -> list[str]:
    said = [f"{decisions:,} decisions gave it before: they stay in the log."] if decisions else []
    named = ", ".join(map(str, runs))
    return [*said, *([f"It was learnt by run {named}: what is learnt keeps its classes."] if runs else [])]

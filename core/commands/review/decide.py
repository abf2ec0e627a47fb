"""`decide`: takes down decisions on a dataset's newest version: those of a file, one act on all rows that a filter
keeps, or one row kept of each group of near-duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.commands.command import Answer, command
from core.commands.parameters import dataset_argument, dataset_version, in_full
from core.commands.review.decide_many import decide_many, undo_many
from core.commands.review.rows_asked import rows_options
from core.context import Context
from core.errors import UsageError
from core.records import MAX_NOTE, BulkAction, IssueFilter
from core.review.many import DECIDES
from core.services.issues.listing import required_scan, type_of
from core.services.review.again import ask_again as again
from core.services.review.file import decide_file
from core.services.review.groups import keep_one as keep_one_of_each
from core.services.review.undo import take_back_one
from core.store.datasets import get_dataset


@command
@dataset_argument
@click.option("--file", type=in_full, metavar="FILE", help="CSV or JSON lines: example_id or source_id, action, label")
@click.option("--keep-one", is_flag=True, help="exclude the copies of each group of near-duplicates that agrees")
@click.option("--act", type=click.Choice(DECIDES), help="do this to every row that the options from --all on keep")
@click.option("--to", metavar="LABEL", help="with --act relabel, add or remove: the label or class")
@rows_options
@click.option("--also-decided", is_flag=True, help="decided rows too; else they are left alone")
@click.option("--dry-run", is_flag=True, help="only say what would change")
@click.option("--undo", metavar="ID", help="take one decision back, or an act on many rows; `decisions` has the ids")
@click.option("--ask-again", is_flag=True, help="have the rows that an earlier verdict settled asked for again")
@click.option("--note", metavar="TEXT", help=f"why, at most {MAX_NOTE} characters; a file's own notes go before it")
@click.option("--reviewer", required=True, metavar="WHO", help="who decided")
def decide_command(
    context: Context,
    name: str,
    file: Path | None,
    keep_one: bool,
    act: BulkAction | None,
    to: str | None,
    also_decided: bool,
    dry_run: bool,
    undo: str | None,
    ask_again: bool,
    note: str | None,
    reviewer: str,
    **which: Any,
) -> Answer:
    """Take down decisions: of a file, of all rows that a filter keeps, or one of each group kept; or take some back."""
    if [file is not None, keep_one, act is not None, undo is not None, ask_again].count(True) != 1:
        raise UsageError(
            "Decisions come from a file, one act on many rows or groups of near-duplicates, or are taken back.",
            "Give one of --file FILE, --act ACT, --keep-one, --undo ID and --ask-again.",
        )
    if note is not None and file is None and not ask_again:
        raise UsageError("--note goes with --file and --ask-again alone.", "Leave it out.")
    if keep_one:
        return _keep_one(context, name, reviewer)
    if undo is not None and context.ledger.bulk.by_id(undo) is not None:
        return undo_many(context, name, undo, reviewer)
    if undo is not None:
        return _undo(context, name, undo, reviewer)
    if ask_again:
        return _ask_again(context, name, reviewer, note)
    if act is not None:
        asked = {"also_decided": also_decided, "dry_run": dry_run, **which}
        return decide_many(context, name, reviewer, act, to, **asked)
    assert file is not None, "it is the one that is left"
    return _of_file(context, name, file, reviewer, note)


def _of_file(context: Context, name: str, file: Path, reviewer: str, note: str | None) -> Answer:
    done = decide_file(context, name, file, reviewer, note)
    data = {
        "dataset": name,
        "version": done.version.number,
        "read": done.read,
        "written": done.written,
        "unchanged": done.unchanged,
        "overruled": done.overruled,
        "by_source_ids": bool(done.source_column),
    }
    text = f"{done.written:,} of {done.read:,} decisions written for version {done.version.number} of {name}"
    if done.unchanged:
        text += f"; {done.unchanged:,} were in force already"
    if done.overruled:
        text += f"; {done.overruled:,} overrule another reviewer"
    if done.source_column:
        text += f"; its {done.source_column} was read as the source's own"
    return Answer(data, f"{text}.")


def _undo(context: Context, name: str, decision_id: str, reviewer: str) -> Answer:
    done = take_back_one(context, get_dataset(context.store, name), decision_id, reviewer)
    data = {
        "dataset": name,
        "decision_id": decision_id,
        "example_id": done.decision.example_id,
        "version": done.version.number,
        "still_in_versions": done.held_by,
    }
    return Answer(data, done.said)


def _ask_again(context: Context, name: str, reviewer: str, note: str | None) -> Answer:
    _, version = dataset_version(context, name)
    scan = required_scan(context, version.version_id, name)
    rows = again(context, scan, IssueFilter(), reviewer, note)
    data = {"dataset": name, "version": version.number, "asked_again": len(rows)}
    return Answer(data, f"{len(rows):,} rows of version {version.number} of {name} are asked for again.")


def _keep_one(context: Context, name: str, reviewer: str) -> Answer:
    _, version = dataset_version(context, name)
    scan = required_scan(context, version.version_id, name)
    done = keep_one_of_each(context, scan, type_of(scan, "near_duplicate").name, reviewer)
    data = {
        "dataset": name,
        "version": version.number,
        "excluded": len(done.example_ids),
        "groups": done.groups,
        "conflicting": done.conflicting,
    }
    text = f"{len(done.example_ids):,} copies of {done.groups:,} groups excluded for version {version.number}"
    left = f"; {done.conflicting:,} groups with conflicting labels are left as they are" if done.conflicting else ""
    return Answer(data, f"{text} of {name}{left}.")

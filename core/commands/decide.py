"""`decide`: a file of decisions, or one row of each group of near-duplicates kept, taken down as one reviewer's."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command
from core.commands.parameters import dataset_argument, dataset_version, in_full
from core.context import Context
from core.errors import UsageError
from core.services.issues.listing import required_scan, type_of
from core.services.review.file import decide_file
from core.services.review.groups import keep_one as keep_one_of_each


@command
@dataset_argument
@click.option("--file", type=in_full, metavar="FILE", help="CSV or JSON lines: example_id or source_id, action, label")
@click.option("--keep-one", is_flag=True, help="exclude the copies of each group of near-duplicates that agrees")
@click.option("--reviewer", required=True, metavar="WHO", help="who decided")
def decide_command(context: Context, name: str, file: Path | None, keep_one: bool, reviewer: str) -> Answer:
    """Take down decisions: of a file, or one of each group kept."""
    if (file is None) == (not keep_one):
        raise UsageError(
            "Decisions come from a file or from groups of near-duplicates.", "Give either --file FILE or --keep-one."
        )
    if file is None:
        return _keep_one(context, name, reviewer)
    done = decide_file(context, name, file, reviewer)
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

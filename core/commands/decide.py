"""`decide`: a file of decisions, or one row of each group of near-duplicates kept, taken down as one reviewer's."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.commands.command import Answer, Command, dataset_version
from core.services.context import Context
from core.services.issues.listing import required_scan, type_of
from core.services.review.file import decide_file
from core.services.review.groups import keep_one


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--file", type=Path, metavar="CSV", help="columns row_id or source_id, action, label")
    what.add_argument(
        "--keep-one",
        action="store_true",
        help="exclude the copies of each group of near-duplicates that agrees",
    )
    parser.add_argument("--reviewer", required=True, metavar="WHO", help="who decided")


def _run(context: Context, options: Namespace) -> Answer:
    if options.keep_one:
        return _keep_one(context, options)
    done = decide_file(context, options.name, options.file, options.reviewer)
    data = {
        "dataset": options.name,
        "version": done.version.number,
        "read": done.read,
        "written": done.written,
        "unchanged": done.unchanged,
        "overruled": done.overruled,
        "by_own_row_ids": done.by_own_row_ids,
    }
    text = f"{done.written:,} of {done.read:,} decisions written for version {done.version.number} of {options.name}"
    if done.unchanged:
        text += f"; {done.unchanged:,} were in force already"
    if done.overruled:
        text += f"; {done.overruled:,} overrule another reviewer"
    if done.by_own_row_ids:
        text += "; its row_id was read as the source's own"
    return Answer(data, f"{text}.")


def _keep_one(context: Context, options: Namespace) -> Answer:
    _, version = dataset_version(context, options.name)
    scan = required_scan(context, version.version_id, options.name)
    done = keep_one(context, scan, type_of(scan, "near_duplicate").name, options.reviewer)
    data = {
        "dataset": options.name,
        "version": version.number,
        "excluded": len(done.row_ids),
        "groups": done.groups,
        "conflicting": done.conflicting,
    }
    text = f"{len(done.row_ids):,} copies of {done.groups:,} groups excluded for version {version.number}"
    left = f"; {done.conflicting:,} groups with conflicting labels are left as they are" if done.conflicting else ""
    return Answer(data, f"{text} of {options.name}{left}.")


DECIDE = Command("decide", "Take down decisions: of a CSV file, or one of each group kept.", _arguments, _run)

"""`decide`: a file of decisions, taken down as if one reviewer had made them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.commands.command import Answer, Command
from core.services.context import Context
from core.services.review.file import decide_file


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset")
    parser.add_argument(
        "--file", type=Path, required=True, metavar="CSV", help="columns row_id or source_id, action, label"
    )
    parser.add_argument("--reviewer", required=True, metavar="WHO", help="who decided")


def _run(context: Context, options: Namespace) -> Answer:
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


DECIDE = Command("decide", "Take down the decisions of a CSV file.", _arguments, _run)

"""`decide`: a file of decisions, taken down as if one reviewer had made them."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command
from core.commands.parameters import dataset_argument
from core.services.context import Context
from core.services.review.file import decide_file


@command
@dataset_argument
@click.option("--file", type=Path, required=True, metavar="CSV", help="columns row_id or source_id, action, label")
@click.option("--reviewer", required=True, metavar="WHO", help="who decided")
def decide_command(context: Context, name: str, file: Path, reviewer: str) -> Answer:
    """Take down the decisions of a CSV file."""
    done = decide_file(context, name, file, reviewer)
    data = {
        "dataset": name,
        "version": done.version.number,
        "read": done.read,
        "written": done.written,
        "unchanged": done.unchanged,
        "overruled": done.overruled,
        "by_own_row_ids": done.by_own_row_ids,
    }
    text = f"{done.written:,} of {done.read:,} decisions written for version {done.version.number} of {name}"
    if done.unchanged:
        text += f"; {done.unchanged:,} were in force already"
    if done.overruled:
        text += f"; {done.overruled:,} overrule another reviewer"
    if done.by_own_row_ids:
        text += "; its row_id was read as the source's own"
    return Answer(data, f"{text}.")

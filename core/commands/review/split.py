"""`split`: parts of a version are made anew, or the rows of a filter are moved to one of them, or back; a new version
whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from core.commands.command import Answer, command, person
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.commands.review.rows_asked import rows_asked, rows_options
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, Version
from core.services.follow import follow
from core.services.splits import Move, move, move_back, plan_move, split_sizes, start_split
from core.store.datasets import get_dataset
from core.store.versions import get_version

METHODS = ("stratified", "leak-safe", "grouped", "random")
USUAL = "train=80,validation=10,test=10"


@command
@version_argument
@click.option("--to", metavar="S", help="move the rows that the options below keep to that split")
@click.option("--dry-run", is_flag=True, help="with --to: only say what would move")
@click.option("--undo", is_flag=True, help="put rows back into the splits that they had before this version")
@click.option(
    "--method", type=click.Choice(METHODS), help="make all parts anew: by class, by near-duplicates, by --group-by"
)
@click.option("--shares", metavar="PARTS", default=USUAL, show_default=True, help="with --method: in per cent")
@click.option("--seed", type=int, default=0, show_default=True, help="with --method: the same seed, the same parts")
@click.option("--group-by", metavar="COLUMN", help="with --method grouped: rows of one value stay together")
@rows_options
def split_command(
    context: Context,
    name: str,
    to: str | None,
    dry_run: bool,
    undo: bool,
    method: str | None,
    shares: str,
    seed: int,
    group_by: str | None,
    **which: Any,
) -> Answer:
    """Make a version with new splits, or with rows moved to one or back."""
    dataset, version = dataset_version(context, name)
    if (to is not None) + (method is not None) + undo != 1:
        raise UsageError(
            "Say --to SPLIT to move rows, --method to make all parts anew, or --undo to take either back.",
            "One of the three.",
        )
    if undo:
        back = move_back(context, version, person())
        data = {"dataset": dataset.name, "from_version": version.number, "version": back.number}
        return Answer(data, f"{dataset.name}: version {back.number}, {back.note}.")
    if to is None:
        assert method is not None, "one of them was given"
        return _made(context, dataset, version, method, _shares(shares), seed, group_by)
    among, words = rows_asked(context, dataset, version, **which)
    planned = plan_move(context, among, to)
    data = {
        "dataset": dataset.name,
        "from_version": version.number,
        "to": planned.to,
        "rows": len(planned.rows),
        "there": planned.there,
        "sources": {part or "": rows for part, rows in planned.sources},
    }
    if dry_run:
        return Answer({**data, "version": None}, f"Would be moved: {_told(planned)}.")
    made = move(context, planned, person(), words)
    return Answer({**data, "version": made.number}, f"{dataset.name}: version {made.number}. Moved: {_told(planned)}.")


def _told(planned: Move) -> str:
    sources = ", ".join(f"{rows:,} from {part or 'no split'}" for part, rows in planned.sources) or "none"
    there = f" ({planned.there:,} are there already)" if planned.there else ""
    return f"{len(planned.rows):,} rows to {planned.to}, {sources}{there}"


def _made(
    context: Context,
    dataset: Dataset,
    version: Version,
    method: str,
    shares: Mapping[str, float],
    seed: int,
    group_by: str | None,
) -> Answer:
    column = None if group_by is None else _column(dataset, group_by)
    job = start_split(context, version.version_id, method, shares, seed, column, person())
    with ProgressLine() as line:
        follow(context, job.job_id, line.show)
    made = get_version(context.store, get_dataset(context.store, dataset.dataset_id).latest_version_id)
    sizes = {part or "": rows for part, rows in split_sizes(context, made.version_id).items()}
    told = ", ".join(f"{part or 'no split'} {rows:,}" for part, rows in sizes.items())
    data = {"dataset": dataset.name, "from_version": version.number, "version": made.number, "splits": sizes}
    return Answer(data, f"{dataset.name}: version {made.number}, {made.note}. {told}.")


def _shares(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in text.split(","):
        part, equals, share = one.partition("=")
        try:
            found[part.strip()] = float(share) / 100
        except ValueError:
            equals = ""
        if not equals or not part.strip():
            raise UsageError(f"{one!r} is no share.", f"Write them as {USUAL}.")
    return {part: share for part, share in found.items() if share}


def _column(dataset: Dataset, name: str) -> str:
    for one in dataset.attributes:
        if name in (one.name, one.column):
            return one.column
    known = ", ".join(one.name for one in dataset.attributes) or "none"
    raise NotFoundError(f"{dataset.name!r} has no column {name!r}.", f"It has: {known}.")

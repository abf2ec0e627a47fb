"""`version`: the decisions made so far become a new version of the dataset."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, person
from core.commands.parameters import dataset_version
from core.context import Context
from core.services.review.decisions import make_version


@command
@click.argument("name", help="a dataset, or NAME@VERSION: the version whose decisions are applied")
@click.option("--note", required=True, metavar="TEXT", help="what the version is, for whoever reads its list")
def version_command(context: Context, name: str, note: str) -> Answer:
    """Make a new version from the decisions."""
    dataset, parent = dataset_version(context, name)
    version = make_version(context, parent.version_id, note, person())
    text = f"{dataset.name}: version {version.number} with {version.row_count:,} rows, from version {parent.number}."
    return Answer(version, text)

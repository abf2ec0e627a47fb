"""`version`: the decisions made so far become a new version of the dataset."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.commands.command import Answer, Command, dataset_version, person
from core.services.context import Context
from core.services.review.decisions import make_version


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION: the version whose decisions are applied")
    parser.add_argument("--note", required=True, metavar="TEXT", help="what the version is, for whoever reads its list")


def _run(context: Context, options: Namespace) -> Answer:
    dataset, parent = dataset_version(context, options.name)
    version = make_version(context, parent.version_id, options.note, person())
    text = f"{dataset.name}: version {version.number} with {version.row_count:,} rows, from version {parent.number}."
    return Answer(version, text)


VERSION = Command("version", "Make a new version from the decisions.", _arguments, _run)

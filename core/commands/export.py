"""`export`: a version of a dataset as a file or folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from core.commands.command import Answer, Command, dataset_version
from core.sources.paths import expanded
from core.workflow.context import Context
from core.workflow.export import Format, export


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument("--format", choices=get_args(Format), required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="PATH")


def _run(context: Context, options: Namespace) -> Answer:
    dataset, version = dataset_version(context, options.name)
    out = export(context, version.version_id, options.format, expanded(str(options.out)).resolve())
    data = {
        "out": out,
        "format": options.format,
        "dataset": dataset.name,
        "version": version.number,
        "rows": version.row_count,
    }
    return Answer(data, f"{dataset.name}, version {version.number}: {version.row_count:,} rows in {out}")


EXPORT = Command("export", "Write a version as a file or folder.", _arguments, _run)

"""`export`: a version of a dataset as a file or folder, or the model of one of its runs as a ZIP."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.commands.command import Answer, Command, dataset_version
from core.errors import UsageError
from core.services.context import Context
from core.services.export import all_formats, export
from core.services.runs.models import export_model, find_run, snippet
from core.settings import expanded


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument("--format", choices=all_formats(), help="of a version")
    parser.add_argument("--run", metavar="R", help="the model of this run (number or id, see `runs`), as a ZIP")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH")


def _run(context: Context, options: Namespace) -> Answer:
    if options.run is not None:
        return _model(context, options)
    if options.format is None:
        raise UsageError("Neither --format nor --run is given.", f"Formats: {', '.join(all_formats())}.")
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


def _model(context: Context, options: Namespace) -> Answer:
    if options.format is not None:
        raise UsageError("--run and --format do not go together.", "A model is exported as a ZIP of its folder.")
    run = find_run(context, options.run, options.name)
    out = export_model(context, run, expanded(str(options.out)).resolve())
    data = {"out": out, "format": "zip", "dataset": options.name, "run": run.number, "bytes": out.stat().st_size}
    return Answer(data, f"Run {run.number}, {run.title}: {out}\n\n{snippet(context, run)}")


EXPORT = Command("export", "Write a version as a file or folder, or a run's model as a ZIP.", _arguments, _run)

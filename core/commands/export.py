"""`export`: a version of a dataset as a file or folder, or the model of one of its runs as a ZIP."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command
from core.commands.parameters import (
    columns_option,
    dataset_version,
    order_option,
    out_option,
    plain_option,
    version_argument,
    view_option,
    where_option,
)
from core.context import Context
from core.errors import UsageError
from core.services.export import TABLES, all_formats, export, export_rows
from core.services.runs.models import export_model, find_run, snippet
from core.services.views import ROWS, query_of


@command
@version_argument
@click.option("--format", "format_", type=click.Choice(all_formats()), help="of a version")
@click.option("--run", metavar="R", help="the model of this run (number or id, see `runs`), as a ZIP")
@view_option
@where_option
@order_option
@columns_option
@plain_option
@click.option("--names", is_flag=True, help="a column of the names of classes beside the labels, which stay as stored")
@click.option("--mask", is_flag=True, help="with [email] and the like in place of personal data, in a table")
@out_option(required=True, help="where to write it")
def export_command(
    context: Context,
    name: str,
    format_: str | None,
    run: str | None,
    view: str | None,
    where: tuple[str, ...],
    order: str | None,
    columns: str | None,
    plain: bool,
    names: bool,
    mask: bool,
    out: Path,
) -> Answer:
    """Write a version, or rows of it, as a file or folder, or a run's model."""
    if run is not None and (view or where or order or columns):
        raise UsageError("--run and a choice of rows do not go together.", "A model is exported as a whole.")
    if run is not None and format_ is not None:
        raise UsageError("--run and --format do not go together.", "A model is exported as a ZIP of its folder.")
    if run is not None:
        return _model(context, name, run, out)
    if format_ is None:
        raise UsageError("Neither --format nor --run is given.", f"Formats: {', '.join(all_formats())}.")
    dataset, version = dataset_version(context, name)
    for option, given in (("--names", names), ("--mask", mask)):
        if given and (view or where or order or columns or format_ not in TABLES):
            raise UsageError(f"{option} is for a whole version as a table.", f"Formats: {', '.join(TABLES)}.")
    query = query_of(context, dataset, ROWS, view, where, order, columns)
    if query:
        rows = export_rows(context, dataset, version.version_id, query, format_, out, plain)
    else:
        export(context, version.version_id, format_, out, plain, names, mask)
        rows = version.row_count
    data = {"out": out, "format": format_, "dataset": dataset.name, "version": version.number, "rows": rows}
    return Answer(data, f"{dataset.name}, version {version.number}: {rows:,} rows in {out}")


def _model(context: Context, name: str, run_name: str, out: Path) -> Answer:
    run = find_run(context, run_name, name)
    export_model(context, run, out)
    data = {"out": out, "format": "zip", "dataset": name, "run": run.number, "bytes": out.stat().st_size}
    return Answer(data, f"Run {run.number}, {run.title}: {out}\n\n{snippet(context, run)}")

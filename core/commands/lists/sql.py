"""`sql`: asks one SELECT of a version's views; queries are kept under names."""

from __future__ import annotations

import csv
import io

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.errors import UsageError
from core.services.privacy.always import leaving
from core.services.sql.ask import MAX_ROWS, ROWS, ask, columns
from core.services.sql.saved import query_named, save_query

WIDTH = 60
"""Characters of a cell in a terminal's table."""


@command
@version_argument
@click.argument("query", required=False, help='one SELECT, such as "SELECT label, count(*) FROM rows GROUP BY label"')
@click.option("--saved", metavar="QUERY", help="the query that was saved under a name")
@click.option("--save", metavar="QUERY", help="keep the query under a name, also for filters: sql = QUERY")
@click.option("--rows", type=click.IntRange(1, MAX_ROWS), default=ROWS, metavar="N", help="so many rows at most")
@click.option("--csv", "as_csv", is_flag=True, help="CSV in place of a table, with texts as they are")
def sql_command(
    context: Context, name: str, query: str | None, saved: str | None, save: str | None, rows: int, as_csv: bool
) -> Answer:
    """Ask one SELECT of a dataset's views; without one, list these views."""
    dataset, version = dataset_version(context, name)
    if query is not None and saved is not None:
        raise UsageError("A query and the name of a saved one are two.", "Give one of them.")
    sql = query if saved is None else query_named(context, dataset, saved)
    if sql is None:
        views = columns(context, dataset, version)
        lines = [(view.name, name, _type(kind, view.were.get(name))) for view in views for name, kind in view.columns]
        return Answer({view.name: dict(view.columns) for view in views}, table(("view", "column", "type"), lines))
    with ProgressLine() as line:
        found = ask(context, dataset, version, sql, rows, show=line.show)
    if save is not None:
        save_query(context, dataset, save, sql, person())
    names = found.names
    data = {"columns": names, "rows": found.records(), "total": found.total}
    if as_csv:
        out = io.StringIO(newline="")
        rows_out = leaving(context, dataset.dataset_id, found.records())
        csv.writer(out, lineterminator="\n").writerows([names, *([row[name] for name in names] for row in rows_out)])
        return Answer(data, out.getvalue().rstrip("\n"))
    shown = table(names, [[_short(value) for value in row] for row in found.rows])
    left = found.total - len(found.rows)
    more = f"\n{left:,} more rows; --rows shows more, up to {MAX_ROWS:,}." if left else ""
    return Answer(data, f"{shown}{more}")


def _type(kind: str, was: str | None) -> str:
    return kind if was is None else f"{kind} (masked, {was} as loaded)"


def _short(value: object) -> object:
    text = " ".join(value.split()) if isinstance(value, str) else value
    return f"{text[: WIDTH - 1]}…" if isinstance(text, str) and len(text) > WIDTH else "" if text is None else text

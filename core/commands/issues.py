"""`issues`: a ranked list of a dataset's newest scan, worst row first, as a file or on standard output."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from core.commands.command import Answer, command
from core.commands.parameters import (
    columns_option,
    dataset_version,
    in_full,
    order_option,
    plain_option,
    version_argument,
    view_option,
    where_option,
)
from core.context import Context
from core.errors import UsageError
from core.issues import ISSUE_TYPES
from core.services.issues.budget import FOLLOWING, WORTH, budget_of
from core.services.issues.listing import count, export_list, required_scan, type_of
from core.services.issues.summary import summary_data, summary_text
from core.services.lists.asked import ALL, COLUMNS, FLAGGED, SETTLED, SHOW, issue_filter, issues_listed
from core.services.views import ISSUES, query_of
from core.store.acts.of_lists import of_lists
from core.store.export import Format
from core.store.issues import BY_RANK
from core.tasks import target_of
from core.together.caller import caller

FORMATS = ("csv", "json", "parquet")
BLOCK = 1024**2


@command
@version_argument
@click.option(
    "--type", "issue_type", type=click.Choice(list(ISSUE_TYPES)), help=f"{next(iter(ISSUE_TYPES))} by default"
)
@click.option(
    "--kind",
    type=click.Choice([name for one in ISSUE_TYPES.values() for name in one.kinds]),
    help="of a type with kinds, such as content, only rows of that kind",
)
@click.option("--top", type=click.IntRange(min=1), metavar="K", help="only the K worst rows; all rows when absent")
@click.option("--flagged", is_flag=True, help="only the flagged rows: the best balance to be expected")
@click.option("--settled", is_flag=True, help="only rows that would be flagged, had no verdict settled them before")
@click.option("--no-class", is_flag=True, help="only rows that have been given none of the classes")
@view_option
@where_option
@order_option
@columns_option
@plain_option
@click.option("--summary", is_flag=True, help="how much is wrong, by class too, and what lists of each length hold")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="csv by default, json with --json")
@click.option("--out", type=in_full, metavar="FILE", help="write there instead of to standard output")
def issues_command(
    context: Context,
    name: str,
    issue_type: str | None,
    kind: str | None,
    top: int | None,
    flagged: bool,
    settled: bool,
    no_class: bool,
    view: str | None,
    where: tuple[str, ...],
    order: str | None,
    columns: str | None,
    plain: bool,
    summary: bool,
    format_: Format | None,
    out: Path | None,
) -> Answer | None:
    """Write a ranked list of what a scan found."""
    asking = caller()
    format_name: Format = format_ or ("json" if asking.json else "csv")
    if asking.json and format_name != "json" and out is None:
        raise UsageError(f"--json and --format {format_name} ask for two things on standard output.", "Add --out FILE.")
    if format_name == "parquet" and out is None and asking.out_is_terminal:
        raise UsageError("Parquet is not for a terminal.", "Add --out FILE, or pipe it on.")
    dataset, version = dataset_version(context, name)
    if no_class and not target_of(dataset).several:
        raise UsageError(
            f"--no-class: every example of {name!r} has one class.",
            "Leave it out: it is for labels of any number of classes.",
        )
    scan = required_scan(context, version.version_id, name)
    if summary:
        of = type_of(scan, issue_type)
        budget = budget_of(context, scan, of.name, FOLLOWING, WORTH)
        counts = of_lists(context.store, scan)[of.name]
        text = summary_text(name, scan, of, counts, top, budget, dataset.called)
        return Answer(summary_data(scan, of, counts, top, budget), text)
    if kind is not None and kind not in type_of(scan, issue_type).kinds:
        of_it = next(one.name for one in ISSUE_TYPES.values() if kind in one.kinds)
        raise UsageError(f"--kind {kind}: this issue type has no such kind.", f"Add --type {of_it}.")
    query = query_of(context, dataset, ISSUES, view, where, order, columns)
    asked = {SHOW: SETTLED if settled else FLAGGED} if settled or flagged else {}
    narrowed = issue_filter(dataset, issue_type, {SHOW: ALL} | query | asked)
    if no_class:
        narrowed = replace(narrowed, given_label="")
    if kind is not None:
        narrowed = replace(narrowed, kind=kind)
    shown = issues_listed(dataset, query)
    chosen = shown.columns if COLUMNS in query else ()

    def write(path: Path) -> None:
        export_list(context, scan, path, format_name, top, narrowed, chosen, shown.order, plain)

    if out is None:
        # Through a file, since DuckDB writes files: so nothing of the list passes through Python's memory.
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"issues.{format_name}"
            write(path)
            with path.open("rb") as written:
                shutil.copyfileobj(written, asking.out, BLOCK)
        asking.out.flush()
        return None
    out.parent.mkdir(parents=True, exist_ok=True)
    write(out)
    rows = min(count(context, scan, narrowed), top or sys.maxsize)
    data = {"out": out, "format": format_name, "rows": rows, "scan_id": scan.scan_id, "tier": scan.tier}
    sorted_by = "worst first" if shown.order == BY_RANK else f"by {query['order']}"
    return Answer(data, f"{rows:,} rows, {sorted_by}, from {scan.tier}: {out}")

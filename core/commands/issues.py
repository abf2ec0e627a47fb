"""`issues`: a ranked list of a dataset's newest scan, worst row first, as a file or on standard output."""

from __future__ import annotations

import shutil
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from core.commands.command import Answer, Command, dataset_version
from core.commands.issues_summary import summary_data, summary_text
from core.errors import UsageError
from core.issues import ISSUE_TYPES
from core.records import IssueFilter, Scan
from core.services.context import Context
from core.services.issues.listing import export_list, required_scan, type_of
from core.store.export import Format

FORMATS = ("csv", "json", "parquet")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument("--type", choices=ISSUE_TYPES, help=f"kind of issue, {next(iter(ISSUE_TYPES))} by default")
    parser.add_argument("--top", type=_positive, metavar="K", help="only the K worst rows; all rows when absent")
    parser.add_argument("--flagged", action="store_true", help="only the flagged rows: the best balance to be expected")
    parser.add_argument(
        "--summary",
        action="store_true",
        help="how much is wrong, by class too, and what lists of each length hold",
    )
    parser.add_argument("--format", choices=FORMATS, help="csv by default, json with --json")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of to standard output")


def _run(context: Context, options: Namespace) -> Answer | None:
    format_name: Format = options.format or ("json" if options.json else "csv")
    if options.json and format_name != "json" and options.out is None:
        raise UsageError(f"--json and --format {format_name} ask for two things on standard output.", "Add --out FILE.")
    if format_name == "parquet" and options.out is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal.", "Add --out FILE, or pipe it on.")
    _, version = dataset_version(context, options.name)
    scan = required_scan(context, version.version_id, options.name)
    if options.summary:
        kind = type_of(scan, options.type)
        return Answer(summary_data(scan, kind, options.top), summary_text(options.name, scan, kind, options.top))
    if options.out is None:
        _stream(context, scan, format_name, options)
        return None
    options.out.parent.mkdir(parents=True, exist_ok=True)
    export_list(context, scan, options.out, format_name, options.top, _whole(options))
    listed = scan.found(options.type)["flagged"] if options.flagged else scan.summary["rows"]
    rows = min(int(listed), options.top or sys.maxsize)
    data = {"out": options.out, "format": format_name, "rows": rows, "scan_id": scan.scan_id, "tier": scan.tier}
    return Answer(data, f"{rows:,} rows, worst first, from {scan.tier}: {options.out}")


def _stream(context: Context, scan: Scan, format_name: Format, options: Namespace) -> None:
    """Through a file, since DuckDB writes files: so nothing of the list passes through Python's memory."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"issues.{format_name}"
        export_list(context, scan, path, format_name, options.top, _whole(options))
        with path.open("rb") as written:
            shutil.copyfileobj(written, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _whole(options: Namespace) -> IssueFilter:
    return IssueFilter(options.type, flagged_only=options.flagged)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of rows: give 1 or more")
    return int(text)


ISSUES = Command("issues", "Write a ranked list of what a scan found.", _arguments, _run)

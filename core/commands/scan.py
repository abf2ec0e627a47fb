"""`scan`: looks for issues of every type, in the foreground; Ctrl-C stops it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.commands.command import Answer, Command, dataset_version, person
from core.commands.issues_summary import type_text
from core.commands.progress import ProgressLine
from core.records import Scan, ScanSpec
from core.services.context import Context
from core.services.issues.listing import issue_types
from core.services.scan import FLAG_BY, run_scan
from core.tasks import TASKS

DEFAULTS = ScanSpec(())
LONG = ("joint", "classes", "curve")
"""Tables, for `issues --summary`."""


def _arguments(parser: ArgumentParser) -> None:
    known = ", ".join(dict.fromkeys(name for task in TASKS.values() for name in task.default_encoders))
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument(
        "--encoder",
        action="append",
        default=[],
        metavar="NAME",
        help=f"{known}, or a model's path or hub id; again for several, quickest first; default: those of the task",
    )
    parser.add_argument(
        "--probabilities", type=Path, metavar="FILE", help="your own out-of-sample ones: .npy, .parquet or .csv"
    )
    parser.add_argument("--folds", type=int, default=DEFAULTS.folds, metavar="K")
    parser.add_argument("--seed", type=int, default=DEFAULTS.seed, metavar="S")
    parser.add_argument("--flag-by", choices=FLAG_BY, default=DEFAULTS.flag_by, help="how rows are flagged")


def _run(context: Context, options: Namespace) -> Answer:
    _, version = dataset_version(context, options.name)
    own = str(options.probabilities.resolve()) if options.probabilities else None
    spec = ScanSpec(tuple(options.encoder), options.folds, options.seed, own, options.flag_by)
    with ProgressLine() as line:
        scan = run_scan(context, version.version_id, spec, person(), line.show)
    return Answer(_data(options.name, version.number, scan), _text(options.name, scan))


def _data(name: str, number: int, scan: Scan) -> dict[str, object]:
    summary = {key: value for key, value in scan.summary.items() if key != "found"}
    found = {name: {key: value for key, value in scan.found(name).items() if key not in LONG} for name in scan.types}
    return (
        {
            "dataset": name,
            "version": number,
            "scan_id": scan.scan_id,
            "job_id": scan.job_id,
            "tier": scan.tier,
        }
        | summary
        | {"found": found}
    )


def _text(name: str, scan: Scan) -> str:
    rows = scan.summary["rows"]
    notes = [f"  {note}" for note in scan.summary.get("notes", ())]
    return "\n".join(
        [
            f"{scan.tier}, {rows:,} rows.",
            *(type_text(scan, kind) for kind in issue_types(scan)),
            *notes,
            f"What a list of each length holds: python -m core issues {name} --summary",
            f"The ranked list: python -m core issues {name} --top 20",
        ]
    )


SCAN = Command("scan", "Look for wrong labels, near-duplicates and outliers.", _arguments, _run)

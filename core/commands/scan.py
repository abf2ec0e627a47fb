"""`scan`: looks for issues of every type, in the foreground; Ctrl-C stops it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from core.commands.command import Answer, command, person
from core.commands.parameters import dataset_version, folder_or_name, in_full, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.issues import ISSUE_TYPES
from core.records import Dataset, Scan, ScanSpec
from core.services.follow import follow
from core.services.issues.listing import issue_types, required_scan
from core.services.issues.summary import type_text
from core.services.review.anew import rank_anew
from core.services.room import room_for_scan
from core.services.runs.forecast_time import time_of_scan
from core.services.runs.time_in_words import of_scan
from core.services.scan import FLAG_BY, NUMBERS_BY, run_scan
from core.store.acts.of_lists import of_lists
from core.tasks import TASKS
from core.together.caller import caller

DEFAULTS = ScanSpec(())
KNOWN = ", ".join(dict.fromkeys(name for task in TASKS.values() for name in task.modality.encoders))
FINE_TUNED = ", ".join(
    dict.fromkeys(
        name
        for task in TASKS.values()
        if not task.modality.fine_tuning.at_once
        for name in task.modality.fine_tuning.models
    )
)
LONG = ("joint", "classes", "curve")
"""Tables, for `issues --summary`."""


@command
@version_argument
@click.option(
    "--encoder",
    multiple=True,
    type=folder_or_name,
    metavar="NAME",
    help=f"{KNOWN}, or a model's path or hub id; again for several, quickest first; default: those of the task",
)
@click.option(
    "--probabilities", type=in_full, metavar="FILE", help="your own out-of-sample ones: .npy, .parquet or .csv"
)
@click.option("--folds", default=DEFAULTS.folds, metavar="K")
@click.option("--seed", default=DEFAULTS.seed, metavar="S")
@click.option(
    "--flag-by",
    type=click.Choice(tuple(dict.fromkeys((*FLAG_BY, *NUMBERS_BY)))),
    default=DEFAULTS.flag_by,
    metavar="RULE",
    help=f"how rows are flagged: {', '.join(FLAG_BY)}; of numbers {', '.join(NUMBERS_BY)}",
)
@click.option(
    "--fine-tune",
    type=folder_or_name,
    metavar="MODEL",
    help="one more result, of this model fine-tuned as a whole once for each fold without it: a bundled one "
    f"({FINE_TUNED}), a path or a hub id; takes as long as so many fine-tunes",
)
@click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice(list(ISSUE_TYPES)),
    metavar="TYPE",
    help=f"what to look for beside wrong labels, again for several: {', '.join([*ISSUE_TYPES][1:])}; default: all",
)
@click.option("--names", is_flag=True, help="names and places in English texts too: some 400 short ones a second")
@click.option(
    "--anew",
    is_flag=True,
    help="only rank the newest scan's list of wrong labels anew by what was decided since: seconds",
)
def scan_command(
    context: Context,
    name: str,
    encoder: tuple[str, ...],
    probabilities: Path | None,
    folds: int,
    seed: int,
    flag_by: str,
    fine_tune: str | None,
    types: tuple[str, ...],
    names: bool,
    anew: bool,
) -> Answer:
    """Look for wrong labels, near-duplicates, outliers and all other types of issues."""
    dataset, version = dataset_version(context, name)
    if anew:
        newest = required_scan(context, version.version_id, name)
        with ProgressLine() as line:
            follow(context, rank_anew(context, newest, person()).job_id, line.show)
        scan = required_scan(context, version.version_id, name)
        return Answer(_data(context, name, version.number, scan), _text(context, dataset, scan))
    own = str(probabilities) if probabilities else None
    spec = ScanSpec(encoder, folds, seed, own, flag_by, fine_tune or "", names=names, types=types)
    room = room_for_scan(context, version.version_id, spec)
    if room.tight:
        caller().err.write(f"{room.sentence}\n")
    caller().err.write(f"{of_scan(time_of_scan(context, version.version_id, spec))}\n")
    with ProgressLine() as line:
        scan = run_scan(context, version.version_id, spec, person(), line.show)
    return Answer(_data(context, name, version.number, scan), _text(context, dataset, scan))


def _data(context: Context, name: str, number: int, scan: Scan) -> dict[str, object]:
    summary = {key: value for key, value in scan.summary.items() if key != "found"}
    counts = of_lists(context.store, scan)
    found = {
        name: {key: value for key, value in scan.found(name).items() if key not in LONG} | asdict(counts[name])
        for name in scan.types
    }
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


def _text(context: Context, dataset: Dataset, scan: Scan) -> str:
    rows, counts = scan.summary["rows"], of_lists(context.store, scan)
    notes = [f"  {note}" for note in scan.summary.get("notes", ())]
    return "\n".join(
        [
            f"{scan.tier}, {rows:,} rows.",
            *(type_text(scan, kind, counts[kind.name], dataset.called) for kind in issue_types(scan)),
            *notes,
            f"What a list of each length holds: python -m core issues {dataset.name} --summary",
            f"The ranked list: python -m core issues {dataset.name} --top 20",
        ]
    )

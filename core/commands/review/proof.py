"""`proof`: how well the detectors find errors that are planted in copies of the labels, in the foreground."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.jobs.proof.spec import REPEATS
from core.services.issues.listing import required_scan
from core.services.issues.proof import beside_decided, first_manner, manner_named, run_proof, standings, winner
from core.services.issues.proof_words import beside_words, conclusion, how_words, trust
from core.typed import to_json


@command
@version_argument
@click.option("--version", type=int, metavar="V", help="a version that was scanned; default: the newest")
@click.option("--copies", default=REPEATS, metavar="C", help="copies with planted errors, for each manner of planting")
@click.option("--manner", metavar="M", help="which manner of planting the table is of; default: the most lifelike")
def proof_command(context: Context, name: str, version: int | None, copies: int, manner: str | None) -> Answer:
    """Plant known errors in copies and compare the detectors on them."""
    dataset, chosen = dataset_version(context, name, version)
    manner = manner_named(dataset, manner)
    scan = required_scan(context, chosen.version_id, name)
    with ProgressLine() as line:
        result = run_proof(context, chosen.version_id, by=person(), repeats=copies, on_progress=line.show)
    manner = first_manner(result, manner)
    found, beside = winner(result, manner), beside_decided(context, scan, result)
    data = to_json(result) | {
        "dataset": name,
        "version": chosen.number,
        "manner": manner,
        "standings": [to_json(one) for one in standings(result, manner)],
        "winner": found.best,
        "conclusion": conclusion(result, manner),
        "beside_decided": None if beside is None else to_json(beside),
    }
    lines = [
        (
            one.detector,
            f"{one.half:,.0f}",
            f"{one.most:,.0f} ({one.most_low:,.0f} – {one.most_high:,.0f})",
            f"{one.average_precision:.2f}",
            f"{one.average_least:.2f}",
            "" if one.decided is None else f"{one.decided.average_precision:.2f}",
        )
        for one in standings(result, manner)
    ]
    columns = ("detector", "rows to half", "rows to 4 of 5", "average precision", "at least", "on judged rows")
    text = [
        conclusion(result, manner),
        *([] if beside is None else [beside_words(beside)]),
        "",
        table(columns, lines),
        how_words(dataset, result, manner),
        trust(manner),
        *(f"  {note}" for note in result.notes),
    ]
    return Answer(data, "\n".join(text))

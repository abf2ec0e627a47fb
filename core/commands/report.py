"""`report`: a run's evaluation as one HTML file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.commands.command import Answer, Command, person
from core.commands.evaluate import add_split_and_labels
from core.errors import UsageError
from core.services.context import Context
from core.services.evaluation.report import report
from core.settings import expanded
from core.store.datasets import get_dataset


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset")
    parser.add_argument("--run", required=True, metavar="R", help="number or id, see `runs`")
    add_split_and_labels(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="where to write the HTML file")


def _run(context: Context, options: Namespace) -> Answer:
    run = context.ledger.runs.get(get_dataset(context.store, options.name).dataset_id, options.run)
    out = expanded(str(options.out)).resolve()
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or name another file with --out.")
    text = report(context, run, options.split, options.labels, by=person())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    data = {"out": out, "run": run.number, "split": options.split, "bytes": out.stat().st_size}
    return Answer(data, f"Run {run.number} on {options.split}: {out}")


REPORT = Command("report", "Write an evaluation as one HTML file that prints and needs no network.", _arguments, _run)

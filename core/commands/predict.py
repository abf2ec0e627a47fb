"""`predict`: what a run's model says of the rows of a file, or of images."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, get_args

from core.commands.command import Answer, Command, person, table
from core.commands.progress import ProgressLine
from core.errors import UsageError
from core.records import Run
from core.services.context import Context
from core.services.prediction.predict import Format, look, result_of, run_predict, write_results
from core.services.runs.models import find_run
from core.settings import expanded
from core.store.datasets import get_dataset

TOP_CLASSES = 20
SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".json": "json"}


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="+",
        metavar="FILE",
        help="CSV, TSV, JSON, Parquet or Excel with texts; or images: files, folders, ZIP archives",
    )
    parser.add_argument("--run", required=True, metavar="R", help="number or id, see `runs`")
    parser.add_argument("--dataset", metavar="N", help="whose run it is, where several have one of that number")
    parser.add_argument("--column", metavar="COL", default="", help="the column with the texts; guessed when absent")
    parser.add_argument("--out", type=Path, metavar="PATH", help="default: FILE-predicted.csv in this folder")
    parser.add_argument("--format", choices=get_args(Format), help="default: by the ending of --out, else csv")


def _run(context: Context, options: Namespace) -> Answer:
    run = find_run(context, options.run, options.dataset)
    out, format_ = _target(options)
    batch = look(context, run, options.file, column=options.column)
    with ProgressLine() as line:
        job = run_predict(context, run, batch, person(), line.show)
    write_results(context, job, out, format_)
    result = result_of(context, job)
    data = {
        "dataset": get_dataset(context.store, run.dataset_id).name,
        "run": run.number,
        "run_id": run.run_id,
        "job": job.job_id,
        "column": batch.column or None,
        "out": out,
        "format": format_,
        "rows": result.rows,
        "predicted": result.predicted,
        "not_predicted": result.rows - result.predicted,
        "reason_column": result.reason_column,
        "classes": result.classes,
        "seconds": result.seconds,
    }
    return Answer(data, _text(run, data))


def _target(options: Namespace) -> tuple[Path, str]:
    """Where the results go and as what. Raises UsageError before any work is done where they cannot go there."""
    named = options.out and SUFFIXES.get(options.out.suffix.lower())
    format_ = str(options.format or named or "csv")
    out = options.out or Path(f"{Path(options.file[0]).stem}-predicted.{format_}")
    target = expanded(str(out)).resolve()
    if target.exists():
        raise UsageError(f"{target} exists already.", "Move it away, or name another file with --out.")
    return target, format_


def _text(run: Run, data: dict[str, Any]) -> str:
    classes = list(data["classes"].items())
    more = f"\n… and {len(classes) - TOP_CLASSES:,} classes more" if len(classes) > TOP_CLASSES else ""
    left = data["not_predicted"]
    without = f"; {left:,} could not be predicted, the column `{data['reason_column']}` says why" if left else ""
    column = f", column {data['column']}" if data["column"] else ""
    return (
        f"Run {run.number}, {run.title}{column}: {data['predicted']:,} of {data['rows']:,} rows predicted in "
        f"{data['seconds']:.1f} s{without}\n{table(('predicted', 'rows'), classes[:TOP_CLASSES])}{more}\n{data['out']}"
    )


PREDICT = Command("predict", "Predict a file with a fine-tuned model.", _arguments, _run)

"""`predict`: what a run's model says of the rows of a file, or of images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import check_free, in_full, out_option, plain_option, run_option
from core.commands.progress import ProgressLine
from core.context import Context
from core.records import Run
from core.services.prediction.predict import Format, PredictResult, look, result_of, run_predict, write_results
from core.services.runs.models import find_run
from core.store.datasets import get_dataset
from core.together.caller import caller

TOP_CLASSES = 20
SUFFIXES: Mapping[str, Format] = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".conll": "conll",
}


@command
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=in_full,
    metavar="FILE...",
    help="CSV, TSV, JSON, Parquet or Excel with texts or table rows, CoNLL; or images: files, folders, ZIP archives",
)
@run_option
@click.option("--dataset", metavar="N", help="whose run it is, where several have one of that number")
@click.option(
    "--column", default="", show_default="guessed", metavar="COL", help="of texts: the column that holds them"
)
@out_option(help="default: FILE-predicted.csv in this folder")
@click.option(
    "--format",
    "format_",
    type=click.Choice(get_args(Format)),
    help="conll: of entities; default: by the ending of --out, else csv",
)
@plain_option
def predict_command(
    context: Context,
    files: tuple[Path, ...],
    run: str,
    dataset: str | None,
    column: str,
    out: Path | None,
    format_: Format | None,
    plain: bool,
) -> Answer:
    """Predict a file with a fine-tuned model."""
    used = find_run(context, run, dataset)
    format_ = format_ or (SUFFIXES.get(out.suffix.lower()) if out else None) or "csv"
    out = out or caller().folder / f"{files[0].stem}-predicted.{format_}"
    check_free(out)
    batch = look(context, used, [str(file) for file in files], column=column)
    with ProgressLine() as line:
        job = run_predict(context, used, batch, person(), line.show)
    write_results(context, job, out, format_, plain)
    result = result_of(context, job)
    data = {
        "dataset": get_dataset(context.store, used.dataset_id).name,
        "run": used.number,
        "run_id": used.run_id,
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
    return Answer(data, _text(used, result, batch.column, out))


def _text(run: Run, result: PredictResult, column: str, out: Path) -> str:
    left = result.rows - result.predicted
    without = f"; {left:,} could not be predicted, the column `{result.reason_column}` says why" if left else ""
    of = f", column {column}" if column else ""
    classes = table(("predicted", "rows"), list(result.classes.items()), TOP_CLASSES) if result.classes else ""
    return (
        f"Run {run.number}, {run.title}{of}: {result.predicted:,} of {result.rows:,} rows predicted in "
        f"{result.seconds:.1f} s{without}\n{classes}\n{out}"
    )

"""`report`: a run's evaluation as one HTML file."""

from __future__ import annotations

from pathlib import Path

from core.commands.command import Answer, command, person
from core.commands.parameters import check_free, dataset_argument, labels_option, out_option, run_option, split_option
from core.context import Context
from core.files import whole
from core.records import LabelsFrom
from core.services.evaluation.report import report
from core.services.runs.models import find_run


@command
@dataset_argument
@run_option
@split_option
@labels_option
@out_option(required=True, help="where to write the HTML file")
def report_command(context: Context, name: str, run: str, split: str, labels: LabelsFrom, out: Path) -> Answer:
    """Write an evaluation as one HTML file that prints and needs no network."""
    shown = find_run(context, run, name)
    check_free(out)
    text = report(context, shown, split, labels, by=person())
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole(out) as part:
        part.write_text(text, encoding="utf-8")
    data = {"out": out, "run": shown.number, "split": split, "bytes": out.stat().st_size}
    return Answer(data, f"Run {shown.number} on {split}: {out}")

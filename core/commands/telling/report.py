"""`report`: a dataset's story as one HTML file, with the evaluation of its newest run, or of the one that is named."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from core.beside.answers import Pending
from core.commands.command import Answer, command, person
from core.commands.parameters import check_free, dataset_argument, out_option
from core.context import Context
from core.errors import UsageError
from core.files import whole
from core.records import Dataset, LabelsFrom, Run
from core.services.evaluation.number_report import number_report
from core.services.runs.models import find_run
from core.services.story.numbers import number_story
from core.services.story.report import story_report
from core.services.story.tell import story
from core.store.datasets import get_dataset
from core.tasks import target_of


@command
@dataset_argument
@click.option("--run", metavar="R", help="number or id, see `runs`; default: the newest that is done, if there is one")
@click.option("--split", metavar="S", help="what to score on; default: test, or what the run has predicted")
@click.option(
    "--labels",
    type=click.Choice(get_args(LabelsFrom)),
    help="whose labels are true: those that the run was given, those as loaded, or those of the newest version; "
    "default: of a named run the first, else the last",
)
@out_option(required=True, help="where to write the HTML file")
def report_command(
    context: Context, name: str, run: str | None, split: str | None, labels: LabelsFrom | None, out: Path
) -> Answer:
    """Write a dataset's story as one HTML file that prints and needs no network."""
    dataset = get_dataset(context.store, name)
    named = find_run(context, run, name) if run is not None else None
    check_free(out)
    if target_of(dataset).numeric:
        return _of_numbers(context, dataset, named, split, labels, out)
    whose = labels or ("newest" if named is None else "version")
    told = story(context, dataset, named, split or ("test" if named else None), whose, timeout=None)
    assert not isinstance(told, Pending), "it was waited for"
    text = story_report(context, told, whose, by=person())
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole(out) as part:
        part.write_text(text, encoding="utf-8")
    number, on = (told.score.run.number, told.score.split) if told.score else (None, None)
    data = {"out": out, "run": number, "split": on, "bytes": out.stat().st_size}
    return Answer(data, f"Run {number} on {on}: {out}" if told.score else f"{name}: {out}")


def _of_numbers(
    context: Context, dataset: Dataset, named: Run | None, split: str | None, labels: LabelsFrom | None, out: Path
) -> Answer:
    """The evaluation of a run, where labels are numbers: that is their report."""
    told = number_story(context, dataset, timeout=None)
    assert not isinstance(told, Pending), "it was waited for"
    run, found = named or told.run, told.found
    if run is None or found is None:
        raise UsageError(f"No run of {dataset.name} has predicted a labelled row yet.", "Train one first.")
    on = split or ("test" if named else found.split)
    text = number_report(context, run, on, labels or ("newest" if named is None else "version"), person())
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole(out) as part:
        part.write_text(text, encoding="utf-8")
    data = {"out": out, "run": run.number, "split": on, "bytes": out.stat().st_size}
    return Answer(data, f"Run {run.number} on {on}: {out}")

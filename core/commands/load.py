"""`load`: files, a folder, a hub id or a sample become a dataset."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from core.commands.command import Answer, command, person
from core.commands.lists.classes import named
from core.commands.parameters import in_full
from core.commands.progress import ProgressLine
from core.context import Context
from core.errors import SchemaError, UsageError
from core.records import ENDED, Dataset, Preview, Schema
from core.services.classes.said import of_file
from core.services.load import fit, guess_for, located, preview, samples, start_load, wait, widened, with_labels
from core.services.room import room_for_load
from core.services.runs.forecast_time import time_of_load
from core.services.runs.time_in_words import of_work
from core.services.spans.words import layout_words
from core.store.datasets import rejected
from core.store.versions import count_unlabelled
from core.tasks import ALIASES, TASKS, target_of, task_named
from core.together.caller import caller

REJECTED_SHOWN = 5
FEATURES_SHOWN = 20
GRACE_SECONDS = 10.0
WORTH_A_WORD = 5.0
"""Seconds that a load takes for which it is said before."""
"""How long a load has to end by itself before it is made to."""
_LABELS = {"label", "label_columns", "label_delimiter"}
ROLES = ("payload", "label", "split", "id")


class TaskName(click.Choice[str]):
    """A task, or why there is none of that name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value if value in ALIASES else task_named(str(value)).name


@command
@click.argument(
    "locations",
    nargs=-1,
    required=True,
    type=located,
    metavar="PATH_OR_ID...",
    help=f"files of one dataset, a folder, a hub id, or a sample: {', '.join(sample.name for sample in samples())}",
)
@click.option("--name", metavar="N", help="what the dataset is called; a sample has a name of its own")
@click.option("--task", type=TaskName((*TASKS, *ALIASES)), help="guessed when absent, as are the columns below")
@click.option("--payload", metavar="COL", help="the column with the text, or the image's path")
@click.option("--label", metavar="COL", help="the column with the class, or the number")
@click.option(
    "--label-columns",
    metavar="COL,COL",
    help="where each class has a column of 0 and 1: these columns, whose names are the classes",
)
@click.option("--label-delimiter", metavar="TEXT", help="what stands between several classes in --label, such as ;")
@click.option(
    "--more-classes",
    metavar="CLASS,CLASS",
    help="classes that no row has yet; with --label '' nothing is labelled and these are all",
)
@click.option("--split", metavar="COL", help="the column with the split")
@click.option("--id", metavar="COL", help="the source's own row id")
@click.option("--features", metavar="COL,…", help="the columns that make up an example, where it is several")
@click.option(
    "--bad-tags",
    type=click.Choice(("mend", "set aside")),
    help="of sentences whose tags are not as their scheme has them (an I- after another type); default: mend",
)
@click.option("--class-name", multiple=True, metavar="CODE=NAME", help="what a class is called, see `classes`")
@click.option("--classes", type=in_full, metavar="FILE", help="names and guidelines of the classes, see `classes`")
def load_command(
    context: Context,
    locations: tuple[str, ...],
    name: str | None,
    class_name: tuple[str, ...],
    classes: Path | None,
    **roles: str | None,
) -> Answer:
    """Load a dataset."""
    if classes is not None:
        of_file(classes)  # one that cannot be read is said before the work
    name = name or _sample_name(locations)
    found = preview(context, locations)
    schema, told = fit(found, _schema(found, {role: value for role, value in roles.items() if value is not None}))
    images = task_named(schema.task).modality.in_files
    room = room_for_load(context, locations, images=images, schema=schema, found=found)
    if room.tight:
        caller().err.write(f"{room.sentence}\n")
    time_taken = time_of_load(context, locations, schema, found)
    if time_taken and time_taken.seconds >= WORTH_A_WORD:
        caller().err.write(f"{of_work(time_taken)}\n")
    job = start_load(context, locations, schema, name=name, by=person(), found=found)
    with ProgressLine() as line, _stopped_on_interrupt(context, job.job_id):
        dataset = wait(context, job.job_id, line.show)
    dataset, unnamed = _named(context, dataset, class_name, classes)
    aside = rejected(context.store, dataset.dataset_id, REJECTED_SHOWN)
    unlabelled = count_unlabelled(context.store, dataset.latest_version_id)
    data = {
        "dataset": dataset.name,
        "dataset_id": dataset.dataset_id,
        "task": dataset.task,
        "rows": dataset.row_count,
        "unlabelled": unlabelled,
        "classes": len(dataset.labels),
        "rejected": dataset.rejected_count,
        "rejected_first": aside,
        "schema": schema,
        "notes": (*found.notes, *told),
        "class_names": dict(dataset.names),
        "unnamed": unnamed,
        "layout": dict(dataset.layout),
    }
    without = f" ({unlabelled:,} without a label)" if unlabelled else ""
    of_classes = "" if target_of(dataset).numeric else f" {len(dataset.labels):,} classes,"
    text = [f"{dataset.name}: {dataset.row_count:,} rows{without},{of_classes} task {dataset.task}."]
    text += [f"  {role}: {value}" for role in ROLES if (value := getattr(schema, role))]
    text += [f"  label: {', '.join(schema.label_columns)}"] if schema.label_columns else []
    if schema.features:
        more = len(schema.features) - FEATURES_SHOWN
        named = ", ".join(schema.features[:FEATURES_SHOWN])
        text.append(f"  features: {named}" + (f" and {more:,} more" if more > 0 else ""))
    text += [f"  {note}" for note in (*found.notes, *told)]
    text += [f"  {line}" for line in layout_words(dataset)]
    if dataset.rejected_count:
        text.append(f"{dataset.rejected_count:,} rows were set aside, the first of them:")
        text += [f"  {row.file}:{row.line or '–'}: {row.reason}" for row in aside]
    text += [f"No class was given a name: {unnamed}"] if unnamed else []
    return Answer(data, "\n".join(text))


def _named(context: Context, dataset: Dataset, names: tuple[str, ...], file: Path | None) -> tuple[Dataset, str]:
    """The loaded dataset with its classes named, or why they could not be: the load stands."""
    try:
        return named(context, dataset, names, (), file, "--class-name"), ""
    except UsageError as error:
        return dataset, f"{error} {error.hint} `python -m core classes {dataset.name}` does it later."


def _sample_name(locations: tuple[str, ...]) -> str:
    if len(locations) == 1 and locations[0] in {sample.name for sample in samples()}:
        return locations[0]
    raise UsageError("The dataset needs a name.", "Add --name N.")


def _schema(found: Preview, said: dict[str, Any]) -> Schema:
    """The guess with what the person said in its place; every column without a role stays as an attribute."""
    if not said:
        return found.guess
    columns = [column.name for column in found.columns]
    if "label_columns" in said and _LABELS & said.keys() != {"label_columns"}:
        raise UsageError(
            "--label-columns goes neither with --label nor with --label-delimiter.", "Name several columns, or one."
        )
    if "more_classes" in said:
        named_too = said.pop("more_classes").split(",")
        said |= {"classes": tuple(name for one in named_too if (name := one.strip()))}
    if said.get("label") == "":
        said |= {"label": None, "label_columns": ()}
    if said.get("label_columns"):
        said |= {"label_columns": _listed(said["label_columns"], columns), "label": None}
    elif "label" in said:
        said |= {"label_columns": ()}
    if "features" in said:
        said |= {"features": _listed(said["features"], columns)}
    named = [(role, said[role]) for role in ROLES if said.get(role)]
    named += [("label-columns", name) for name in said.get("label_columns", ())]
    named += [("features", name) for name in said.get("features", ())]
    for role, name in named:
        if name not in columns:
            raise SchemaError(f"--{role}: there is no column {name!r}.", f"The columns: {', '.join(columns)}.")
    guess, taken = guess_for(found, said.get("task"), one_column="payload" in said), {name for _, name in named}
    if said.get("features") and not task_named(said.get("task", guess.task)).modality.features:
        raise UsageError(
            f"--features: a {guess.task} example is one column.", "Name it with --payload, or name the --task."
        )
    if "payload" in said and task_named(said.get("task", guess.task)).modality.features:
        raise UsageError(
            f"--payload: a {said['task']} example is several columns.", "Name them with --features, or another --task."
        )
    freed: dict[str, Any] = {role: None for role in ("label", "split", "id") if getattr(guess, role) in taken}
    freed["label_columns"] = tuple(name for name in guess.label_columns if name not in taken)
    schema = replace(guess, **({"features": ()} | freed | said))
    return widened(with_labels(found, schema) if "task" not in said and _LABELS & said.keys() else schema, found)


def _listed(names: str, columns: list[str]) -> tuple[str, ...]:
    """The names between commas; a column that has commas in its own is named alone."""
    return (names,) if names in columns else tuple(name.strip() for name in names.split(",") if name.strip())


@contextmanager
def _stopped_on_interrupt(context: Context, job_id: str) -> Iterator[None]:
    """Ctrl-C ends the load: it is asked to, and made to when it does not."""
    try:
        yield
    except KeyboardInterrupt:
        context.queue.stop(job_id)
        deadline = time.monotonic() + GRACE_SECONDS
        while context.queue.get(job_id).status not in ENDED:
            if time.monotonic() > deadline:
                context.queue.cancel(job_id)
            time.sleep(0.1)
            context.queue.reconcile()
        raise

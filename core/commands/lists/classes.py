"""`classes`: what the classes of a dataset are called and what belongs in each."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command, person, table
from core.commands.lists.class_changes import asked_change, class_change
from core.commands.parameters import dataset_argument, in_full
from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.classes.adding import add_class, remove_class
from core.services.classes.naming import classes_of, log_of, name_classes, take_back
from core.services.classes.said import of_file, of_words
from core.store.datasets import get_dataset
from core.tasks import target_of

SHOWN = 70
"""Characters of a guideline in the table."""


@command
@dataset_argument
@click.option("--name", "names", multiple=True, metavar="CODE=NAME", help="what a class is called; CODE= takes it away")
@click.option(
    "--guideline", "guidelines", multiple=True, metavar="CODE=TEXT", help="what belongs in a class, in some sentences"
)
@click.option("--file", type=in_full, metavar="PATH", help="CSV with class, name, guideline; or JSON by class")
@click.option("--add", "added", multiple=True, metavar="CODE", help="a class that no row has yet")
@click.option("--remove", "removed", multiple=True, metavar="CODE", help="take a class off that nothing has")
@click.option("--rename", "renamed", metavar="OLD=NEW", help="give all rows of a class a new one")
@click.option("--merge", "merged", metavar="A,B=C", help="make one class of several: one of them, or a new one")
@click.option(
    "--split",
    metavar="OLD=NEW",
    help="give those rows of a class a new one that --words, --of-split or --attribute narrow",
)
@click.option("--words", metavar="WORDS", help="with --split: rows with all of these words")
@click.option("--of-split", metavar="S", help="with --split: rows of that split")
@click.option("--attribute", metavar="NAME=VALUE", help="with --split: rows with that value")
@click.option(
    "--delete",
    "deleted",
    metavar="OLD=NEW",
    help="take a class off: its rows get another one; OLD= lose it; OLD with --exclude",
)
@click.option("--exclude", is_flag=True, help="with --delete: exclude the rows of the class")
@click.option("--dry-run", is_flag=True, help="say what such a change would do, and change nothing")
@click.option("--undo", is_flag=True, help="take the last change of names back, whoever made it")
@click.option("--log", is_flag=True, help="who said what, newest first")
def classes_command(
    context: Context,
    name: str,
    names: tuple[str, ...],
    guidelines: tuple[str, ...],
    file: Path | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    renamed: str | None,
    merged: str | None,
    split: str | None,
    words: str | None,
    of_split: str | None,
    attribute: str | None,
    deleted: str | None,
    exclude: bool,
    dry_run: bool,
    undo: bool,
    log: bool,
) -> Answer:
    """List a dataset's classes, add to them, change them, and give them names and guidelines."""
    dataset = get_dataset(context.store, name)
    narrowed = {"words": words, "of_split": of_split, "attribute": attribute}
    change = asked_change(dataset, renamed, merged, split, deleted, exclude=exclude, **narrowed)
    if change is not None:
        return class_change(context, dataset, change, dry_run=dry_run)
    if dry_run:
        raise UsageError("--dry-run is about --rename, --merge, --split or --delete.", "Add one of them.")
    for code in added:
        dataset = add_class(context, dataset, code)
    for code in removed:
        dataset = remove_class(context, dataset, code)
    if undo:
        dataset = take_back(context, dataset, person())
    dataset = named(context, dataset, names, guidelines, file)
    if log:
        return _log(context, dataset)
    found = classes_of(context, dataset)
    if target_of(dataset).numeric:
        return Answer(list(found), f"The labels of {dataset.name} are numbers: it has no classes.")
    lines = [(one.code, f"{one.rows:,}", one.name or "–", _short(one.guideline) or "–") for one in found]
    return Answer(list(found), table(("class", "rows", "name", "guideline"), lines))


def named(
    context: Context,
    dataset: Dataset,
    names: tuple[str, ...],
    guidelines: tuple[str, ...],
    file: Path | None,
    option: str = "--name",
) -> Dataset:
    """The dataset with what was said of its classes: on the command line, else in a file."""
    called, meant = of_file(in_full(str(file))) if file else ({}, {})
    called |= of_words(names, dataset.labels, option)
    meant |= of_words(guidelines, dataset.labels, "--guideline")
    return name_classes(context, dataset, person(), called, meant) if called or meant else dataset


def _log(context: Context, dataset: Dataset) -> Answer:
    found = log_of(context, dataset)
    data = [
        {"class": one.code, "name": one.name, "guideline": one.guideline, "by": one.by, "at": one.at} for one in found
    ]
    lines = [
        (f"{one.at:%d %b %Y, %H:%M} UTC", one.by, one.code, one.name or "–", _short(one.guideline) or "–")
        for one in found
    ]
    nothing = f"Nobody has named a class of {dataset.name} yet: --name CODE=NAME does."
    return Answer(data, table(("when", "who", "class", "name", "guideline"), lines) if found else nothing)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"

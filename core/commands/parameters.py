"""What several commands ask for, declared once, and what it means."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import get_args

import click

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.profile.by_group.crossed import MOST_CROSSED
from core.records import Attribute, Dataset, LabelsFrom, Version
from core.settings import expanded
from core.store.datasets import get_dataset
from core.store.telling.class_lists import as_of
from core.store.versions import get_version, list_versions

_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
_DESCRIPTOR = re.compile(r"/dev/(?P<standard>stdin|stdout|stderr)|(?:/dev|/proc/self)/fd/(?P<number>\d+)")


def in_full(path: str) -> Path:
    """The file that the words name in this folder and this process, as any other process of this user finds it."""
    own = _DESCRIPTOR.fullmatch(path)
    if own is not None:
        return Path(f"/proc/{os.getpid()}/fd/{own['number'] or _STANDARD[own['standard']]}")
    return expanded(path).absolute()


def _resolved(path: str) -> Path:
    return expanded(path).resolve()


def folder_or_name(word: str, names: Collection[str] = ()) -> str:
    """A model as any other process finds it: its folder by the full path, a hub id or one of the names as it is."""
    path = expanded(word)
    if word in names or not (path.is_dir() or word.startswith((".", "~", "/"))):
        return word
    return str(path.absolute())


dataset_argument = click.argument("name", help="a dataset")
version_argument = click.argument("name", help="a dataset, or NAME@VERSION")
run_option = click.option("--run", required=True, metavar="R", help="number or id, see `runs`")
split_option = click.option("--split", default="test", metavar="S", help="what to score on")
labels_option = click.option(
    "--labels",
    type=click.Choice(get_args(LabelsFrom)),
    default="version",
    help="whose labels are true: those that the run was given, those as loaded, or those of the newest version",
)
where_option = click.option(
    "--where",
    multiple=True,
    metavar="FILTER",
    help='only rows such as "price >= 10", "label = sport", "text contains good film", "region missing",'
    ' "issue = label", "decision missing", "tag = to ask", "slice = NAME", "rule = NAME"',
)
order_option = click.option("--order", metavar="COLUMN", help='sorted by a column, or by "COLUMN desc"')
columns_option = click.option("--columns", metavar="NAMES", help="these columns, with commas between them")
view_option = click.option("--view", metavar="VIEW", help="what a saved view shows, see `views`")
plain_option = click.option(
    "--plain", is_flag=True, help="leave texts in CSV as they are, also those that a spreadsheet would run as a formula"
)
out_option = partial(click.option, "--out", type=_resolved, metavar="PATH")


def dataset_version(context: Context, name: str, number: int | None = None) -> tuple[Dataset, Version]:
    """`news` is the newest version of that dataset, `news@2` its version 2; `number` counts before both. The dataset
    has the classes of the version.

    Raises `NotFoundError`, for a version with the numbers that exist.
    """
    try:
        dataset = get_dataset(context.store, name)
    except NotFoundError:
        stem, at, said = name.rpartition("@")
        if not at or not said.isdecimal():
            raise
        dataset, number = get_dataset(context.store, stem), int(said) if number is None else number
    if number is None:
        version = get_version(context.store, dataset.latest_version_id)
        return as_of(context.store, dataset, version), version
    versions = list_versions(context.store, dataset.dataset_id)
    for version in versions:
        if version.number == number:
            return as_of(context.store, dataset, version), version
    known = ", ".join(str(version.number) for version in versions)
    raise NotFoundError(f"{dataset.name!r} has no version {number}.", f"Its versions: {known}.")


def attributes_named(dataset: Dataset, names: Sequence[str]) -> list[Attribute]:
    """The attributes that `--by` names, whose groups are crossed."""
    found = [_attribute(dataset, name) for name in names]
    if len(set(found)) < len(found) or len(found) > MOST_CROSSED:
        raise UsageError(f"--by crosses up to {MOST_CROSSED} different attributes.", "Name each once.")
    return found


def _attribute(dataset: Dataset, name: str) -> Attribute:
    found = next((one for one in dataset.attributes if name in (one.name, one.column)), None)
    if found is None:
        known = ", ".join(one.name for one in dataset.attributes) or "none"
        raise UsageError(f"--by: attribute {name!r} not found.", f"The attributes: {known}.")
    return found


def check_free(out: Path) -> None:
    """Raises UsageError where something is there already, which nothing may be written over."""
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or name another file with --out.")

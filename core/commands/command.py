"""What a command is: arguments in, an answer out. Knows no stage."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import NotFoundError
from core.records import Dataset, Version
from core.services.context import Context
from core.store.datasets import get_dataset
from core.store.versions import get_version, list_versions


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: to machines and to people."""

    data: Any
    """JSON values, records or lists of them."""
    text: str
    failed: bool = False
    """Whether it is an answer and a failure at once, such as a run that was stopped: the exit code is 1."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the command line."""

    name: str
    summary: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Context, Namespace], Answer | None]
    """None: it has written its output to standard output by itself."""


def dataset_version(context: Context, name: str) -> tuple[Dataset, Version]:
    """`news` is the newest version of that dataset, `news@2` its version 2. Raises `NotFoundError`."""
    try:
        dataset = get_dataset(context.store, name)
    except NotFoundError:
        stem, at, number = name.rpartition("@")
        if not at or not number.isdigit():
            raise
        dataset = get_dataset(context.store, stem)
        return dataset, numbered_version(context, dataset, int(number))
    return dataset, get_version(context.store, dataset.latest_version_id)


def numbered_version(context: Context, dataset: Dataset, number: int) -> Version:
    """A dataset's version by its number. Raises `NotFoundError` with the numbers that exist."""
    versions = list_versions(context.store, dataset.dataset_id)
    for version in versions:
        if version.number == number:
            return version
    known = ", ".join(str(version.number) for version in versions)
    raise NotFoundError(f"{dataset.name!r} has no version {number}.", f"Its versions: {known}.")


def person() -> str:
    """Who runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


def plain_data(value: Any) -> Any:
    """What `json` cannot write by itself: records, moments, paths."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Aligned columns for a terminal: numbers to the right, text to the left."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[place]) for row in cells)]) for place, name in enumerate(columns)]
    right = [bool(rows) and all(isinstance(row[place], int | float) for row in rows) for place in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        for row in [list(columns), *cells]
    ]
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)

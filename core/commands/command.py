"""What a command is: options in, an answer out. Knows no stage."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from functools import wraps
from itertools import takewhile
from pathlib import Path
from typing import Any

import click

from core.services.context import open_context
from core.settings import workspace

FLAG = re.compile(r"--\S*|-[a-zA-Z]\S*")
"""What is a flag wherever it stands; `-1` and `- a remark` may be values."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: to machines and to people."""

    data: Any
    """JSON values, records or lists of them."""
    text: str
    failed: bool = False
    """Whether it is an answer and a failure at once, such as a run that was stopped: the exit code is 1."""


@dataclass(slots=True)
class Said:
    """What may stand before the command as well as after it."""

    workspace: str | None = None
    json: bool = False


class Word(click.Command):
    """A word of the command line. No flag is taken for a value: `--name --json` lacks the name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [option for option in self.params if isinstance(option, click.Option) and not option.is_flag]
        values = {flag: option.nargs for option in options for flag in option.opts}
        for place, word in enumerate(takewhile("--".__ne__, args), 1):
            for value in args[place : place + values.get(word, 0)]:
                if FLAG.fullmatch(value):
                    raise click.BadOptionUsage(word, f"Option {word!r} requires an argument, not {value!r}.", ctx)
        return super().parse_args(ctx, args)


def command(run: Callable[..., Answer | None]) -> click.Command:
    """The word that `run` answers: its name without `_command`, explained by its docstring.

    `run` is given the open workspace and, by name, what its options say. It returns None where it has written to
    standard output by itself.
    """

    @click.pass_obj
    @wraps(run)
    def opened(said: Said, /, **options: Any) -> Answer | None:
        with closing(open_context(workspace(said.workspace))) as context:
            return run(context, **options)

    return anywhere(click.command(cls=Word, short_help=run.__doc__)(opened))


def unopened(run: Callable[..., Answer]) -> click.Command:
    """As `command`, but `run` is given where the workspace lies: what works on one that does not open."""

    @click.pass_obj
    @wraps(run)
    def told(said: Said, /, **options: Any) -> Answer:
        return run(workspace(said.workspace), **options)

    return anywhere(click.command(cls=Word, short_help=run.__doc__)(told))


def anywhere(word: Word) -> Word:
    """The word with the options that may stand before the command as well as after it."""
    said: dict[str, Any] = {"expose_value": False, "callback": _say}
    where = click.Option(["--workspace"], metavar="FOLDER", help="default: $WINNOW_WORKSPACE, else ./workspace", **said)
    word.params += [where, click.Option(["--json"], is_flag=True, help="one JSON value on standard output", **said)]
    return word


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


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], at_most: int | None = None) -> str:
    """Aligned columns for a terminal: numbers to the right, text to the left. Says how many rows it leaves out."""
    shown = rows[:at_most]
    cells = [[_cell(value) for value in row] for row in shown]
    widths = [max([len(name), *(len(row[place]) for row in cells)]) for place, name in enumerate(columns)]
    right = [bool(rows) and all(isinstance(row[place], int | float) for row in shown) for place in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in [list(columns), *cells]
    ]
    more = [f"… and {len(rows) - len(shown):,} more: --json has them all."] if len(shown) < len(rows) else []
    return "\n".join([*lines, *more])


def _say(asked: click.Context, option: click.Parameter, value: Any) -> None:
    """What is said last counts; unsaid after the command, what was said before it."""
    if value:
        setattr(asked.ensure_object(Said), option.name, value)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

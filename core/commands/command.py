"""What a command is: options in, an answer out. Knows no stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import takewhile
from typing import Any

import click

from core.context import Context
from core.room import full_disk_told
from core.settings import Workspace, workspace
from core.together.answer import Answer
from core.together.caller import called_by, caller, this_process
from core.together.client import asked

__all__ = ["Answer", "Asked", "Command", "Said", "Word", "anywhere", "command", "files_command", "person", "table"]

FLAG = re.compile(r"--\S*|-[a-zA-Z]\S*")
"""What is a flag wherever it stands; `-1` and `- a remark` may be values."""


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


class Command(Word):
    """A word that is answered in an open workspace."""

    run: Callable[..., Answer | None]

    def parsed(self, words: Sequence[str]) -> Asked:
        """The command as the words after its name ask for it. Raises click.UsageError."""
        return Asked(self, self.make_context(self.name, list(words), obj=Said()).params)

    def typed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Options that came as plain values, as they are where they are parsed; those that did not come have their
        defaults. Raises click.UsageError."""
        context = click.Context(self)
        asked_for = [(one, one.name) for one in self.params if one.expose_value and one.name]
        given = {name: options.get(name, one.get_default(context)) for one, name in asked_for}
        return {name: one.type_cast_value(context, given[name]) for one, name in asked_for}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with its options, ready to be run for whoever is the caller."""

    command: Command
    options: Mapping[str, Any]

    def asked(self, workspace: Workspace) -> Answer | None:
        """Its answer, from this process or from the one that has the workspace open. Raises as `client.asked`."""
        return asked(workspace, str(self.command.name), self.options, self.run)

    def run(self, context: Context) -> Answer | None:
        """Its answer in the workspace that this process has open."""
        with full_disk_told(context.workspace.root):
            return self.command.run(context, **self.options)


def command(run: Callable[..., Answer | None]) -> Command:
    """The word that `run` answers: its name without `_command`, explained by its docstring.

    `run` is given the open workspace and, by name, what its options say. It returns None where it has written to
    standard output by itself, which is `caller().out`: it may run in the process of the app, for another one. So what
    an option says of files has to be absolute.
    """

    @click.pass_context
    @wraps(run)
    def called(ctx: click.Context, /, **options: Any) -> Answer | None:
        said = ctx.ensure_object(Said)
        where = workspace(said.workspace)
        with called_by(this_process(json=said.json)), full_disk_told(where.root):
            return Asked(word, options).asked(where)

    word = click.command(cls=Command, short_help=run.__doc__)(called)
    word.run = run
    anywhere(word)
    return word


def files_command(run: Callable[..., Answer]) -> Word:
    """`command` for what works on the workspace's folder alone and is given that: also while the app has the workspace
    open, and where its disk is full."""

    @click.pass_obj
    @wraps(run)
    def told(said: Said, /, **options: Any) -> Answer:
        where = workspace(said.workspace)
        with full_disk_told(where.root):
            return run(where, **options)

    return anywhere(click.command(cls=Word, short_help=run.__doc__)(told))


def anywhere(word: Word) -> Word:
    """The word with the options that may stand before the command as well as after it."""
    said: dict[str, Any] = {"expose_value": False, "callback": _say}
    where = click.Option(["--workspace"], metavar="FOLDER", help="default: $WINNOW_WORKSPACE, else ./workspace", **said)
    word.params += [where, click.Option(["--json"], is_flag=True, help="one JSON value on standard output", **said)]
    return word


def person() -> str:
    """Who runs the command."""
    return caller().user


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


def rows_words(count: int) -> str:
    """So many rows: `1 row`, `2,000 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def _say(asked: click.Context, option: click.Parameter, value: Any) -> None:
    """What is said last counts; unsaid after the command, what was said before it."""
    if value:
        setattr(asked.ensure_object(Said), option.name, value)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

"""Python's arguments as the words of a command line, so that both mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from core.commands import named
from core.commands.command import Asked, Command
from core.errors import UsageError


def parsed(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> Asked:
    """The command with its options. None and False say nothing. Raises UsageError as the command line does."""
    command = named(name)
    words = [word for key, value in options.items() for word in _words(command, key, value)]
    try:
        return command.parsed([*words, "--", *map(str, arguments)])
    except click.UsageError as error:
        raise UsageError(error.format_message(), f"The options of {name}: {', '.join(_flags(command))}.") from error


def _words(command: Command, key: str, value: Any) -> Iterator[str]:
    flag = f"--{key.replace('_', '-')}"
    option = next((one for one in command.params if isinstance(one, click.Option) and flag in one.opts), None)
    if option is not None and not option.expose_value:
        raise UsageError(f"{key} is not an option of {command.name}.", "winnow.open names the workspace.")
    if value is True:
        yield flag
    elif option is not None and option.nargs > 1:
        yield from (flag, *map(str, value))
    elif isinstance(value, str) or not isinstance(value, Sequence):
        yield from [] if value is None or value is False else [f"{flag}={value}"]
    elif option is not None and option.multiple:
        yield from (f"{flag}={one}" for one in value)
    elif value:
        yield f"{flag}={','.join(map(str, value))}"


def _flags(command: Command) -> list[str]:
    return [one.opts[0] for one in command.params if isinstance(one, click.Option) and one.expose_value]

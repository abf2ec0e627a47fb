"""The command line: `winnow COMMAND`, or `python -m core COMMAND`. Parses and prints what the command answers.

Standard output carries the answer alone: text for people, with `--json` one JSON value. Progress and errors go to
standard error. Exit code 0: done, 1: failed, 2: wrong usage.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from core.commands import COMMANDS
from core.commands.command import Answer, Said, Word, anywhere
from core.errors import SchemaError, UsageError, WinnowError
from core.release import release
from core.room import met

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class Line(Word, click.Group):
    """The whole command line, which lists its commands in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, that of the process where none is given, and returns its exit code."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    try:
        answer = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.UsageError as error:
        error.show()
        return WRONG_USAGE
    except WinnowError as error:
        print(f"error: {error.message}", error.hint, sep="\n  ", file=sys.stderr)
        return WRONG_USAGE if isinstance(error, UsageError | SchemaError) else FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except Exception as error:
        if told := met(error, Path.cwd()):  # what it printed went to a file on that disk
            _drop_output()
            print(f"error: {told.message}", told.hint, sep="\n  ", file=sys.stderr)
            return FAILED
        logging.getLogger("winnow").exception("This is a defect of Winnow: please report it with what follows.")
        return FAILED
    return FAILED if answer is not None and answer.failed else DONE


def entry() -> int:
    """What a person's shell starts: `main`, and Ctrl-C stops it wherever it runs."""
    # nohup and a script's `&` start programs that ignore it, and Python leaves that so: nobody could stop a command.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return main()


def _run(arguments: list[str]) -> Answer | None:
    line = anywhere(Line(commands=COMMANDS, help="Find and fix the wrong labels in a dataset."))
    line = click.version_option(release(), prog_name="winnow", message="%(prog)s %(version)s")(line)
    program = "winnow" if Path(sys.argv[0]).stem == "winnow" else "python -m core"
    said = Said()
    names = ["-h", "--help"]
    with line.make_context(program, arguments, obj=said, help_option_names=names, show_default=True) as asked:
        answer: Answer | None = line.invoke(asked)
    if answer is not None:
        print(answer.json if said.json else answer.text)
    return answer


def _drop_output() -> None:
    """Whoever read the output has gone: what is still buffered goes nowhere, so that leaving raises no second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(entry())

"""The command line: `python -m core COMMAND`. Parses, opens the workspace, prints what the command answers.

Standard output carries the answer alone: text for people, with `--json` one JSON value. Progress and errors go to
standard error. Exit code 0: done, 1: failed, 2: wrong usage.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence

from core.commands import COMMANDS
from core.commands.command import Answer, Command, plain_data
from core.errors import SchemaError, UsageError, WinnowError
from core.services.context import open_context
from core.settings import workspace

DONE, FAILED, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; argparse itself leaves with 2 where the arguments are wrong."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    options = _parser().parse_args(arguments)
    try:
        answer = _run(options.command, options)
        sys.stdout.flush()
    except WinnowError as error:
        print(f"error: {error.message}", error.hint, sep="\n  ", file=sys.stderr)
        return WRONG_USAGE if isinstance(error, UsageError | SchemaError) else FAILED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except Exception:
        logging.getLogger("winnow").exception("This is a defect of Winnow: please report it with what follows.")
        return FAILED
    return FAILED if answer is not None and answer.failed else DONE


def _run(command: Command, options: Namespace) -> Answer | None:
    context = open_context(workspace(options.workspace))
    try:
        answer = command.run(context, options)
    finally:
        context.close()
    if answer is not None:
        print(json.dumps(answer.data, default=plain_data, ensure_ascii=False) if options.json else answer.text)
    return answer


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m core", description="Find and fix the wrong labels in a dataset.")
    _add_everywhere(parser)
    parser.set_defaults(workspace=None, json=False)
    words = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        word = words.add_parser(command.name, help=command.summary, description=command.summary, allow_abbrev=False)
        _add_everywhere(word)
        command.arguments(word)
        word.set_defaults(command=command)
    return parser


def _add_everywhere(parser: ArgumentParser) -> None:
    """The options that may stand before the command as well as after it: unsaid after it, they keep what was before."""
    parser.add_argument(
        "--workspace", metavar="FOLDER", default=SUPPRESS, help="default: $WINNOW_WORKSPACE, else ./workspace"
    )
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help="one JSON value on standard output")


def _drop_output() -> None:
    """Whoever read the output has gone: what is still buffered goes nowhere, so that leaving raises no second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    # nohup and a script's `&` start programs that ignore it, and Python leaves that so: nobody could stop a command.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())

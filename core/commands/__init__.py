"""The command line's commands, one file each: the same workflow functions as the pages, without a browser.

A command takes the open workspace and its arguments and returns an `Answer`; `core.__main__` prints it. Nothing here
writes to standard output by itself but `issues`, which streams a file there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from core.commands.cleaning_effect import cleaning_effect_command
from core.commands.command import MADE, Answer, Command
from core.commands.compare import compare_command
from core.commands.datasets import datasets_command
from core.commands.decide import decide_command
from core.commands.evaluate import evaluate_command
from core.commands.export import export_command
from core.commands.issues import issues_command
from core.commands.jobs import jobs_command
from core.commands.load import load_command
from core.commands.predict import predict_command
from core.commands.profile import profile_command
from core.commands.report import report_command
from core.commands.runs import runs_command
from core.commands.scan import scan_command
from core.commands.train import train_command
from core.commands.version import version_command
from core.context import Context
from core.errors import UsageError

COMMANDS: tuple[click.Command, ...] = (
    load_command,
    datasets_command,
    profile_command,
    scan_command,
    issues_command,
    decide_command,
    version_command,
    train_command,
    runs_command,
    evaluate_command,
    compare_command,
    report_command,
    cleaning_effect_command,
    predict_command,
    export_command,
    jobs_command,
)
"""In the order of the work."""


def named(name: str) -> Command:
    """The word, where it is one that is answered in an open workspace. Raises UsageError where it is none."""
    known = {str(one.name): one for one in COMMANDS if isinstance(one, Command)}
    if name not in known:
        raise UsageError(f"There is no command {name!r}.", f"There are: {', '.join(known)}.")
    return known[name]


def answer(context: Context, key: str, options: Mapping[str, Any]) -> Answer | None:
    """Runs a command for another process, in the workspace that this one holds."""
    if key not in MADE:
        raise UsageError(f"There is no command {key!r}.", "Start the app again: it runs another release.")
    try:
        typed = MADE[key].typed(options)
    except click.UsageError as error:
        raise UsageError(error.format_message(), "See the command's --help.") from error
    return MADE[key].run(context, **typed)

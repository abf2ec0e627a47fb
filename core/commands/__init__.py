"""The command line's commands, one file each: the same workflow functions as the pages, without a browser.

A command takes the open workspace and its arguments and returns an `Answer`; `core.__main__` prints it. Nothing here
writes to standard output by itself but `issues`, which streams a file there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from core.commands.command import Answer, Asked, Command, Word
from core.commands.datasets import datasets_command
from core.commands.export import export_command
from core.commands.groups.mitigation import mitigation_command
from core.commands.issues import issues_command
from core.commands.jobs import jobs_command
from core.commands.lists.classes import classes_command
from core.commands.lists.sql import sql_command
from core.commands.lists.views import views_command
from core.commands.load import load_command
from core.commands.map import map_command
from core.commands.models.cleaning_effect import cleaning_effect_command
from core.commands.models.compare import compare_command
from core.commands.models.evaluate import evaluate_command
from core.commands.models.predict import predict_command
from core.commands.models.runs import runs_command
from core.commands.models.train import train_command
from core.commands.profile import profile_command
from core.commands.review.decide import decide_command
from core.commands.review.decisions import decisions_command
from core.commands.review.mask import mask_command
from core.commands.review.proof import proof_command
from core.commands.review.rule import rule_command, rules_command
from core.commands.review.split import split_command
from core.commands.review.tag import tag_command, tags_command
from core.commands.review.version import version_command
from core.commands.scan import scan_command
from core.commands.steps import steps_command
from core.commands.telling.health import health_command
from core.commands.telling.report import report_command
from core.commands.telling.story import story_command
from core.commands.upkeep.backup import backup_command, backups_command
from core.commands.upkeep.check import check_command
from core.commands.upkeep.media import media_command
from core.commands.upkeep.repair import repair_command
from core.commands.upkeep.restore import restore_command
from core.commands.upkeep.space import space_command
from core.context import Context
from core.errors import UsageError

COMMANDS: tuple[Word, ...] = (
    load_command,
    datasets_command,
    classes_command,
    steps_command,
    profile_command,
    map_command,
    scan_command,
    issues_command,
    proof_command,
    health_command,
    views_command,
    sql_command,
    decide_command,
    decisions_command,
    tag_command,
    tags_command,
    rule_command,
    rules_command,
    split_command,
    mask_command,
    version_command,
    train_command,
    runs_command,
    evaluate_command,
    mitigation_command,
    compare_command,
    report_command,
    story_command,
    cleaning_effect_command,
    predict_command,
    export_command,
    jobs_command,
    space_command,
    backup_command,
    backups_command,
    check_command,
    restore_command,
    repair_command,
    media_command,
)
"""In the order of the work, and what keeps the workspace last."""


def named(name: str) -> Command:
    """Raises UsageError where there is no such command that an open workspace answers."""
    answering = [one for one in COMMANDS if isinstance(one, Command)]
    found = next((one for one in answering if one.name == name), None)
    if found is None:
        known = ", ".join(str(one.name) for one in answering)
        raise UsageError(f"There is no command {name!r} for an open workspace.", f"There are: {known}.")
    return found


def answer(context: Context, name: str, options: Mapping[str, Any]) -> Answer | None:
    """Runs a command for another process, in the workspace that this one holds."""
    word = named(name)
    try:
        typed = word.typed(options)
    except click.UsageError as error:
        raise UsageError(error.format_message(), "See the command's --help.") from error
    return Asked(word, typed).run(context)

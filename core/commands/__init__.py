"""The command line's commands, one file each: the same workflow functions as the pages, without a browser.

A command takes the open workspace and its arguments and returns an `Answer`; `core.__main__` prints it. Nothing here
writes to standard output by itself but `issues`, which streams a file there.
"""

from __future__ import annotations

import click

from core.commands.cleaning_effect import cleaning_effect_command
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
from core.commands.upkeep.backup import backup_command
from core.commands.upkeep.check import check_command
from core.commands.upkeep.repair import repair_command
from core.commands.upkeep.restore import restore_command
from core.commands.version import version_command

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
    backup_command,
    check_command,
    restore_command,
    repair_command,
)
"""In the order of the work, and what keeps the workspace last."""

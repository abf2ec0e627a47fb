"""The command line's commands, one file each: the same workflow functions as the pages, without a browser.

A command takes the open workspace and its arguments and returns an `Answer`; `core.__main__` prints it. Nothing here
writes to standard output by itself but `issues`, which streams a file there.
"""

from __future__ import annotations

from core.commands.cleaning_effect import CLEANING_EFFECT
from core.commands.command import Command
from core.commands.compare import COMPARE
from core.commands.datasets import DATASETS
from core.commands.decide import DECIDE
from core.commands.evaluate import EVALUATE
from core.commands.export import EXPORT
from core.commands.issues import ISSUES
from core.commands.jobs import JOBS
from core.commands.load import LOAD
from core.commands.predict import PREDICT
from core.commands.profile import PROFILE
from core.commands.report import REPORT
from core.commands.runs import RUNS
from core.commands.scan import SCAN
from core.commands.train import TRAIN
from core.commands.version import VERSION

COMMANDS: tuple[Command, ...] = (
    LOAD,
    DATASETS,
    PROFILE,
    SCAN,
    ISSUES,
    DECIDE,
    VERSION,
    TRAIN,
    RUNS,
    EVALUATE,
    COMPARE,
    REPORT,
    CLEANING_EFFECT,
    PREDICT,
    EXPORT,
    JOBS,
)
"""In the order of the work."""

"""Issues: one folder per type. Its `__init__` says what the type is and is read by every process; what finds the issues
is named there and imported by jobs alone, which find them from signals: arrays in, arrays out."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from core.issues.contract import IssueType


def _types() -> list[IssueType[Any]]:
    """The `TYPE` of every folder here: a new folder is a new type."""
    return [import_module(f"{__name__}.{found.name}").TYPE for found in iter_modules(__path__) if found.ispkg]


ISSUE_TYPES: dict[str, IssueType[Any]] = {one.name: one for one in sorted(_types(), key=lambda one: one.order)}
"""Every issue type by name, in the order in which they are offered."""

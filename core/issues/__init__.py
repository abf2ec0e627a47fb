"""Issues: one file per type, found from signals. The only importer of cleanlab. Arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable

from core.issues.finding import Finding, Signals
from core.issues.label import find_label_issues

ISSUE_TYPES: dict[str, Callable[[Signals, str], Finding]] = {"label": find_label_issues}
"""Every issue type by name: signals and the way to flag in, finding out."""

__all__ = ["ISSUE_TYPES", "Finding", "Signals", "find_label_issues"]

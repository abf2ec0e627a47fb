"""What a job that finds near-duplicates is asked for, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.jobs.split_plan import SplitPlan


@dataclass(frozen=True, slots=True)
class GroupsSpec:
    """A split to be made of a version."""

    version_id: str
    plan: SplitPlan
    task: str
    arrays: Path
    media: Path


@dataclass(frozen=True, slots=True)
class GroupsResult:
    """What was found."""

    rows: int
    groups: int

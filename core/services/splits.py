"""Splits: how they are made, and the class counts of each part."""

from __future__ import annotations

from core.context import Context
from core.jobs.groups.web import start_split
from core.jobs.split_plan import SplitPlan
from core.store import splitting

__all__ = ["SplitPlan", "split_counts", "split_sizes", "start_split"]


def split_counts(context: Context, version_id: str) -> dict[str, dict[str | None, int]]:
    """Class → part → rows; part None for rows in no split."""
    return splitting.split_counts(context.store, version_id)


def split_sizes(context: Context, version_id: str) -> dict[str | None, int]:
    """Part → rows; part None for rows in no split."""
    return splitting.split_sizes(context.store, version_id)

"""What the next reviews of a scan's list find, and when to stop: for the Issues page and `issues --summary`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from core.context import Context
from core.records import Scan
from core.review.budget import Budget, review_budget
from core.store.acts.judged import judged_by_rank
from core.typed import JsonObject

FOLLOWING, WORTH = 100, 10
WORTHS = (3, 5, 10, 20, 50)
"""A review is worth it while one label in so many is expected to be wrong."""
_WRONG: Mapping[str, bool] = {"keep": False, "relabel": True}
"""Whoever excludes a row, or is unsure of it, does not say whether its label is right."""


def budget_of(context: Context, scan: Scan, issue_type: str, following: int, worth: int) -> Budget | None:
    """None where the scan cannot say what its list holds. Rows that were decided before the scan, or many at once, are
    done with, and say nothing of how many of the others are wrong. Remembered until the next act."""
    key = ("budget", scan.scan_id, issue_type, following, worth, context.store.newest_act())
    return context.store.remembered(key, lambda: _budget(context, scan, issue_type, following, worth))


def _budget(context: Context, scan: Scan, issue_type: str, following: int, worth: int) -> Budget | None:
    curve = scan.found(issue_type).get("curve") or ()
    kept = [(int(rows), float(wrong), float(low), float(high)) for rows, wrong, low, high in curve]
    if not kept:
        return None
    judged = judged_by_rank(context.store, scan, issue_type)
    verdicts = [(one.rank, _WRONG.get(one.action) if one.evidence else None) for one in judged]
    return review_budget(kept, verdicts, following, worth)


def budget_data(budget: Budget, worth: int) -> JsonObject:
    """As JSON values, without the points of the picture."""
    found = asdict(budget)
    del found["points"]
    return {**found, "worth": worth}


def budget_lines(budget: Budget, worth: int) -> list[str]:
    """For the command line."""
    now, stop, left = budget.following, budget.stop, budget.left
    lines = [
        f"{budget.judged:,} rows of the list are judged one by one since the scan, {budget.found:,} of them wrong. Of "
        f"about {left.estimate:,.0f} wrong labels left ({left.low:,.0f} – {left.high:,.0f}) the next {now.rows:,} "
        f"reviews find about {now.found.estimate:,.0f} ({now.found.low:,.0f} – {now.found.high:,.0f})."
    ]
    if stop.rows:
        return [*lines, f"After {stop.rows:,} more reviews fewer than one label in {worth:,} is expected to be wrong."]
    return [*lines, f"Fewer than one label in {worth:,} is expected to be wrong: stop here."]

"""Ranks a scan's list of wrong labels anew by what was decided since, says what came of it, and goes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.proportions import wilson
from core.records import Estimate, IssueFilter, Job, Scan, ScanSpec
from core.services.scan import start_scan
from core.store.acts.since import Judged, since
from core.store.datasets import get_dataset
from core.store.issues import page_issues
from core.store.scans import forget_job, get_scan
from core.tasks import target_of

EVERY = 50
"""So many new verdicts, and the list is offered anew; of so many rows at its top it is said how many are others."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Of rows that a list flags and that were judged one by one, the share whose label was wrong."""

    rows: int
    share: Estimate

    @classmethod
    def of(cls, judged: Judged) -> Precision | None:
        """None without rows."""
        if not judged.rows:
            return None
        low, high = wilson(np.array(judged.wrong), np.array(judged.rows))
        return cls(judged.rows, Estimate(judged.wrong / judged.rows, float(low), float(high)))


@dataclass(frozen=True, slots=True)
class Anew:
    """What there is to be learnt, and of a list that was ranked anew what came of that."""

    verdicts: int
    """Rows of which something was said since the list was made: row by row or many at once, not by changes of
    classes."""
    due: bool
    """Whether they are enough for another list."""
    ranked_anew: bool
    """Whether this list was made from verdicts itself."""
    moved: int
    """Of the `EVERY` rows that are next, those that were not next on the former list."""
    before: Precision | None
    """Of the last `EVERY` verdicts on the former list."""
    after: Precision | None
    """Of those on this one."""


def can_rank_anew(context: Context, scan: Scan) -> bool:
    """Whether a scan is one that is made anew in seconds: by heads on embeddings, of labels that are classes."""
    target = target_of(get_dataset(context.store, scan.dataset_id))
    settings = scan.settings
    quick = "folds" in settings and not settings.get("fine_tune") and not settings.get("probabilities")
    return scan.final and quick and not (target.located or target.numeric) and "label" in scan.types


def anew(context: Context, scan: Scan) -> Anew | None:
    """None where a scan cannot be ranked anew, or there is nothing to be said of it yet."""
    return context.store.remembered(("anew", scan.scan_id, context.store.newest_act()), lambda: _anew(context, scan))


def _anew(context: Context, scan: Scan) -> Anew | None:
    if not can_rank_anew(context, scan):
        return None
    former = _former(context, scan)
    said = since(context.store, scan, EVERY, former.scan_id if former is not None else "")
    due = said.learnable >= EVERY
    if not due and former is None:
        return None
    moved = 0
    if former is not None:
        moved = len(_next(context, scan) - _next(context, former))
    return Anew(said.learnable, due, former is not None, moved, Precision.of(said.before), Precision.of(said.after))


def rank_anew(context: Context, scan: Scan, by: str) -> Job:
    """Starts a scan that learns from labels as they are decided and ranks the rows that are not: seconds, since the
    embeddings are there. Raises `UsageError` for a scan that cannot be ranked anew."""
    if not can_rank_anew(context, scan):
        raise UsageError("This list cannot be ranked anew by verdicts.", "Make a version and scan that.")
    known = scan.settings
    spec = ScanSpec(
        tuple(known["encoders"]), int(known["folds"]), int(known["seed"]), None, str(known["flag_by"]), "", scan.scan_id
    )
    return start_scan(context, scan.version_id, spec, by)


def go_back(context: Context, scan: Scan) -> None:
    """Takes a list that was ranked anew away, so that the former one is handed out again; verdicts stay. Raises
    `UsageError` where there is no former one."""
    if _former(context, scan) is None:
        raise UsageError("There is no former ranking.", "This list is a scan's own.")
    forget_job(context.store, scan.job_id)


def _former(context: Context, scan: Scan) -> Scan | None:
    name = str(scan.settings.get("anew") or "")
    try:
        return get_scan(context.store, name) if name else None
    except NotFoundError:
        return None


def _next(context: Context, scan: Scan) -> set[int]:
    where = IssueFilter("label", flagged_only=False, undecided_only=True, settled=False)
    return {one.example_id for one in page_issues(context.store, scan, where, EVERY)}

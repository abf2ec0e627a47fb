"""Records of scans and of the issues that they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.records.datasets import RowFilter


@dataclass(frozen=True, slots=True)
class ScanSpec:
    """What a scan is asked to do. Frozen into the job folder's `spec.json`."""

    encoders: tuple[str, ...]
    """Names in `modalities.encoders.ENCODERS`, model folders or hub ids, quickest first; empty: the task's defaults."""
    folds: int = 5
    seed: int = 0
    probabilities: str | None = None
    """A file of the person's own out-of-sample probabilities; then no encoder runs but the one for neighbours."""
    flag_by: str = "winnow"
    """How rows are flagged: `winnow` (calibrated default) or a cleanlab `filter_by` name."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One finished tier of a scan."""

    scan_id: str
    job_id: str
    dataset_id: str
    version_id: str
    tier: str
    """What the probabilities came from: `lexical`, `minilm`, `lexical + minilm`, `own probabilities` …"""
    tier_order: int
    """Position in its job: the highest is the best that the job has reached."""
    created_at: datetime
    created_by: str
    settings: Mapping[str, Any]
    summary: Mapping[str, Any]
    """`output/<tier>/summary.json`, see `core.jobs.scan.run`."""
    final: bool
    """False while a better tier of the same job is still expected."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One row of the ranked list."""

    row_id: int
    score: float
    """Label quality in 0–1: low is worse."""
    is_issue: bool
    given_label: str
    suggested_label: str
    why: Mapping[str, Any]
    """`given_probability`, `suggested_probability`, `given_threshold`, `suggested_threshold`, `neighbours` (row ids,
    nearest first), `similarities` (cosine, same order)."""
    rank: int
    """1 is the worst row of the scan in its issue type."""


FIRST_ISSUE_TYPE = "label"
"""Listed unless another is asked for: the first of `core.issues.ISSUE_TYPES`, which the web process cannot import."""


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues to list: narrows the ranked list of one scan."""

    issue_type: str = FIRST_ISSUE_TYPE
    """One of the scan's `summary["types"]`; each has ranks of its own."""
    flagged_only: bool = True
    given_label: str | None = None
    suggested_label: str | None = None
    score_below: float | None = None
    undecided_only: bool = False
    rows: RowFilter = field(default_factory=RowFilter)
    worst: int | None = None
    """So many of the worst rows count as flagged, instead of those that the scan flagged."""

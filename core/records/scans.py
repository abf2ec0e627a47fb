"""Records of scans and of the issues that they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.records.datasets import RowFilter
from core.records.lists import ColumnFilter


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
    fine_tune: str = ""
    """A bundled model, a model folder or a hub id: one more tier, of such models that are fine-tuned as a whole without
    each fold. Empty: none."""
    anew: str = ""
    """The scan whose list is ranked anew by what was decided since: labels as they are decided, without the rows that
    are left out. Empty: none."""
    names: bool = False
    """Whether names of people and places in texts are looked for too, by a model of English, with the last tier."""
    types: tuple[str, ...] = ()
    """Issue types to look for, wrong labels among them whether named or not; empty: all that such rows may have."""


ONLY_TYPE: Mapping[str, Mapping[str, Any]] = {"label": {}}
"""Scans of release 0.1.0 looked for nothing else, and their summary is that type's."""


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

    @property
    def types(self) -> tuple[str, ...]:
        """Issue types that it looked for; the first is listed unless another is asked for."""
        return tuple(self.summary.get("found", ONLY_TYPE))

    @property
    def labels(self) -> tuple[str, ...]:
        """The dataset's classes when it began, in the order of its probabilities; none where it does not say."""
        return tuple(self.settings.get("about", {}).get("labels", ()))

    def found(self, issue_type: str | None = None) -> Mapping[str, Any]:
        """What a type, the first unless it is named, says of the dataset: rows `flagged` and what it adds itself."""
        about: Mapping[str, Any] = self.summary.get("found", ONLY_TYPE)[issue_type or self.types[0]]
        return about or self.summary


@dataclass(frozen=True, slots=True)
class Issue:
    """One row of the ranked list."""

    example_id: int
    score: float
    """In 0–1: low is worse."""
    is_issue: bool
    given_label: str | None
    """None where the row has none."""
    suggested_label: str | None
    why: Mapping[str, Any]
    """The type's evidence by its fields' names; `core.issues` makes its record of it."""
    rank: int
    """1 is the worst row of the scan in its issue type."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A flagged row of a group of which one is enough."""

    example_id: int
    group: int
    """Row id of the group's first row."""
    conflicting: bool
    """Whether the group carries more than one label."""
    given_label: str
    suggested_label: str | None
    score: float


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues to list: narrows the ranked list of one scan."""

    issue_type: str | None = None
    """One of the scan's types, each of which has ranks of its own; None is the first."""
    flagged_only: bool = True
    given_label: str | None = None
    """Where a label may be several classes, this and the next are a class that it has; empty: it is of no class."""
    suggested_label: str | None = None
    added: str | None = None
    """A class that the suggestion has and the given label has not; only where a label may be several."""
    removed: str | None = None
    """The other way round."""
    score_below: float | None = None
    undecided_only: bool = False
    decided_only: bool = False
    """Only rows with a verdict that settles the list; with `settled` False, of the scan's own version."""
    settled: bool | None = None
    """Only rows on which a verdict from an earlier version holds, or only the others; None: both."""
    rows: RowFilter = field(default_factory=RowFilter)
    worst: int | None = None
    """So many of the worst rows count as flagged, instead of those that the scan flagged."""
    kind: str | None = None
    """Of a type whose rows have kinds, one that each row has."""
    columns: tuple[ColumnFilter, ...] = ()
    """What else holds of the list's own columns: `score`, `rank`, `given_label`, `suggested_label`, `is_issue`."""

"""What a scan found, ready to be shown: its ranked rows with their examples, and why a row stands where it stands.

Reads the store and nothing else. How a scan is started and followed is `core.services.scan`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation.confusion import Overlap
from core.issues import ISSUE_TYPES
from core.issues.contract import IssueType
from core.jobs.about import version_of
from core.queue.folder import JobFolder
from core.records import (
    Decision,
    Estimate,
    Example,
    Issue,
    IssueFilter,
    Job,
    ListColumn,
    ReviewCounts,
    RowOrder,
    Scan,
    Version,
)
from core.review.records import ReviewItem
from core.services.review.queue import items
from core.store import issues, rows, scans
from core.store.acts import decisions
from core.store.acts.of_lists import ListCounts, of_lists
from core.store.datasets import get_dataset
from core.store.export import WHOLE_LIST, Format, export_issues
from core.store.export_lists import export_issue_list, export_spans
from core.tasks import target_of, task_named

MAX_PAIRS = 200
"""Pairs listed where there are too many classes for a matrix."""


@dataclass(frozen=True, slots=True)
class ListedIssue:
    """One line of the ranked list."""

    issue: Issue
    example: Example
    decision: Decision | None
    """The verdict that settles the row in this list, from this version or an earlier one, if somebody has given one."""


@dataclass(frozen=True, slots=True)
class IssuePage:
    """A page of the ranked list, worst row first."""

    total: int
    """Rows that the filter leaves, over all pages."""
    lines: tuple[ListedIssue, ...]


@dataclass(frozen=True, slots=True)
class PairRows:
    """A cell of the given × suggested matrix."""

    given: str
    suggested: str
    flagged: int
    """Rows listed: flagged, with this pair."""
    estimated: int | None
    """Rows that the joint estimate puts here, over the whole dataset; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class ClassChanges:
    """What the flagged rows' suggestions make of one class, where a label may be several."""

    label: str
    added: int
    """Rows on which it is probably missing."""
    removed: int
    """Rows on which it is probably wrong."""


@dataclass(frozen=True, slots=True)
class Findings:
    """One scan at a glance."""

    scan: Scan
    kind: IssueType[Any]
    """The type that is looked at."""
    pairs: tuple[PairRows, ...]
    """Most frequent first; none where a label may be several classes."""
    changes: tuple[ClassChanges, ...]
    """Most changed first; none where a label is one class."""
    review: ReviewCounts
    """Measured on the type's flags."""
    lists: Mapping[str, ListCounts]
    """Where the review of each type's list stands."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What the type says of the dataset."""
        return self.scan.found(self.kind.name)


def latest_scan(context: Context, version_id: str) -> Scan | None:
    """The best tier that the newest scan of a version has reached, or None before the first."""
    return scans.latest_scan(context.store, version_id)


def required_scan(context: Context, version_id: str, name: str) -> Scan:
    """As `latest_scan`, but no scan raises `NotFoundError` with the next step; `name` is the dataset's."""
    scan = latest_scan(context, version_id)
    if scan is None:
        raise NotFoundError(f"{name!r} has not been scanned in this version.", f"Run: python -m core scan {name}")
    return scan


def newest_scan_job(context: Context, version: Version) -> Job | None:
    """The scan job of a version that was started last."""
    scans_of_it = (job for job in context.queue.of("scan", version.dataset_id) if _scanned(job) == version.version_id)
    return next(scans_of_it, None)


def findings(context: Context, scan: Scan, issue_type: str | None = None, worst: int | None = None) -> Findings:
    """A type's pairs of given and suggested labels, or what it makes of each class, and how far its review is;
    `worst`: how many of the worst rows count as flagged, where not those that the scan flagged."""
    kind, dataset = type_of(scan, issue_type), get_dataset(context.store, scan.dataset_id)
    where, review = IssueFilter(kind.name, settled=False, worst=worst), _review(context, scan, kind.name, worst)
    lists = of_lists(context.store, scan)
    target = target_of(dataset)
    if target.numeric:
        return Findings(scan, kind, (), (), review, lists)
    if target.several:
        return Findings(scan, kind, (), _changes(context, scan, where), review, lists)
    return Findings(scan, kind, _pairs(context, scan, where), (), review, lists)


def _changes(context: Context, scan: Scan, where: IssueFilter) -> tuple[ClassChanges, ...]:
    found = (ClassChanges(*counted) for counted in issues.change_counts(context.store, scan, where))
    return tuple(sorted(found, key=lambda one: (-one.added - one.removed, one.label)))


def _pairs(context: Context, scan: Scan, where: IssueFilter) -> tuple[PairRows, ...]:
    counted = issues.pair_counts(context.store, scan, where)
    flagged = {(given, suggested): count for given, suggested, count in counted}
    joint = {
        (given, suggested): int(count) for given, suggested, count in scan.found(where.issue_type).get("joint", ())
    }
    off_diagonal = {pair for pair in flagged.keys() | joint.keys() if pair[0] != pair[1]}
    pairs = [PairRows(pair[0], pair[1], flagged.get(pair, 0), joint.get(pair)) for pair in off_diagonal]
    pairs.sort(key=lambda pair: (-pair.flagged, -(pair.estimated or 0), pair.given, pair.suggested))
    return tuple(pairs)


def _review(context: Context, scan: Scan, issue_type: str, worst: int | None) -> ReviewCounts:
    counted = decisions.counts(context.store, scan.version_id, scan.scan_id, issue_type)
    if worst is None:
        return counted
    asked = IssueFilter(issue_type, settled=False, worst=worst)
    flagged = issues.count_issues(context.store, scan, asked)
    left = issues.count_issues(context.store, scan, replace(asked, undecided_only=True))
    return replace(counted, flagged=flagged, left=left)


def page(context: Context, scan: Scan, where: IssueFilter, limit: int, offset: int) -> IssuePage:
    """`limit` lines of the ranked list from `offset` on, read from the store page by page."""
    total, found = issues.count_and_page(context.store, scan, where, limit, offset)
    return IssuePage(total, _lines(context, scan, found, where.issue_type))


def ranks(
    context: Context, scan: Scan, where: IssueFilter, order: RowOrder, limit: int, offset: int
) -> tuple[int, list[int]]:
    """How many rows the filter keeps, and the ranks of `limit` of them from `offset` on as they are sorted: what a
    long list takes longer for than a page may wait."""
    return issues.count_and_page_of_ranks(context.store, scan, where, limit, offset, order)


def lines_of(context: Context, scan: Scan, where: IssueFilter, chosen: Sequence[int]) -> tuple[ListedIssue, ...]:
    """The lines with these ranks in the filter's type, in the order asked."""
    return _lines(context, scan, issues.issues_of_ranks(context.store, scan, where, chosen), where.issue_type)


def count(context: Context, scan: Scan, where: IssueFilter) -> int:
    """Rows of the ranked list that the filter leaves."""
    return issues.count_issues(context.store, scan, where)


def explain(context: Context, scan: Scan, example_id: int, issue_type: str | None = None) -> ReviewItem:
    """Why `example_id` has its score in a type's list, in words, with the rows that speak for it.

    Raises `NotFoundError` where the scan did not cover the row.
    """
    found = items(context, scan, [example_id], issue_type)
    if not found:
        raise NotFoundError(f"Row {example_id} is not in this scan.", "Pick another row, or scan this version again.")
    return found[0]


def attribute_values(context: Context, version_id: str, column: str, limit: int = 200) -> list[str]:
    """Values of an attribute to choose from, the most frequent first."""
    return [str(value) for value in rows.values(context.store, version_id, column, limit)]


def issue_types(scan: Scan) -> tuple[IssueType[Any], ...]:
    """What the scan looked for and is known here; the first is listed unless asked otherwise."""
    return tuple(ISSUE_TYPES[name] for name in scan.types if name in ISSUE_TYPES)


def overlaps_of(scan: Scan, called: Callable[[str], str]) -> tuple[Overlap, ...]:
    """Pairs of classes that the scan's model hardly tells apart, as people call them."""
    if "ambiguous" not in scan.types:
        return ()
    return tuple(
        Overlap(called(first), called(second), rows, Estimate(*ends))
        for first, second, rows, *ends in scan.found("ambiguous").get("overlaps", ())
    )


def types_found(scan: Scan) -> int:
    """Of how many of them any row is flagged."""
    return sum(scan.found(kind.name)["flagged"] > 0 for kind in issue_types(scan))


def type_of(scan: Scan, name: str | None) -> IssueType[Any]:
    """A type of the scan, the first where none is named. Raises `UsageError` for one that it did not look for."""
    known = issue_types(scan)
    found = next((one for one in known if name in (None, one.name)), None)
    if found is None:
        names = ", ".join(one.name for one in known)
        raise UsageError(
            f"The scan did not look for {name!r} issues.",
            f"It has: {names}. A new scan looks for all that such rows may have.",
        )
    return found


def export_list(
    context: Context,
    scan: Scan,
    out: Path,
    format_name: Format,
    top: int | None = None,
    where: IssueFilter = WHOLE_LIST,
    columns: Sequence[ListColumn] = (),
    order: RowOrder = issues.BY_RANK,
    plain: bool = False,
) -> None:
    """Writes the ranked list that the filter keeps, as it is sorted, whole or its `top` rows; with `columns` these,
    else the usual ones, whatever the order; of wrong labels that are spans, worst first, a line for each span, as
    `export_spans`. Raises `UsageError` for a type that the scan did not look for."""
    kind, dataset = type_of(scan, where.issue_type), get_dataset(context.store, scan.dataset_id)
    if columns:
        export_issue_list(context.store, scan.scan_id, out, format_name, where, order, columns, top, plain)
    elif order == issues.BY_RANK and kind.name == "label" and task_named(dataset.task).target.located:
        export_spans(context.store, scan.scan_id, out, format_name, top, where, plain)
    else:
        export_issues(context.store, scan.scan_id, out, format_name, top, where, order, plain, kinds=bool(kind.kinds))


def _lines(context: Context, scan: Scan, found: list[Issue], issue_type: str | None) -> tuple[ListedIssue, ...]:
    example_ids = [issue.example_id for issue in found]
    examples = {example.example_id: example for example in rows.get_rows(context.store, scan.version_id, example_ids)}
    of_list = issue_type or scan.types[0]
    decided = decisions.decided_in_list(context.store, scan.version_id, of_list, example_ids)
    return tuple(
        ListedIssue(issue, examples[issue.example_id], decided.get(issue.example_id))
        for issue in found
        if issue.example_id in examples
    )


def _scanned(job: Job) -> str:
    return version_of(JobFolder(Path(job.folder)))

"""The rows that are so like a decided one that they may get the same verdict: undecided ones of the same label.

They are its near-duplicates; and, where its label was changed, its very nearest rows by the embeddings that are kept,
as far as the scan flags them and suggests that label for them too. Nearness alone does not tell: wrong labels come one
by one, and of the nearest rows of a wrong label at most one in ten was wrong in the same way (handwritten digits with
errors planted, tweets with people's); of those that the scan suspects of the same error 89 to 98 in a hundred were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.context import Context
from core.records import LIST, BulkAction, Dataset, Decision, Example, Issue, IssueFilter, RowFilter, Scan, Version
from core.review.many import Doing
from core.services.review.among import OfVersion
from core.services.review.many import carry_out, plan
from core.services.review.writing import Done
from core.services.similar.nearest import can_compare, similar_rows
from core.store import issues
from core.store.acts.decisions import decided_in_list, decision_of, standing_of
from core.store.rows import get_rows, labels_of
from core.store.scans import latest_scan
from core.tasks import target_of

VERY_NEAR = 0.9
"""Cosine from which on a row is very near."""
MOST = 50
"""Rows that are offered at most, the most alike first."""
MOST_ROWS = 200_000
"""In a larger version the nearest rows are not looked for while somebody judges: near-duplicates alone are."""
APPLIED: tuple[BulkAction, ...] = ("keep", "relabel", "exclude")
"""Verdicts that may hold of others too."""
NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """A row that is like the decided one."""

    example: Example
    cosine: float | None
    """None where it is known as a near-duplicate alone."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What a verdict may be applied to."""

    decision: Decision
    rows: tuple[AlikeRow, ...]
    """The most alike first; never none."""


def alike(context: Context, dataset: Dataset, version: Version, decision: Decision) -> Alike | None:
    """None where no row is so like it, or the verdict is one that says nothing of others. Reads embeddings: not for the
    script thread."""
    if decision.action not in APPLIED or target_of(dataset).located:
        return None
    scan = latest_scan(context.store, version.version_id)
    found: dict[int, float | None] = {}
    if scan is not None:
        found = dict.fromkeys(_copies(context, scan, decision.example_id))
        if decision.new_label is not None and can_compare(dataset) and version.row_count <= MOST_ROWS:
            found |= _suspected_too(context, dataset, version, scan, decision)
    found.pop(decision.example_id, None)
    of_label = labels_of(context.store, version.version_id, [decision.example_id, *found])
    label = of_label.get(decision.example_id)
    asked = context.store, version.version_id
    said = standing_of(*asked, list(found), unsure=True)
    if decision.aside is not None:
        said = decided_in_list(*asked, decision.aside, list(found), unsure=True)
    left = [row for row in found if row not in said and of_label.get(row) == label and label is not None]
    cosines = {row: 1.0 if cosine is None else cosine for row, cosine in found.items()}
    order = sorted(left, key=lambda row: (-cosines[row], row))[:MOST]
    examples = {one.example_id: one for one in get_rows(context.store, version.version_id, order)}
    rows = tuple(AlikeRow(examples[row], found[row]) for row in order if row in examples)
    return Alike(decision, rows) if rows else None


def apply(context: Context, found: Alike, reviewer: str) -> Done:
    """Gives all of them the verdict, as one act that can be taken back whole; rows that somebody has decided meanwhile
    are left alone. Raises `UsageError` where nothing is left to do."""
    decision = found.decision
    rows = tuple(one.example.example_id for one in found.rows)
    tier = str(decision.shown["tier"]) if decision.shown.get("tier") else None
    where, issue_type = RowFilter(example_ids=rows), decision.shown.get(LIST)
    among = OfVersion(decision.version_id, where, decision.scan_id, tier, issue_type)
    doing = Doing(_ACTIONS[decision.action], decision.new_label)
    words = f"rows like row {decision.example_id}"
    return carry_out(context, plan(context, among, doing, reviewer), reviewer, words)


_ACTIONS: dict[str, BulkAction] = {one: one for one in APPLIED}


def still_holds(context: Context, decision: Decision) -> bool:
    """Whether the verdict is in force."""
    asked = context.store, decision.version_id
    rows = [decision.example_id]
    found = decided_in_list(*asked, decision.aside, rows, here=True) if decision.aside else decision_of(*asked, rows)
    now = found.get(decision.example_id)
    return now is not None and now.decision_id == decision.decision_id


def _suspected_too(
    context: Context, dataset: Dataset, version: Version, scan: Scan, decision: Decision
) -> dict[int, float | None]:
    """Very near rows that the scan takes to be wrong in the same way, with their cosines."""
    near = similar_rows(context, dataset, version, decision.example_id, RowFilter(), MOST)
    cosines = {row: cosine for row, cosine in (near.rows if near else ()) if cosine >= VERY_NEAR}
    listed = _listed(context, scan, "label", tuple(cosines), flagged=True)
    return {one.example_id: cosines[one.example_id] for one in listed if one.suggested_label == decision.new_label}


def _copies(context: Context, scan: Scan, example_id: int) -> Iterator[int]:
    """The others of its group of near-duplicates, as the newest scan found them."""
    if NEAR_DUPLICATE not in scan.types:
        return
    of_row = _listed(context, scan, NEAR_DUPLICATE, (example_id,), flagged=False)
    group = of_row[0].why.get("group") if of_row else None
    if group is None:
        return
    for copy in issues.copies(context.store, scan, NEAR_DUPLICATE, [int(group)]):
        yield copy.example_id
    if of_row[0].why.get("kept") is not None:
        yield int(of_row[0].why["kept"])


def _listed(context: Context, scan: Scan, issue_type: str, rows: tuple[int, ...], flagged: bool) -> list[Issue]:
    where = IssueFilter(issue_type, flagged_only=flagged, settled=None, rows=RowFilter(example_ids=rows))
    return issues.page_issues(context.store, scan, where, len(rows)) if rows else []

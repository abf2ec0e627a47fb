"""Asks again for rows that a verdict from an earlier version has settled: a scan's list has them as any other."""

from __future__ import annotations

from dataclasses import replace

from core.context import Context
from core.records import LIST, IssueFilter, Scan
from core.review.acts import check_note
from core.review.records import Act
from core.services.review.decisions import record
from core.store import issues
from core.store.ids import new_id


def ask_again(
    context: Context, scan: Scan, where: IssueFilter, reviewer: str, note: str | None = None
) -> tuple[int, ...]:
    """Has the settled rows of the list that the filter keeps asked for again, as acts on the scan's version. Returns
    the rows. Raises `UsageError` where the note is too long."""
    check_note(note)
    settled = replace(where, settled=True, undecided_only=False)
    rows = issues.example_ids(context.store, scan, settled)
    shown = {LIST: where.issue_type or scan.types[0]}
    acts = [Act(new_id(), "ask", row, shown=shown, scan_id=scan.scan_id, note=note) for row in rows]
    refused = {refusal.act.client_key for refusal in record(context, scan.version_id, reviewer, acts).refused}
    return tuple(act.example_id for act in acts if act.example_id is not None and act.client_key not in refused)

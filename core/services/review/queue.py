"""Which rows a reviewer gets next, with all that the desk shows of them. Two sessions never hold the same row.

A session is one tab of one reviewer: two tabs under one name are two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from core.context import Context
from core.issues import ISSUE_TYPES
from core.issues.contract import Evidence, IssueType, Seen
from core.lookalikes import isolated
from core.records import Decision, Example, Issue, IssueFilter, RowFilter, Scan
from core.review.records import Neighbour, ReviewItem
from core.store import issues
from core.store.acts import decisions
from core.store.acts.undecided import of_scan, worst_undecided
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.rows import get_rows
from core.store.scans import get_scan
from core.targets import Target
from core.tasks import target_of

LEASE_SECONDS = 180
"""How long a row stays with a session that is not heard of; the desk reports every 45 seconds while it is used."""
LIKELIEST = 5
"""Labels whose probabilities are shown."""


def handing_out(context: Context) -> AbstractContextManager[object]:
    """Held while a desk is given rows and counts. Twenty at the same time would only wait longer, all of them: each of
    their many short queries would stand behind the others' anew. Acts are taken down beside it."""
    return context.beside.turn("hand out")


def claim(
    context: Context,
    version_id: str,
    scan_id: str,
    session: str,
    where: IssueFilter,
    n: int,
    now: float | None = None,
) -> list[int]:
    """The next `n` worst rows that nobody has decided and nobody else holds; they are this session's for a while.
    `now`: as `Claims` has it, by default this moment."""
    ranked = of_scan(context.store, scan_id, where)
    issue_type = where.issue_type or get_scan(context.store, scan_id).types[0]
    return claim_from(context, version_id, session, ranked, n, now, again=bool(where.settled), issue_type=issue_type)


def claim_from(
    context: Context,
    version_id: str,
    session: str,
    ranked: Condition,
    n: int,
    now: float | None = None,
    again: bool = False,
    issue_type: str = "label",
) -> list[int]:
    """As `claim`, from any query for (example_id, rank) with its parameters; `again` and `issue_type`: as
    `worst_undecided` has them.
    Where another process was quicker at one of the rows, the search begins again."""
    claims, moment = context.ledger.claims, monotonic() if now is None else now
    while True:
        taken = claims.held_by_others(version_id, session, moment)
        worst = worst_undecided(context.store, version_id, ranked, taken, n, again, issue_type)
        if claims.hold(version_id, session, worst, now=moment, seconds=LEASE_SECONDS) == worst:
            return worst


def come_back(context: Context, version_id: str, session: str, in_hand: Collection[int], reviewer: str) -> None:
    """A session begins: after a restart of the app it goes on with the rows in its browser's hands, and where it has
    none, since the page was loaded anew, with those that were its reviewer's."""
    of = "" if in_hand else session_name(reviewer, "")
    context.ledger.claims.adopt(version_id, session, sorted(in_hand), of=of)


def session_name(reviewer: str, tab: str) -> str:
    """A reviewer's tab as the holder of rows."""
    return f"{reviewer}:{tab}"


def release(context: Context, version_id: str, session: str, example_ids: Sequence[int]) -> None:
    """Gives rows back before their time is up."""
    context.ledger.claims.release(version_id, session, example_ids)


def leave(context: Context, session: str) -> None:
    """Gives back all that a session holds."""
    context.ledger.claims.release_all(session)


def undecided(context: Context, scan: Scan, where: IssueFilter) -> int:
    """Rows of a queue that nobody has decided, whoever holds them."""
    return issues.count_issues(context.store, scan, replace(where, undecided_only=True))


def queued(context: Context, scan: Scan, where: IssueFilter) -> int:
    """Rows of a queue, decided or not."""
    return issues.count_issues(context.store, scan, replace(where, undecided_only=False))


def items(context: Context, scan: Scan, example_ids: Sequence[int], issue_type: str | None = None) -> list[ReviewItem]:
    """These rows as a reviewer gets them, in the order asked; rows that the scan has not are left out."""
    wanted = IssueFilter(issue_type, flagged_only=False, rows=RowFilter(example_ids=tuple(example_ids)))
    found = issues.page_issues(context.store, scan, wanted, len(example_ids), 0) if example_ids else []
    if not found:
        return []
    kind = ISSUE_TYPES[issue_type or scan.types[0]]
    by_row = {issue.example_id: issue for issue in found}
    proof = {issue.example_id: kind.read(issue.why) for issue in found}
    near = {neighbour for one in proof.values() for neighbour in one.neighbours}
    examples = _examples(context, scan.version_id, by_row.keys() | near)
    said = decisions.decided_in_list(context.store, scan.version_id, kind.name, list(by_row), unsure=True)
    dataset = get_dataset(context.store, scan.dataset_id)
    target = target_of(dataset)
    likeliest = _likeliest(context, scan, found, scan.labels or dataset.labels, target)
    made = [
        with_said(
            _item(kind, by_row[example_id], proof[example_id], examples, likeliest[example_id], target),
            said.get(example_id),
            scan.version_id,
        )
        for example_id in example_ids
        if example_id in by_row
    ]
    return _with_copies(context, scan, made, kind.name) if "group" in kind.actions else made


def _with_copies(context: Context, scan: Scan, made: list[ReviewItem], issue_type: str) -> list[ReviewItem]:
    groups = {item.issue.example_id: item.issue.why.get("group") for item in made}
    found: dict[int, list[int]] = {}
    for copy in issues.copies(context.store, scan, issue_type, [one for one in groups.values() if one is not None]):
        found.setdefault(copy.group, []).append(copy.example_id)
    return [
        replace(item, group=group, copies=tuple(found.get(group, ()))) if group is not None else item
        for item, group in zip(made, groups.values(), strict=True)
    ]


def _examples(context: Context, version_id: str, example_ids: Collection[int]) -> dict[int, Example]:
    return {example.example_id: example for example in get_rows(context.store, version_id, sorted(example_ids))}


def _item(
    kind: IssueType[Any],
    issue: Issue,
    proof: Evidence,
    examples: Mapping[int, Example],
    likeliest: tuple[tuple[str, float], ...],
    target: Target,
) -> ReviewItem:
    near = zip(proof.neighbours, proof.similarities, strict=True)
    neighbours = tuple(Neighbour(examples[example_id], similarity) for example_id, similarity in near)
    given, suggested, *near_labels = (
        None if label is None else isolated(target.words(label))
        for label in (issue.given_label, issue.suggested_label, *(one.example.label for one in neighbours))
    )
    why = kind.say(
        proof, Seen(given, suggested, near_labels, lambda one: isolated(target.words(target.label_of((one,)))))
    )
    return ReviewItem(examples[issue.example_id], issue, likeliest, neighbours, why)


def with_said(item: ReviewItem, said: Decision | None, version_id: str) -> ReviewItem:
    """The row with what is known to have been said of it, on this version or before."""
    if said is None:
        return item
    return replace(item, decision=said) if said.version_id == version_id else replace(item, before=said)


def _likeliest(
    context: Context, scan: Scan, found: Sequence[Issue], labels: Sequence[str], target: Target
) -> dict[int, tuple[tuple[str, float], ...]]:
    """From the scan's own matrix; where that is gone or broken, of the given and the suggested label alone."""
    matrix = _probabilities(context, scan, [issue.example_id for issue in found])
    return {
        issue.example_id: _shares(issue) if row is None else _top(row, labels, issue, target)
        for issue, row in zip(found, matrix, strict=True)
    }


def _probabilities(context: Context, scan: Scan, example_ids: Sequence[int]) -> Sequence[Any]:
    """Rows of the scan's out-of-sample probabilities, float32 (k,) each, or None per row where there are none."""
    try:
        folder = context.workspace.runs / scan.job_id / "output" / str(scan.tier_order)
        known = np.load(folder / "row_ids.npy", mmap_mode="r", allow_pickle=False)
        matrix = np.load(folder / "probabilities.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):  # gone, or cut
        return [None] * len(example_ids)
    places = np.searchsorted(known, example_ids).clip(max=len(known) - 1)
    return [
        np.asarray(matrix[place]) if known[place] == row else None
        for place, row in zip(places, example_ids, strict=True)
    ]


def _top(row: Any, labels: Sequence[str], issue: Issue, target: Target) -> tuple[tuple[str, float], ...]:
    return likeliest_of(row, labels, (issue.suggested_label, issue.given_label), target)


def likeliest_of(
    row: Any, labels: Sequence[str], also: Sequence[str | None], target: Target
) -> tuple[tuple[str, float], ...]:
    """The likeliest classes of one row of probabilities and those of some labels, the likeliest first; none where
    labels are numbers."""
    if target.numeric:
        return ()
    shares = {labels[index]: float(row[index]) for index in np.argsort(-row, kind="stable")[:LIKELIEST]}
    for label in also:
        for name in () if label is None else target.classes_of(label):
            if name not in shares and name in labels:
                shares[name] = float(row[labels.index(name)])
    return _sorted(shares)


def _shares(issue: Issue) -> tuple[tuple[str, float], ...]:
    """Of several classes, those in doubt."""
    why = issue.why
    pairs = ((issue.given_label, "given_probability"), (issue.suggested_label, "suggested_probability"))
    shares = {label: float(why[key]) for label, key in pairs if label and why.get(key) is not None}
    for kind in ("extra", "missing"):
        shares |= dict(zip(why.get(kind, ()), why.get(f"{kind}_probabilities", ()), strict=False))
    return _sorted(shares)


def _sorted(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(shares.items(), key=lambda pair: -pair[1]))

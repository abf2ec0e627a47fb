"""Review in the web process: takes down what reviewers decide and makes versions of it.

Which rows they get to see is `core.services.review.queue`'s. Which acts are allowed is `core.review.rules`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from core.context import Context
from core.errors import UsageError
from core.jobs.recorded import record_versions
from core.records import Decision, ReviewCounts, Version
from core.review.records import Act, Recorded, Refusal
from core.review.rules import judge, judge_undos
from core.store import versions
from core.store.acts import decisions
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import labels_of
from core.tasks import task_named

_TURN = "record"
"""Between the look at what is in force and the write nobody else decides: reviewers come to the process that has the
store open, and that is one. What is written twice nonetheless stands once, by its client key."""


def record(context: Context, version_id: str, reviewer: str, acts: Sequence[Act]) -> Recorded:
    """Takes down a reviewer's acts in their order; those written before, by their client keys, are only confirmed."""
    with context.beside.turn(_TURN):
        known = context.ledger.decisions.by_client_key([act.client_key for act in acts])
        refused: list[Refusal] = []
        returned = [
            (key, stored.example_id)
            for key, stored in known.items()
            if stored.action == "undo" and stored.version_id == version_id
        ]
        fresh = [act for act in acts if act.client_key not in known]
        for is_undo, group in groupby(fresh, key=lambda act: act.action == "undo"):
            if is_undo:
                undone, problems = _undo_all(context, version_id, reviewer, list(group))
                returned.extend((decision.client_key, decision.example_id) for decision in undone)
            else:
                problems = _decide_all(context, version_id, reviewer, list(group))
            refused.extend(problems)
    return Recorded(tuple(act.client_key for act in acts), tuple(refused), tuple(returned))


def undo(context: Context, version_id: str, reviewer: str) -> Decision:
    """Takes back the reviewer's newest decision on the version. Raises `UsageError` where none is in force."""
    recorded = record(context, version_id, reviewer, [Act(new_id(), "undo", example_id=None)])
    if recorded.refused:
        raise UsageError(recorded.refused[0].message, "Name the reviewer whose decisions you mean.")
    return context.ledger.decisions.by_client_key(recorded.acknowledged)[recorded.acknowledged[0]]


def counts(context: Context, version_id: str, scan_id: str | None) -> ReviewCounts:
    """Where the review of a version stands, measured on one scan's flags."""
    return decisions.counts(context.store, version_id, scan_id)


def make_version(context: Context, parent_id: str, note: str, by: str) -> Version:
    """The parent with the decisions in force applied: seconds for many rows, so not in the script thread.

    Raises `UsageError` where there is none.
    """
    with context.beside.turn(_TURN):
        made = versions.make_review_version(context.store, parent_id, note.strip(), by)
    made = versions.add_fingerprint(context.store, made.version_id)
    record_versions(context)
    return made


def _decide_all(context: Context, version_id: str, reviewer: str, acts: list[Act]) -> list[Refusal]:
    version = versions.get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    example_ids = [act.example_id for act in acts if act.example_id is not None]
    accepted, refused = judge(
        acts,
        rows=labels_of(context.store, version_id, example_ids),
        in_force=decisions.decision_of(context.store, version_id, example_ids),
        labels=frozenset(dataset.labels),
        target=task_named(dataset.task).target,
        reviewer=reviewer,
    )
    context.ledger.decisions.append([as_decision(act, version, reviewer) for act in accepted])
    return refused


def _undo_all(
    context: Context, version_id: str, reviewer: str, acts: list[Act]
) -> tuple[list[Decision], list[Refusal]]:
    """Undos of the reviewer's newest go one by one, since each changes what the next one finds."""
    if any(act.undoes_key is None for act in acts) and len(acts) > 1:
        parts = [_undo_all(context, version_id, reviewer, [act]) for act in acts]
        return [one for undone, _ in parts for one in undone], [one for _, refused in parts for one in refused]
    version = versions.get_version(context.store, version_id)
    targets = context.ledger.decisions.by_client_key([act.undoes_key for act in acts if act.undoes_key])
    newest = context.ledger.decisions.last_undoable(version_id, reviewer) if acts[0].undoes_key is None else None
    if newest is not None:
        targets[""] = newest
    accepted, refused = judge_undos(acts, targets, reviewer)
    undone = [_undo(act, target, version, reviewer) for act, target in accepted]
    context.ledger.decisions.append(undone)
    return undone, refused


def as_decision(act: Act, version: Version, reviewer: str) -> Decision:
    """The act as the ledger keeps it, decided now."""
    assert act.example_id is not None, "judge() lets no decision without a row through"
    return Decision(
        decision_id=new_id(),
        client_key=act.client_key,
        dataset_id=version.dataset_id,
        version_id=version.version_id,
        example_id=act.example_id,
        action=act.action,
        new_label=act.new_label,
        reviewer=reviewer,
        decided_at=datetime.now(UTC),
        scan_id=act.scan_id,
        shown=act.shown,
    )


def _undo(act: Act, target: Decision, version: Version, reviewer: str) -> Decision:
    return Decision(
        decision_id=new_id(),
        client_key=act.client_key,
        dataset_id=version.dataset_id,
        version_id=version.version_id,
        example_id=target.example_id,
        action="undo",
        new_label=None,
        reviewer=reviewer,
        decided_at=datetime.now(UTC),
        scan_id=target.scan_id,
        shown={},
        undoes=target.decision_id,
    )

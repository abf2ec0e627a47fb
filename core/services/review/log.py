"""What has been decided on a dataset, by whom, and whether it still counts. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.context import Context
from core.records import Action, BulkAct, Decision, Example, Version, VersionChange
from core.store import versions
from core.store.acts import decisions
from core.store.masked import said_shown
from core.store.rows import get_rows


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act, with the row that it was about."""

    decision: Decision
    example: Example
    """The row as the version has it that was on the screen."""
    version: Version
    counts: bool
    """Whether it is in force: newest of its row on its version, and not taken back."""
    of_many: BulkAct | None = None
    """The act on many rows that it is part of."""
    versions: tuple[int, ...] = ()
    """Numbers of the versions that have the change that it made, also after it was taken back."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the acts, newest first."""

    total: int
    """Acts that the filters leave, over all pages."""
    lines: tuple[LogLine, ...]


def log(
    context: Context,
    dataset_id: str,
    *,
    reviewer: str | None = None,
    action: Action | None = None,
    version_id: str | None = None,
    limit: int,
    offset: int = 0,
) -> LogPage:
    """Acts on a dataset, undos too; each argument that is given narrows."""
    acts = context.ledger.decisions
    total = acts.count(dataset_id, reviewer=reviewer, action=action, version_id=version_id)
    found = acts.page(dataset_id, reviewer=reviewer, action=action, version_id=version_id, limit=limit, offset=offset)
    return LogPage(total, tuple(_lines(context, dataset_id, found)))


def acts_on_many(context: Context, dataset_id: str) -> tuple[str, ...]:
    """Ids of a dataset's acts on many rows."""
    bulk = context.ledger.bulk
    return tuple(one.act_id for one in bulk.page(dataset_id, limit=max(1, bulk.count(dataset_id))))


def log_lines(context: Context, dataset_id: str, decision_ids: Sequence[str]) -> tuple[LogLine, ...]:
    """The lines of these decisions, in the order asked."""
    return tuple(_lines(context, dataset_id, decisions.decisions_with(context.store, decision_ids)))


def version_list(context: Context, dataset_id: str) -> list[Version]:
    """Every version of a dataset, newest first."""
    return versions.list_versions(context.store, dataset_id)[::-1]


def changes(context: Context, version_id: str, limit: int, offset: int) -> tuple[int, list[VersionChange]]:
    """How many rows reviewers changed between a version's parent and itself, and one page of them."""
    total = versions.count_changes(context.store, version_id)
    return total, versions.changes(context.store, version_id, limit, offset) if total else []


def _lines(context: Context, dataset_id: str, found: Iterable[Decision]) -> Iterable[LogLine]:
    known = {version.version_id: version for version in versions.list_versions(context.store, dataset_id)}
    rows: dict[str, set[int]] = {}
    acts = list(found)
    for act in acts:
        rows.setdefault(act.version_id, set()).add(act.example_id)
    examples = {
        (version_id, example.example_id): example
        for version_id, example_ids in rows.items()
        for example in get_rows(context.store, version_id, sorted(example_ids))
    }
    standing = {
        decision_id
        for version_id, example_ids in rows.items()
        for decision_id in decisions.ids_in_force(context.store, version_id, sorted(example_ids))
    }
    heads = {act.client_key.partition(":")[0] for act in acts if ":" in act.client_key}
    many = {act_id: context.ledger.bulk.by_id(act_id) for act_id in heads}
    held = versions.holding(context.store, dataset_id, [act.decision_id for act in acts])
    for act in acts:
        example, counts = examples[act.version_id, act.example_id], act.decision_id in standing
        yield LogLine(
            replace(act, note=act.note and said_shown(context.store, dataset_id, act.note)),
            example,
            known[act.version_id],
            counts,
            _shown(context, many.get(act.client_key.partition(":")[0])),
            held.get(act.decision_id, ()),
        )


def _shown(context: Context, act: BulkAct | None) -> BulkAct | None:
    return act and replace(act, among=said_shown(context.store, act.dataset_id, act.among))

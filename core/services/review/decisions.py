"""Review in the web process: takes down what reviewers decide and makes versions of it.

Which rows they get to see is `core.services.review.queue`'s. Which acts are allowed is `core.review.rules`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from core.beside.gathered import Gathered
from core.context import Context
from core.errors import UsageError
from core.issues import settles
from core.jobs.recorded import record_versions
from core.records import ASIDE, SETTLES, Dataset, Decision, ReviewCounts, Version
from core.review.records import Act, Recorded, Refusal
from core.review.rules import judge, judge_undos
from core.review.words import in_words
from core.store import versions
from core.store.acts import decisions
from core.store.acts.in_force import AFTER_VERDICT, BY_CLASS
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import labels_of, may_be_row, words_of
from core.tasks import target_of
from core.words import ENGLISH, speaking, stored


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one reviewer sends."""

    reviewer: str
    acts: tuple[Act, ...]


def record(context: Context, version_id: str, reviewer: str, acts: Sequence[Act]) -> Recorded:
    """Takes down a reviewer's acts in their order; those written before, by their client keys, are only confirmed.

    Between the look at what is in force and the write nobody else decides: reviewers come to the process that has the
    store open, and that is one. What is written twice nonetheless stands once, by its client key. The acts of all who
    wait for their turn are taken down in one look and one write.
    """
    if not acts:
        return Recorded((), (), ())
    gathered: Gathered[_Asked, Recorded] = context.beside.gathered(turn_of(version_id))
    return gathered.ask(_Asked(reviewer, tuple(acts)), lambda asked: _Moment(context, version_id, asked).recorded())


def turn_of(version_id: str) -> str:
    """The name of the turn of who looks at what is in force on a version and writes: one does at a time."""
    return f"record {version_id}"


def stopped(dataset: Dataset) -> str:
    """Why nothing more is decided on a dataset: it is in the trash. Empty where it is not."""
    if dataset.state != "trashed":
        return ""
    return stored(f"{dataset.name} was moved to the trash: restore it on the Data page to go on.")


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
    with context.beside.turn(turn_of(parent_id)):
        made = versions.make_review_version(context.store, parent_id, note.strip(), by)
    made = versions.add_fingerprint(context.store, made.version_id)
    record_versions(context)
    return made


NOT_SAVED = stored("This was not saved.")


class _Moment:
    """What several reviewers do to a version at the same time: each judged by what those before have done, all written
    together."""

    def __init__(self, context: Context, version_id: str, asked: Sequence[_Asked]) -> None:
        self._context = context
        self._asked = asked
        self._version = versions.get_version(context.store, version_id)
        self._dataset = get_dataset(context.store, self._version.dataset_id)
        self._known = context.ledger.decisions.by_client_key([act.client_key for one in asked for act in one.acts])
        self._unwritten: list[Decision] = []
        self._look()

    def recorded(self) -> list[Recorded]:
        """What became of the acts of each, once they are written."""
        answers = [self._record(one.reviewer, one.acts) for one in self._asked]
        self._write()
        return answers

    def _look(self) -> None:
        """At the rows that are to be decided, and at what is in force on them."""
        acts = [act for one in self._asked for act in one.acts if act.action != "undo"]
        asked = {act.example_id for act in acts if act.example_id is not None}
        rows = sorted(filter(may_be_row, asked))
        self._rows = labels_of(self._context.store, self._version.version_id, rows)
        target = target_of(self._dataset)
        self._words = words_of(self._context.store, self._version.version_id, rows) if target.located else {}
        self._on_label = decisions.standing_of(self._context.store, self._version.version_id, rows)
        self._acted = set[int]()
        self._in_list = {
            (example_id, name): decision
            for name in {act.given_in for act in acts}
            for example_id, decision in decisions.decided_in_list(
                self._context.store, self._version.version_id, name, rows, here=True
            ).items()
        }

    def _record(self, reviewer: str, acts: Sequence[Act]) -> Recorded:
        known = [self._known[act.client_key] for act in acts if act.client_key in self._known]
        here = (act for act in known if act.action == "undo" and act.version_id == self._version.version_id)
        returned = [(act.client_key, act.example_id) for act in here]
        refused: list[Refusal] = []
        fresh = [act for act in acts if act.client_key not in self._known]
        if fresh and (why := stopped(self._dataset)):
            refused, fresh = [Refusal(act, f"{why} {NOT_SAVED}") for act in fresh], []
        for is_undo, group in groupby(fresh, key=lambda act: act.action == "undo"):
            if is_undo:
                undone, problems = self._undo(reviewer, list(group))
                returned.extend((decision.client_key, decision.example_id) for decision in undone)
            else:
                problems = self._decide(reviewer, list(group))
            refused.extend(problems)
        return Recorded(tuple(act.client_key for act in acts), tuple(refused), tuple(returned))

    def _decide(self, reviewer: str, acts: list[Act]) -> list[Refusal]:
        labels, target, refused = frozenset(self._dataset.labels), target_of(self._dataset), list[Refusal]()
        for one in acts:
            if one.example_id in self._acted:  # what holds on it now is asked of the ledger
                self._write()
                self._look()
            accepted, problems = [one], list[Refusal]()
            for in_force in self._others(one, reviewer):
                accepted, problems = judge(
                    [one],
                    rows=self._rows,
                    in_force=in_force,
                    labels=labels,
                    target=target,
                    reviewer=reviewer,
                    words=self._words,
                )
                if problems:
                    break
            refused += problems
            for act in accepted:
                assert act.example_id is not None, "judge() lets no decision without a row through"
                settled = settling(act, self._on_label.get(act.example_id))
                decision = as_decision(settled, self._version, reviewer)
                self._unwritten.append(decision)
                self._known[decision.client_key] = decision
                self._acted.add(decision.example_id)
        return refused

    def _others(self, act: Act, reviewer: str) -> list[dict[int, Decision]]:
        """What an act may be in the way of, by the row: what holds in its list and, of a label that is given in another
        list, or a row that is left out there, what somebody else said of the label."""
        row = act.example_id
        if row is None:
            return [{}]
        found = [self._in_list.get((row, act.given_in))]
        label = self._on_label.get(row)
        if label is not None and label.version_id == self._version.version_id and label.reviewer != reviewer:
            found.append(label)
        return [{}, *({row: other} for other in found if other is not None)]

    def _undo(self, reviewer: str, acts: list[Act]) -> tuple[list[Decision], list[Refusal]]:
        """What an undo finds, and what it brings back into force, is asked of the ledger."""
        self._write()
        undone, refused = _undo_all(self._context, self._version.version_id, reviewer, acts)
        self._known |= {decision.client_key: decision for decision in undone}
        self._look()
        return undone, refused

    def _write(self) -> None:
        self._context.ledger.decisions.append(self._unwritten)
        self._unwritten = []


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
    if newest is not None and acts[0].instead_of is not None:
        return [], [Refusal(acts[0], _asked_first(context, version, newest), newest)]
    if newest is not None:
        targets[""] = newest
    taken_back = context.ledger.decisions.taken_back([target.decision_id for target in targets.values()])
    accepted, refused = judge_undos(acts, targets, reviewer, taken_back)
    undone = [_undo(act, target, version, reviewer) for act, target in accepted]
    context.ledger.decisions.append(undone)
    return undone, refused


def _asked_first(context: Context, version: Version, newest: Decision) -> str:
    """Which act a screen would take back that does not know whose it is: several may go by one name."""
    target = target_of(get_dataset(context.store, version.dataset_id))
    with speaking(ENGLISH):  # whoever asks: one thread may write for several
        status = in_words(newest, target, newest.shown.get("given_label"))
    return stored(
        f"Row {newest.example_id} was {status} under your name, {newest.reviewer} ({newest.decided_at:%d %b, %H:%M} "
        "UTC), but not in this tab. Press Undo once more to take that back."
    )


def settling(act: Act, on_label: Decision | None) -> Act:
    """The act with what it settles. What is kept, unsure or asked again in a list that asks about something else than
    the label is about that list alone, and leaves the verdict `on_label` as it is, unless that leaves the row out."""
    excluded = on_label is not None and on_label.action == "exclude"
    every = on_label is not None and not excluded and settles_every(on_label) and act.action != "ask"
    return replace(act, shown={**act.shown, **settles(act.given_in, act.action, excluded, every=every)})


def settles_every(decision: Decision) -> bool:
    """Whether somebody said so in an earlier release, whose verdicts settled every list."""
    return not {SETTLES, ASIDE, BY_CLASS, AFTER_VERDICT} & decision.shown.keys()


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
        note=act.note,
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

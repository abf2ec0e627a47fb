"""Decisions are taken down once, undone, kept apart by reviewer, and made into versions; on a real store."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Action, Decision, IssueFilter, Scan
from core.review.records import Act, Recorded
from core.services.review.decisions import counts, make_version, record, undo
from core.services.review.queue import claim
from core.store.acts import decisions
from core.store.ids import new_id
from tests.pages.issues_data import load, scan


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> Scan:
    return scan(context, tmp_path, load(context, tmp_path))


def act(example_id: int, action: Action = "keep", label: str | None = None, **more: Any) -> Act:
    shown = {"given_label": "business", "suggested_label": "sport"}
    return Act(
        new_id(),
        action,
        example_id,
        label,
        shown,
        undoes_key=more.get("undoes"),
        instead_of=more.get("instead_of"),
    )


def stored(context: Context, scanned: Scan) -> list[Decision]:
    return context.ledger.decisions.page(scanned.dataset_id)


def test_the_same_acts_sent_again_and_again_are_written_once(context: Context, scanned: Scan) -> None:
    acts = [act(row) for row in range(10)]
    for sent in range(1, 11):
        recorded = record(context, scanned.version_id, "ada", acts[:sent])
        assert recorded.acknowledged == tuple(one.client_key for one in acts[:sent])
        assert not recorded.refused
    assert len(stored(context, scanned)) == 10


def test_overlapping_sends_from_several_threads_write_each_decision_once(context: Context, scanned: Scan) -> None:
    acts = [act(row) for row in range(10)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sent: record(context, scanned.version_id, "ada", acts[: sent + 1]), range(10)))
    assert sorted(decision.example_id for decision in stored(context, scanned)) == list(range(10))


def test_a_row_that_another_decided_is_refused_with_their_decision(context: Context, scanned: Scan) -> None:
    record(context, scanned.version_id, "ben", [act(1, "relabel", "tech")])
    recorded = record(context, scanned.version_id, "ada", [act(1), act(2)])
    assert [refused.decision.reviewer for refused in recorded.refused if refused.decision] == ["ben"]
    assert len(recorded.acknowledged) == 2
    assert {one.example_id: one.reviewer for one in stored(context, scanned)} == {1: "ben", 2: "ada"}


def test_two_threads_on_one_row_leave_one_decision(context: Context, scanned: Scan) -> None:
    def decide(reviewer: str) -> int:
        return len(record(context, scanned.version_id, reviewer, [act(3)]).refused)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(decide, [f"reviewer {number}" for number in range(8)])) == 7
    assert len(stored(context, scanned)) == 1


def test_acts_that_wait_for_their_turn_together_are_judged_one_after_the_other_and_all_written(
    context: Context, scanned: Scan
) -> None:
    def decide(who: int) -> Recorded:
        acts = [act(who, instead_of=()), act(30, "exclude", instead_of=())]
        return record(context, scanned.version_id, "reviewer", acts)

    with context.beside.turn(f"record {scanned.version_id}"):
        pool = ThreadPoolExecutor(8)
        waiting = [pool.submit(decide, who) for who in range(8)]
        again = act(9)
        waiting += [pool.submit(record, context, scanned.version_id, "ben", [again]) for _ in range(2)]
        time.sleep(0.2)
    done = [one.result() for one in waiting]
    pool.shutdown()
    refused = [one for each in done for one in each.refused]
    assert len(refused) == 7 and {one.act.example_id for one in refused} == {30}
    (winner,) = {one.decision.client_key for one in refused if one.decision}
    by_row = {one.example_id: one.client_key for one in stored(context, scanned)}
    assert sorted(by_row) == [*range(8), 9, 30] and by_row[30] == winner
    assert len(stored(context, scanned)) == 10


def test_an_undo_among_acts_of_one_moment_brings_back_what_was_before(context: Context, scanned: Scan) -> None:
    first, second = act(4), act(4, "exclude")
    undone = act(4, "undo", undoes=second.client_key)
    third = act(4, "unsure", instead_of=(first.client_key,))
    recorded = record(context, scanned.version_id, "ada", [first, second, undone, third])
    assert not recorded.refused and recorded.returned == ((undone.client_key, 4),)
    assert [one.action for one in decisions.in_force(context.store, scanned.version_id)] == ["unsure"]


def test_undo_brings_the_row_back_and_keeps_both_acts(context: Context, scanned: Scan) -> None:
    decided = act(4, "exclude")
    recorded = record(context, scanned.version_id, "ada", [decided, act(4, "undo", undoes=decided.client_key)])
    assert [row for _, row in recorded.returned] == [4]
    assert not decisions.decision_of(context.store, scanned.version_id, [4])
    assert [one.action for one in stored(context, scanned)] == ["undo", "exclude"]


def test_undo_without_a_target_walks_back_through_ones_own_decisions(context: Context, scanned: Scan) -> None:
    record(context, scanned.version_id, "ada", [act(1), act(2)])
    record(context, scanned.version_id, "ben", [act(3)])
    blind = [Act(new_id(), "undo", None), Act(new_id(), "undo", None), Act(new_id(), "undo", None)]
    recorded = record(context, scanned.version_id, "ada", blind)
    assert [row for _, row in recorded.returned] == [2, 1]
    assert "Nothing to undo" in recorded.refused[0].message
    with pytest.raises(UsageError, match="Nothing to undo"):
        undo(context, scanned.version_id, "ada")


def test_an_undo_on_a_screen_that_names_no_decision_takes_nothing_back_and_says_what_it_would(
    context: Context, scanned: Scan
) -> None:
    elsewhere = act(2, "exclude")
    record(context, scanned.version_id, "root", [act(1), elsewhere])
    (refused,) = record(context, scanned.version_id, "root", [Act(new_id(), "undo", None, instead_of=())]).refused
    assert refused.message.startswith("Row 2 was excluded under your name, root (")
    assert refused.message.endswith("but not in this tab. Press Undo once more to take that back.")
    assert sorted(decisions.decision_of(context.store, scanned.version_id, [1, 2])) == [1, 2]
    assert refused.decision is not None and refused.decision.client_key == elsewhere.client_key
    once_more = Act(new_id(), "undo", None, undoes_key=refused.decision.client_key, instead_of=())
    assert record(context, scanned.version_id, "root", [once_more]).returned == ((once_more.client_key, 2),)
    assert sorted(decisions.decision_of(context.store, scanned.version_id, [1, 2])) == [1]


def test_many_undos_at_once_bring_all_their_rows_back(context: Context, scanned: Scan) -> None:
    acts = [act(row) for row in range(5)]
    record(context, scanned.version_id, "ada", acts)
    undos = [act(one.example_id or 0, "undo", undoes=one.client_key) for one in acts]
    assert sorted(row for _, row in record(context, scanned.version_id, "ada", undos).returned) == [0, 1, 2, 3, 4]
    assert not decisions.in_force(context.store, scanned.version_id)


def test_an_undo_sent_again_undoes_nothing_more(context: Context, scanned: Scan) -> None:
    record(context, scanned.version_id, "ada", [act(1), act(2)])
    again = Act(new_id(), "undo", None)
    for _ in range(3):
        assert record(context, scanned.version_id, "ada", [again]).returned == ((again.client_key, 2),)
    assert decisions.decision_of(context.store, scanned.version_id, [1])


def test_two_reviewers_on_one_queue_never_hold_the_same_row(context: Context, scanned: Scan) -> None:
    everything = IssueFilter()
    ada = claim(context, scanned.version_id, scanned.scan_id, "ada", everything, 5)
    ben = claim(context, scanned.version_id, scanned.scan_id, "ben", everything, 5)
    assert (ada, ben) == ([0, 1, 2, 3, 4], [5, 6, 7, 8, 9])
    record(context, scanned.version_id, "ada", [act(row) for row in ada])
    assert claim(context, scanned.version_id, scanned.scan_id, "ada", everything, 2) == [10, 11]


def test_a_version_has_the_decisions_applied_and_the_old_one_stays(context: Context, scanned: Scan) -> None:
    record(context, scanned.version_id, "ada", [act(0, "relabel", "sport"), act(1, "exclude"), act(2)])
    made = make_version(context, scanned.version_id, "  first pass ", "ada")
    assert (made.number, made.row_count, made.note) == (2, 89, "first pass")
    standing = counts(context, scanned.version_id, scanned.scan_id)
    assert (standing.decided, standing.left, standing.suggestion_taken) == (3, 37, 1)


def test_a_version_without_a_decision_is_refused(context: Context, scanned: Scan) -> None:
    with pytest.raises(UsageError, match="no decision"):
        make_version(context, scanned.version_id, "", "ada")


def test_what_the_store_calls_in_force_is_what_the_acts_say_one_by_one(context: Context, scanned: Scan) -> None:
    chance = random.Random(7)
    said: list[Act] = []
    for _ in range(120):
        undoable = [one for one in said if one.action != "undo"]
        if undoable and chance.random() < 0.3:
            target = chance.choice(undoable)
            said.append(act(target.example_id or 0, "undo", undoes=target.client_key))
        else:
            said.append(act(chance.randrange(6), chance.choice(["keep", "exclude", "unsure"])))
    record(context, scanned.version_id, "ada", said)
    found = {one.example_id: one.client_key for one in decisions.in_force(context.store, scanned.version_id)}
    assert found == _reduced(said)


def _reduced(acts: Sequence[Act]) -> dict[int, str]:
    """In force, by definition: the newest decision of each row that no undo names."""
    undone = {one.undoes_key for one in acts if one.action == "undo"}
    return {
        one.example_id or 0: one.client_key for one in acts if one.action != "undo" and one.client_key not in undone
    }

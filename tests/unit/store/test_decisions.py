from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.errors import UsageError
from core.records import Decision
from core.store.acts.decisions import (
    append,
    count_decisions,
    counts,
    decision_of,
    in_force,
    last_undoable,
    list_decisions,
)
from core.store.database import Database
from core.store.ids import new_id
from core.store.times import now

from .conftest import Load, ScanOf
from .test_versions import decide


def _undo(db: Database, undone: Decision) -> None:
    undo = replace(
        undone, decision_id=new_id(), client_key=new_id(), action="undo", new_label=None, decided_at=now(),
        undoes=undone.decision_id,
    )  # fmt: skip
    append(db, [undo])


def test_a_decision_written_twice_is_one_decision(db: Database, load: Load) -> None:
    dataset = load()
    made = Decision(
        new_id(), "key", dataset.dataset_id, dataset.latest_version_id, 0, "keep", None, "bob", now(), None, {"a": 1}
    )
    assert append(db, [made, replace(made, decision_id=new_id())]) == 1
    assert append(db, [made]) == 0
    assert append(db, []) == 0
    assert list_decisions(db, dataset.dataset_id) == [made]


def test_duplicates_sent_by_many_threads_at_once_are_written_once(db: Database, load: Load) -> None:
    dataset = load()
    made = [
        Decision(new_id(), f"key {row}", dataset.dataset_id, dataset.latest_version_id, row, "keep", None, "bob", now(),
                 None, {})
        for row in range(5)
    ]  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: append(db, made), range(40)))
    assert sum(added) == 5
    assert count_decisions(db, dataset.dataset_id) == 5


def test_a_label_that_the_dataset_does_not_have_is_refused_and_nothing_is_written(db: Database, load: Load) -> None:
    dataset = load()
    with pytest.raises(UsageError, match=r"'positive' \(row 1\) is not a label of this dataset. It has: neg, pos"):
        decide(db, dataset, dataset.latest_version_id, 1, "relabel", "positive")
    assert count_decisions(db, dataset.dataset_id) == 0


def test_the_newest_decision_that_nobody_took_back_is_in_force(db: Database, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    first = decide(db, dataset, version, 0, "relabel", "neg")
    second = decide(db, dataset, version, 0, "exclude")
    assert in_force(db, version) == [second]
    _undo(db, second)
    assert in_force(db, version) == [first]
    _undo(db, first)
    assert in_force(db, version) == []
    third = decide(db, dataset, version, 0, "keep")
    assert decision_of(db, version, [0, 1]) == {0: third}
    assert decision_of(db, version, []) == {}


def test_undo_reaches_back_one_act_of_the_same_reviewer_at_a_time(db: Database, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    first = decide(db, dataset, version, 0, "keep")
    second = decide(db, dataset, version, 1, "unsure")
    assert last_undoable(db, version, "bob") == second
    _undo(db, second)
    assert last_undoable(db, version, "bob") == first
    _undo(db, first)
    assert last_undoable(db, version, "bob") is None
    assert last_undoable(db, version, "ann") is None


def test_all_acts_are_listed_newest_first_and_can_be_narrowed(db: Database, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    kept = decide(db, dataset, version, 0, "keep")
    decide(db, dataset, version, 1, "exclude")
    _undo(db, kept)
    acts = list_decisions(db, dataset.dataset_id)
    assert [act.action for act in acts] == ["undo", "exclude", "keep"]
    assert [act.row_id for act in list_decisions(db, dataset.dataset_id, action="exclude")] == [1]
    assert [act.action for act in list_decisions(db, dataset.dataset_id, row_id=0, limit=1, offset=1)] == ["keep"]
    assert count_decisions(db, dataset.dataset_id, reviewer="bob", version_id=version) == 3
    assert count_decisions(db, dataset.dataset_id, reviewer="ann") == 0


def test_counts_tell_how_far_the_review_is(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    version = dataset.latest_version_id
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 4])
    suggested = replace(decide(db, dataset, version, 2, "unsure"), decision_id=new_id(), client_key="s", row_id=4)
    append(db, [replace(suggested, action="relabel", new_label="pos", shown={"suggested_label": "pos"})])
    decide(db, dataset, version, 1, "keep")
    found = counts(db, version, tier.scan_id)
    assert (found.flagged, found.decided, found.left) == (3, 3, 1)
    assert (found.relabelled, found.excluded, found.kept, found.unsure, found.suggestion_taken) == (1, 0, 1, 1, 1)
    assert counts(db, version, None).flagged == 0

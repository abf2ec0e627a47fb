"""Which decisions count, and how far a review is."""

from __future__ import annotations

from dataclasses import replace

from core.ledger.sqlite import SqliteLedger
from core.records import Decision
from core.store.acts.decisions import (
    counts,
    decision_of,
    in_force,
)
from core.store.database import Database
from core.store.ids import new_id
from core.store.times import now

from .conftest import Load, ScanOf
from .test_versions import decide


def _undo(ledger: SqliteLedger, undone: Decision) -> None:
    undo = replace(
        undone, decision_id=new_id(), client_key=new_id(), action="undo", new_label=None, decided_at=now(),
        undoes=undone.decision_id,
    )  # fmt: skip
    ledger.decisions.append([undo])


def test_the_newest_decision_that_nobody_took_back_is_in_force(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    first = decide(ledger, dataset, version, 0, "relabel", "neg")
    second = decide(ledger, dataset, version, 0, "exclude")
    assert in_force(db, version) == [second]
    _undo(ledger, second)
    assert in_force(db, version) == [first]
    _undo(ledger, first)
    assert in_force(db, version) == []
    third = decide(ledger, dataset, version, 0, "keep")
    assert decision_of(db, version, [0, 1]) == {0: third}
    assert decision_of(db, version, []) == {}


def test_counts_tell_how_far_the_review_is(db: Database, ledger: SqliteLedger, load: Load, scan: ScanOf) -> None:
    dataset = load()
    version = dataset.latest_version_id
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 4])
    suggested = replace(
        decide(ledger, dataset, version, 2, "unsure"), decision_id=new_id(), client_key="s", example_id=4
    )
    ledger.decisions.append([replace(suggested, action="relabel", new_label="pos", shown={"suggested_label": "pos"})])
    decide(ledger, dataset, version, 1, "keep")
    found = counts(db, version, tier.scan_id)
    assert (found.flagged, found.decided, found.left) == (3, 3, 1)
    assert (found.relabelled, found.excluded, found.kept, found.unsure, found.suggestion_taken) == (1, 0, 1, 1, 1)
    assert counts(db, version, None).flagged == 0

"""The order of acts and versions is that of writing, whatever the clock says and however acts arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from core.context import Context
from core.ledger.sqlite import SqliteLedger
from core.queue import JobFolder, ProgressWriter, Stopped
from core.queue.progress import read_progress
from core.records import Action, Decision, IssueFilter, Scan
from core.review.records import Act
from core.services.review import decisions as review
from core.services.review import queue
from core.services.review.log import log, version_list
from core.store import scans, versions
from core.store.acts.decisions import in_force
from core.store.acts.in_force import in_force_at_sql
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import labels_of
from core.store.times import now
from core.store.versions import get_version
from tests.pages.issues_data import load, scan

ACTIONS: tuple[Action, ...] = ("keep", "relabel", "exclude", "unsure", "undo")


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> Scan:
    return scan(context, tmp_path, load(context, tmp_path))


@pytest.fixture
def _backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that steps back an hour whenever it is read."""
    moments = (now() - timedelta(hours=hour) for hour in range(1_000_000))

    class Backwards(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return next(moments)

    monkeypatch.setattr(review, "datetime", Backwards)
    for module in (versions, scans):
        monkeypatch.setattr(module, "now", lambda: next(moments))


@pytest.mark.usefixtures("_backwards")
def test_a_clock_that_steps_back_changes_no_order(context: Context, scanned: Scan) -> None:
    first = scanned.version_id
    review.record(context, first, "ada", [Act(new_id(), "relabel", 0, "tech")])
    review.record(context, first, "ada", [Act(new_id(), "exclude", 0)])
    review.record(context, first, "ada", [Act(new_id(), "keep", 1)])
    assert [(act.example_id, act.action) for act in in_force(context.store, first)] == [(0, "exclude"), (1, "keep")]
    assert [line.decision.action for line in log(context, scanned.dataset_id, limit=9).lines] == [
        "keep",
        "exclude",
        "relabel",
    ]
    assert review.undo(context, first, "ada").example_id == 1
    assert review.undo(context, first, "ada").example_id == 0
    assert [act.action for act in in_force(context.store, first)] == ["relabel"]

    second = review.make_version(context, first, "", "ada")
    review.record(context, second.version_id, "ada", [Act(new_id(), "relabel", 0, "sport")])
    review.record(context, second.version_id, "ada", [Act(new_id(), "relabel", 0, "business")])
    third = review.make_version(context, second.version_id, "", "ada")
    assert [version.number for version in version_list(context, scanned.dataset_id)] == [3, 2, 1]
    assert get_dataset(context.store, scanned.dataset_id).latest_version_id == third.version_id
    assert (second.acts_up_to, third.acts_up_to) == (5, 7)
    assert labels_of(context.store, second.version_id, [0]) == {0: "tech"}
    assert labels_of(context.store, third.version_id, [0]) == {0: "business"}
    assert third.created_at < second.created_at < get_version(context.store, first).created_at


@pytest.mark.usefixtures("_backwards")
def test_the_newest_scan_is_the_one_that_came_last(context: Context, scanned: Scan, tmp_path: Path) -> None:
    dataset = get_dataset(context.store, scanned.dataset_id)
    again = scan(context, tmp_path, dataset, job_id="20250101-000000-scan-abc123")
    assert again.created_at < scanned.created_at
    assert scans.latest_scan(context.store, scanned.version_id) == again


def test_a_lease_lasts_as_long_as_it_should_when_the_clock_steps_back(
    context: Context, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claimed(session: str, n: int, after: float = 0) -> list[int]:
        version, scan_id = scanned.version_id, scanned.scan_id
        return queue.claim(context, version, scan_id, session, IssueFilter(), n, monotonic() + after)

    held = queue.claim(context, scanned.version_id, scanned.scan_id, "one", IssueFilter(), 3)
    an_hour_ago = time() - 3600
    monkeypatch.setattr("time.time", lambda: an_hour_ago)
    assert claimed("two", 3, after=queue.LEASE_SECONDS - 5) != held
    assert claimed("three", 3, after=queue.LEASE_SECONDS + 5) == held


def test_a_run_says_how_far_it_is_and_hears_a_stop_when_the_clock_steps_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = JobFolder(tmp_path).create()
    progress = ProgressWriter(folder, raises_stopped=True)
    progress.update("learning", 1, 100)
    an_hour_ago = time() - 3600
    monkeypatch.setattr("time.time", lambda: an_hour_ago)
    sleep(0.3)
    progress.update("learning", 2, 100)
    assert read_progress(folder).done == 2
    folder.request_stop()
    sleep(0.3)
    with pytest.raises(Stopped):
        progress.update("learning", 3, 100)


def _acts(chance: random.Random, dataset_id: str, version_id: str) -> Iterator[Decision]:
    """Acts of two reviewers on five rows, at times in no order; an undo takes back any act before it, even twice."""
    made: list[Decision] = []
    for _ in range(chance.randrange(1, 60)):
        action = chance.choice(ACTIONS)
        undone = chance.choice(made) if made and action == "undo" else None
        if action == "undo" and undone is None:
            continue
        act = Decision(
            decision_id=new_id(),
            client_key=new_id(),
            dataset_id=dataset_id,
            version_id=version_id,
            example_id=undone.example_id if undone else chance.randrange(5),
            action=action,
            new_label=chance.choice(("sport", "tech")) if action == "relabel" else None,
            reviewer=chance.choice(("ada", "ben")),
            decided_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(100)),
            scan_id=None,
            shown={},
            undoes=undone.decision_id if undone else None,
        )
        if action != "undo":
            made.append(act)
        yield act


def _expected(acts: list[Decision]) -> dict[int, str]:
    """The ids of the acts in force by row, worked out one act after the other."""
    undone = {act.undoes for act in acts if act.action == "undo"}
    return {act.example_id: act.decision_id for act in acts if act.action != "undo" and act.decision_id not in undone}


@pytest.mark.parametrize("seed", range(12))
def test_any_interleaving_of_acts_replayed_gives_the_same_state_at_every_act(
    context: Context, scanned: Scan, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    sent: list[Decision] = []
    for act in _acts(chance, scanned.dataset_id, scanned.version_id):
        resent = chance.sample(sent, min(len(sent), 3))
        context.ledger.decisions.append([*resent, act])
        sent.append(act)
        if chance.random() < 0.2:
            assert _state(context.store, scanned.version_id) == _expected(sent)
    assert _state(context.store, scanned.version_id) == _expected(sent)

    replayed = SqliteLedger(tmp_path / "replayed.sqlite")
    for act in context.ledger.decisions.page(scanned.dataset_id, limit=1_000)[::-1]:
        replayed.decisions.append([act])
    other = Database.open(tmp_path / "other.duckdb", replayed.decisions)
    assert _state(other, scanned.version_id) == _expected(sent)
    for seq in range(len(sent) + 1):
        rows = other.fetch(f"SELECT example_id, decision_id FROM {in_force_at_sql(scanned.version_id, seq)}")
        assert dict(rows) == _expected(sent[:seq]), seq
    other.close()
    replayed.close()


def _state(db: Database, version_id: str) -> dict[int, str]:
    return {act.example_id: act.decision_id for act in in_force(db, version_id)}

"""Claims: a row is on one screen at a time, and comes free again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from core.records import IssueFilter
from core.store.acts.claims import claim, release, release_all
from core.store.database import Database
from core.store.schema import migrate
from core.store.times import now

from .conftest import Load, ScanOf
from .test_versions import decide


def test_two_sessions_never_hold_the_same_row(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    version = dataset.latest_version_id
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 2, 3])
    moment = now()

    def take(session: str, n: int, at: float = 0) -> list[int]:
        when = moment + timedelta(seconds=at)
        return claim(db, version, tier.scan_id, session, IssueFilter(), n, now=when, seconds=60)

    assert take("ann", 2) == [0, 1]
    assert take("bob", 2) == [2, 3]
    assert take("cem", 2) == []
    assert take("ann", 2, at=30) == [0, 1]
    assert take("cem", 9, at=70) == [2, 3]
    release(db, version, "ann", [0])
    assert take("dan", 9, at=70) == [0]
    decide(db, dataset, version, 0, "keep")
    assert take("dan", 9, at=71) == []


def test_many_sessions_at_once_share_the_rows_out(db: Database, load: Load, scan: ScanOf) -> None:
    text = "text,label\n" + "".join(f"text {row},{'xy'[row % 2]}\n" for row in range(200))
    dataset = load(text)
    tier = scan(dataset, [0, 1] * 100, [1, 0] * 100, range(200))
    with ThreadPoolExecutor(8) as pool:
        held = list(
            pool.map(
                lambda who: claim(
                    db, dataset.latest_version_id, tier.scan_id, f"r{who}", IssueFilter(), 10, now=now(), seconds=60
                ),
                range(16),
            )
        )
    rows = [row for each in held for row in each]
    assert len(rows) == len(set(rows)) == 160


def test_a_session_that_is_over_holds_nothing_on(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], range(5))

    def take(session: str, n: int) -> list[int]:
        return claim(db, dataset.latest_version_id, tier.scan_id, session, IssueFilter(), n, now=now(), seconds=60)

    assert (take("ann", 3), take("bob", 1)) == ([0, 1, 2], [3])
    release_all(db, "ann")
    assert take("cem", 9) == [0, 1, 2, 4]


def test_claims_of_a_process_that_is_gone_are_free_in_the_next(
    db: Database, load: Load, scan: ScanOf, tmp_path: Path
) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], range(5))
    claim(db, dataset.latest_version_id, tier.scan_id, "ann", IssueFilter(), 3, now=now(), seconds=60)
    migrate(db, tmp_path / "backups")
    assert db.fetch("SELECT * FROM claims") == []


def test_a_queue_is_as_long_as_was_chosen(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0])
    chosen = IssueFilter(worst=4)
    assert claim(db, dataset.latest_version_id, tier.scan_id, "ann", chosen, 9, now=now(), seconds=60) == [0, 1, 2, 3]

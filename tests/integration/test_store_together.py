"""Reviewers, readers, a load and a backup at the same time on one store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from core.ledger.sqlite import SqliteLedger
from core.modalities.contract import Derived
from core.records import Dataset, Decision, Reader, RowFilter, Schema
from core.store.acts.decisions import in_force
from core.store.backup import backup
from core.store.database import Database
from core.store.datasets import list_datasets
from core.store.ids import new_id
from core.store.ingest.derive import derive
from core.store.ingest.ingest import ingest
from core.store.rows import count_rows, page_rows
from core.store.schema import migrate
from core.store.times import now
from tests.staged import staged

LENGTH = Derived("length", "length", "number", "length(text)")


def _load(db: Database, name: str, rows: int) -> Dataset:
    reader = Reader(f"(SELECT 'text ' || i AS text, i % 2 AS label FROM range({rows}) t(i))")
    schema = Schema("text", "text", "label")
    return ingest(
        db, staged(reader, schema), schema, name=name, source="csv", licence="", by="ann",
        on_progress=lambda done, total: None, stopped=lambda: False,
    )  # fmt: skip


def test_nothing_is_lost_or_mixed_while_everybody_works_at_once(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    db = Database.open(tmp_path / "winnow.duckdb", ledger.decisions)
    migrate(db)
    dataset = _load(db, "first", 5000)
    version, done = dataset.latest_version_id, Event()

    def review(reviewer: int) -> int:
        made = 0
        for row in range(40):
            key = f"{reviewer} {row}"
            decision = Decision(
                new_id(), key, dataset.dataset_id, version, row, "keep", None, str(reviewer), now(), None, {}
            )
            made += ledger.decisions.append([decision])
        return made

    def read(start: int) -> int:
        pages = 0
        while not done.is_set():
            page = page_rows(db, version, RowFilter(), 20, start)
            assert [row.example_id for row in page] == list(range(start, start + 20))
            assert [row.text for row in page] == [f"text {row}" for row in range(start, start + 20)]
            pages += 1
        return pages

    with ThreadPoolExecutor(10) as pool:
        readers = [pool.submit(read, start) for start in (0, 2000, 4980)]
        reviewers = [pool.submit(review, reviewer) for reviewer in range(4)]
        loads = [pool.submit(_load, db, name, 150_000) for name in ("second", "third")]
        derived = pool.submit(derive, db, dataset.dataset_id, [LENGTH], lambda done, total: None, lambda: False)
        try:
            copy = tmp_path / "backups" / "copy.duckdb"
            pool.submit(backup, db, copy).result()
            made = [future.result() for future in reviewers]
            loaded = [future.result() for future in loads]
            derived.result()
        finally:
            done.set()  # or the readers would never end
        assert all(future.result() > 0 for future in readers)
    assert made == [40] * 4
    assert ledger.decisions.count(dataset.dataset_id) == len(in_force(db, version)) * 4 == 160
    assert [count_rows(db, each.latest_version_id, RowFilter(label="1")) for each in loaded] == [75_000] * 2
    db.close()
    opened = Database.open(copy)
    migrate(opened)
    assert "first" in [each.name for each in list_datasets(opened)]
    opened.close()

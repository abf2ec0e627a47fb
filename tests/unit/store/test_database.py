from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.records import Version
from core.store.backup import backup
from core.store.database import Database
from core.store.schema import MIGRATIONS, migrate

from .conftest import Load


def test_a_write_that_fails_leaves_nothing_behind_and_the_lock_free(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as cursor:
        cursor.execute("INSERT INTO datasets (name) VALUES ('lost')")
        raise ZeroDivisionError
    assert db.fetch("SELECT * FROM datasets") == []
    with db.write() as cursor:
        cursor.execute("INSERT INTO datasets (name) VALUES ('kept')")
    assert db.fetch("SELECT name FROM datasets") == [("kept",)]


def test_records_are_filled_by_the_names_of_columns_whatever_their_order(db: Database) -> None:
    columns = """'made' AS note, 3 AS row_count, 'f' AS fingerprint, 1 AS number, 'load' AS kind, NULL AS parent_id,
                 'd' AS dataset_id, 'ann' AS created_by, TIMESTAMP '2026-05-01 12:30' AS created_at"""
    (found,) = db.records(Version, f"SELECT {columns}, 'v' AS version_id")
    assert found == Version("v", "d", 1, None, "load", "made", "f", 3, datetime(2026, 5, 1, 12, 30, tzinfo=UTC), "ann")
    with pytest.raises(TypeError, match="version_id"):
        db.records(Version, f"SELECT {columns}")


def test_reads_of_many_threads_never_mix(db: Database) -> None:
    def read(number: int) -> bool:
        return db.fetch("SELECT ?, sum(i) FROM range(?) t(i)", [number, number]) == [
            (number, number * (number - 1) // 2 if number else None)
        ]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(400)))


def test_updates_of_one_row_by_many_threads_all_count(db: Database) -> None:
    with db.write() as cursor:
        cursor.execute("CREATE TABLE counter AS SELECT 0 AS n")

    def count(_: int) -> None:
        with db.write() as cursor:
            cursor.execute("UPDATE counter SET n = n + 1")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(200)))
    assert db.fetch("SELECT n FROM counter") == [(200,)]


def test_migrating_twice_changes_nothing(db: Database, load: Load, tmp_path: Path) -> None:
    load()
    migrate(db)
    assert db.fetch_one("SELECT max(version) FROM schema_version") == (len(MIGRATIONS),)
    assert db.fetch("SELECT name FROM datasets") == [("reviews",)]


def test_a_file_of_a_newer_winnow_is_refused_and_left_as_it_is(db: Database, load: Load, tmp_path: Path) -> None:
    load()
    newer = len(MIGRATIONS) + 1
    with db.write() as cursor:
        cursor.execute("INSERT INTO schema_version VALUES (?)", [newer])
        cursor.execute("INSERT INTO datasets (dataset_id, name, state) VALUES ('0', 'half', 'loading')")
    with pytest.raises(StoreError, match=rf"newer Winnow: its file has schema version {newer}.* Update Winnow"):
        migrate(db)
    assert db.fetch("SELECT count(*) FROM datasets") == [(2,)]


def test_a_file_of_the_first_schema_keeps_its_rows_and_gets_what_came_later(tmp_path: Path) -> None:
    old = Database.open(tmp_path / "winnow.duckdb")
    with old.write() as cursor:
        cursor.execute("CREATE TABLE schema_version (version INTEGER)")
        cursor.execute("INSERT INTO schema_version VALUES (1)")
        for statement in MIGRATIONS[0]:
            cursor.execute(statement)
        cursor.execute("INSERT INTO claims VALUES ('v', 1, 'ann', '2030-01-01')")
        cursor.execute("INSERT INTO datasets (dataset_id, name, state) VALUES ('d', 'kept', 'ready')")
    migrate(old)
    assert old.fetch("SELECT name FROM datasets") == [("kept",)]
    assert all(old.fetch(f"SELECT * FROM {table}") == [] for table in ("runs", "metrics", "predictions", "effects"))
    old.close()


def test_a_file_of_the_first_schema_that_has_some_of_what_came_later_opens_too(tmp_path: Path) -> None:
    old = Database.open(tmp_path / "winnow.duckdb")
    with old.write() as cursor:
        cursor.execute("CREATE TABLE schema_version (version INTEGER)")
        cursor.execute("INSERT INTO schema_version VALUES (1)")
        for statement in (*MIGRATIONS[0], MIGRATIONS[1][2]):
            cursor.execute(statement)
        cursor.execute("INSERT INTO runs (run_id, number) VALUES ('r', 1)")
    migrate(old)
    assert old.fetch("SELECT run_id FROM runs") == [("r",)]
    old.close()


def test_tasks_of_release_0_1_get_the_names_that_they_have_now(tmp_path: Path) -> None:
    old = Database.open(tmp_path / "winnow.duckdb")
    migrate(old)
    with old.write() as cursor:
        cursor.execute("DELETE FROM schema_version WHERE version > 3")
        for name, task in (("news", "text"), ("digits", "image"), ("later", "text-classification")):
            cursor.execute("INSERT INTO datasets (name, task, state) VALUES (?, ?, 'ready')", [name, task])
    migrate(old)
    assert dict(old.fetch("SELECT name, task FROM datasets")) == {
        "news": "text-classification",
        "digits": "image-classification",
        "later": "text-classification",
    }
    old.close()


def test_what_an_unfinished_load_left_is_gone_after_the_next_start(db: Database, load: Load, tmp_path: Path) -> None:
    kept = load()
    with db.write() as cursor:
        cursor.execute("CREATE TABLE examples_00000000000000000000000000000000 AS SELECT 1 AS x")
        cursor.execute(f"CREATE TABLE examples_{kept.dataset_id}_derived AS SELECT 1 AS x")
        cursor.execute("INSERT INTO datasets (dataset_id, name, state) VALUES ('0', 'half', 'loading')")
    migrate(db)
    tables = db.fetch("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'examples%'")
    assert tables == [(f"examples_{kept.dataset_id}",)]
    assert db.fetch("SELECT name FROM datasets") == [("reviews",)]


def test_a_load_of_a_process_that_lives_is_left_alone_at_opening(db: Database, load: Load, tmp_path: Path) -> None:
    kept = load()
    with db.write() as cursor:
        cursor.execute("UPDATE datasets SET state = 'loading'")
    migrate(db)
    assert db.fetch("SELECT dataset_id FROM datasets") == [(kept.dataset_id,)]
    with db.write() as cursor:
        cursor.execute("UPDATE datasets SET owner = '1' || owner")
    migrate(db)
    assert db.fetch("SELECT dataset_id FROM datasets") == []


def test_a_backup_opens_by_itself_and_holds_what_was_written_last(db: Database, load: Load, tmp_path: Path) -> None:
    load()
    with db.cursor() as reading:
        reading.execute("BEGIN")
        reading.execute("CREATE TABLE half_done AS SELECT 1 AS x")
        with db.write() as cursor:
            cursor.execute("INSERT INTO datasets (name, row_count) VALUES ('late', 1)")
        copy = tmp_path / "backups" / "copy.duckdb"
        backup(db, copy)
        reading.execute("ROLLBACK")
    opened = Database.open(copy)
    assert opened.fetch("SELECT name, row_count FROM datasets ORDER BY name") == [("late", 1), ("reviews", 5)]
    assert opened.fetch("SELECT table_name FROM information_schema.tables WHERE table_name = 'half_done'") == []
    opened.close()


def test_what_is_remembered_is_read_again_after_each_write_and_after_a_write_that_failed(db: Database) -> None:
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return len(asked)

    assert [db.remembered("key", read), db.remembered("key", read), db.remembered("other", read)] == [1, 1, 2]
    with db.write() as cursor:
        cursor.execute("INSERT INTO datasets (name, row_count) VALUES ('late', 1)")
    assert [db.remembered("key", read), db.remembered("key", read)] == [3, 3]
    with suppress(ZeroDivisionError), db.write():
        raise ZeroDivisionError
    assert db.remembered("key", read) == 4


def test_what_was_read_while_somebody_wrote_is_not_remembered(db: Database) -> None:
    def read_slowly() -> str:
        with db.write() as cursor:
            cursor.execute("INSERT INTO datasets (name, row_count) VALUES ('late', 1)")
        return "from before"

    assert db.remembered("key", read_slowly) == "from before"
    assert db.remembered("key", lambda: "from after") == "from after"


def test_what_is_remembered_stays_bounded(db: Database) -> None:
    for number in range(3000):
        db.remembered(number, lambda number=number: number)  # type: ignore[misc]
    assert len(db._known) <= 1024
    assert db.remembered(2999, lambda: -1) == 2999


def test_what_a_killed_process_had_spilled_is_removed(tmp_path: Path) -> None:
    spilled = tmp_path / "winnow.duckdb.tmp" / "duckdb_temp_storage-0.tmp"
    spilled.parent.mkdir()
    spilled.write_bytes(b"x")
    opened = Database.open(tmp_path / "winnow.duckdb")
    migrate(opened)
    opened.close()
    assert not spilled.exists()


def test_ids_of_release_0_1_get_a_name_that_a_lake_allows_and_a_sources_own_makes_room(tmp_path: Path) -> None:
    old = Database.open(tmp_path / "winnow.duckdb")
    dataset = "d" * 32
    attributes = [
        {"name": "Example_ID", "column": "Example_ID", "kind": "number", "derived": False},
        {"name": "example_id_source", "column": "example_id_source", "kind": "number", "derived": False},
    ]
    with old.write() as cursor:
        cursor.execute("CREATE TABLE schema_version (version INTEGER)")
        cursor.execute("INSERT INTO schema_version VALUES (1), (2), (3), (4)")
        for steps in MIGRATIONS[:4]:
            for statement in steps:
                cursor.execute(statement)  # type: ignore[arg-type]
        cursor.execute(
            "INSERT INTO datasets (dataset_id, name, state, attributes) VALUES (?, 'kept', 'ready', ?)",
            [dataset, json.dumps(attributes)],
        )
        cursor.execute(
            f'CREATE TABLE examples_{dataset} AS SELECT i AS row_id, 7 AS "Example_ID", 8 AS example_id_source'
            " FROM range(2) t(i)"
        )
        cursor.execute("INSERT INTO issues (scan_id, row_id) VALUES ('s', 1)")
        cursor.execute(f"CREATE TABLE examples_{dataset}_derived AS SELECT * FROM examples_{dataset}")
    migrate(old)
    assert old.fetch(f"SELECT example_id, example_id_source_source, example_id_source FROM examples_{dataset}") == [
        (0, 7, 8),
        (1, 7, 8),
    ]
    (kept,) = old.fetch_one("SELECT attributes FROM datasets") or ("",)
    assert [one["column"] for one in json.loads(kept)] == ["example_id_source_source", "example_id_source"]
    assert old.fetch("SELECT example_id FROM issues") == [(1,)]
    assert old.fetch("SELECT 1 FROM duckdb_columns() WHERE column_name = 'row_id'") == []
    old.close()

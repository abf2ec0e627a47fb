"""Queries that try more than a query may: each is refused, or stopped within its limits, and nothing has changed."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset, Version
from core.services.sql.ask import ask
from core.store.versions import get_version


@pytest.fixture
def newest(context: Context, news: Dataset) -> Version:
    return get_version(context.store, news.latest_version_id)


ATTACKS = [
    # Files and addresses.
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd', sep=':')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_parquet('*.parquet')",
    "SELECT * FROM parquet_scan('/tmp/*.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM read_json('/etc/hosts')",
    "SELECT * FROM read_ndjson_objects('/etc/hosts')",
    "SELECT * FROM read_duckdb('{workspace}')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/**')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/hosts.csv"',
    "FROM 'https://example.org/a.parquet'",
    "FROM '{workspace}'",
    "SELECT content FROM \"read_text\"('/etc/passwd')",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM rows",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
    "SELECT * FROM rows WHERE text IN (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM rows, LATERAL (SELECT * FROM read_text('/etc/passwd'))",
    "SELECT * FROM rows UNION ALL SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM rows ORDER BY (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT 1 LIMIT (SELECT size FROM read_text('/etc/passwd'))",
    "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('/etc/passwd')))",
    "COPY rows TO '{out}'",
    "COPY (SELECT 1) TO '{out}' (FORMAT parquet)",
    "COPY rows FROM '/etc/passwd'",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '/tmp'",
    # Other databases, extensions, settings.
    "ATTACH '{workspace}' AS w",
    "ATTACH ':memory:' AS m",
    "ATTACH 'ledger.sqlite' (TYPE sqlite)",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD fts",
    "FORCE INSTALL 'x' FROM 'http://example.org'",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "SET VARIABLE x = 1",
    "PRAGMA database_list",
    "PRAGMA threads = 64",
    "CREATE SECRET s (TYPE s3)",
    "CALL pragma_version()",
    "CALL duckdb_settings()",
    # Writes.
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE OR REPLACE VIEW rows AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "CREATE SCHEMA s",
    "CREATE TYPE t AS ENUM ('a')",
    "CREATE INDEX i ON rows (label)",
    "DROP VIEW rows",
    "ALTER TABLE rows ADD COLUMN x INT",
    "INSERT INTO rows VALUES (1)",
    "UPDATE rows SET label = 'x'",
    "DELETE FROM rows",
    "TRUNCATE rows",
    "MERGE INTO rows USING rows r2 ON true WHEN MATCHED THEN DELETE",
    "WITH x AS (DELETE FROM rows RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO rows SELECT * FROM rows RETURNING *) SELECT * FROM x",
    "WITH x AS (UPDATE rows SET label = 'x' RETURNING *) SELECT * FROM x",
    "SELECT 1 INTO t",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "VACUUM",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "ANALYZE",
    "COMMENT ON TABLE rows IS 'x'",
    # Several at once, and what is hidden.
    "SELECT 1; DROP VIEW rows",
    "SELECT 1; SELECT 2",
    "SELECT 1; /* x */ ATTACH ':memory:' AS m",
    "/* SELECT */ ATTACH ':memory:' AS m -- SELECT",
    "SELECT 1 --\n; CREATE TABLE t (i INT)",
    "SELECT 1) ; DROP VIEW rows; --",
    "SELECT 1) x, (SELECT content FROM read_text('/etc/passwd')",
    "ＳＥＬＥＣＴ * FROM read_text('/etc/passwd')",
    "SELECT\u00a0*\u00a0FROM\u00a0read_text('/etc/passwd')",
    "SELECT * FROM ReAd_TeXt('/etc/passwd')",
    "SELECT * FROM main.read_text('/etc/passwd')",
    "SELECT * FROM system.main.read_text('/etc/passwd')",
    "SELECT '\u0000'; ATTACH ':memory:' AS m",
    "SELECT $1",
    "EXPLAIN ANALYZE DELETE FROM rows",
    "EXPLAIN SELECT * FROM rows",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE p",
    "SHOW ALL TABLES",
    "FROM (SHOW ALL TABLES)",
    "SHOW TABLES",
    "SHOW DATABASES",
    "SHOW VARIABLES",
    "WITH a AS (FROM (SHOW TABLES)) FROM a",
    "SUMMARIZE '/etc/passwd'",
    "SUMMARIZE main.rows",
    "SUMMARIZE duckdb_tables",
    "SUMMARIZE SELECT * FROM read_text('/etc/passwd')",
    "DESCRIBE SELECT * FROM duckdb_secrets()",
    "FROM (DESCRIBE information_schema.tables)",
    "FROM (SUMMARIZE '{workspace}')",
    "PIVOT rows ON label USING count(*)",
    "PIVOT (FROM read_text('/etc/passwd')) ON content IN ('a') USING count(*)",
    "PIVOT rows ON label IN ('x') USING any_value(getenv('HOME'))",
    "UNPIVOT (FROM duckdb_settings()) ON name, value INTO NAME n VALUE v",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('duckdb_settings')",
    "SELECT * FROM query_table(['rows'])",
    "SELECT * FROM json_execute_serialized_sql('{{}}')",
    "PRAGMA json_execute_serialized_sql('{{}}')",
    "SELECT json_serialize_sql('SELECT 1')",
    # What the engine knows of itself, of the machine, and of others.
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_functions()",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM pg_class",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_storage_info('rows')",
    "SELECT * FROM which_secret('a', 's3')",
    "SELECT current_setting('temp_directory')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT current_query()",
    "SELECT current_database()",
    "SELECT version()",
    "SELECT pg_sleep(100)",
    "SELECT sleep_ms(100000)",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    "SELECT txid_current()",
    "SELECT * FROM test_all_types()",
    "SELECT * FROM seq_scan('rows')",
    "SELECT * FROM pandas_scan(0)",
    "SELECT * FROM arrow_scan(0, 0, 0)",
    "SELECT * FROM python_map_function()",
    "SELECT * FROM request",
    "SELECT * FROM engine",
    "SELECT * FROM acts.decisions",
    "SELECT * FROM winnow.datasets",
    "SELECT * FROM datasets",
    "SELECT * FROM versions",
    "SELECT * FROM examples_{dataset}",
    'SELECT * FROM "of rows".main.copy',
    'SELECT * FROM "of rows".copy',
    "SELECT * FROM memory.main.rows",
    # Names that the query makes, where they do not hold.
    "WITH a AS (SELECT * FROM duckdb_tables), duckdb_tables AS (SELECT 1) SELECT * FROM a",
    "SELECT * FROM (WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables), duckdb_tables",
    "WITH RECURSIVE duckdb_tables AS (SELECT * FROM duckdb_tables UNION ALL SELECT * FROM duckdb_tables) "
    "SELECT * FROM duckdb_tables",
    "WITH read_text AS (SELECT 1) SELECT * FROM read_text('/etc/passwd')",
    "WITH acts AS (SELECT 1) SELECT * FROM acts.decisions",
    # Too long a text, before it is one.
    "SELECT repeat('x', 4000000000)",
    "SELECT * FROM repeat('x', 4000000000)",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT rpad('x', 2000000000, 'y')",
    "SELECT list_resize([1], 4000000000)",
    "SELECT bitstring('1', 4000000000)",
]


def _state(context: Context) -> dict[str, str]:
    """What lies in the workspace, but for copies for queries."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(context.workspace.root.rglob("*"))
        if path.is_file() and path.parent != context.workspace.queries and path.suffix not in (".wal", ".shm")
    }


def test_every_attack_is_refused(context: Context, news: Dataset, newest: Version, tmp_path: Path) -> None:
    ask(context, news, newest, "SELECT * FROM rows, decisions, issues, predictions")
    before, out = _state(context), tmp_path / "written"
    copies = sorted(path.name for path in context.workspace.queries.iterdir())
    passed = []
    for attack in ATTACKS:
        sql = attack.format(workspace=context.workspace.database, out=out, dataset=news.dataset_id)
        try:
            passed.append((sql, ask(context, news, newest, sql)))
        except UsageError as error:
            assert str(context.workspace.root) not in error.message.replace(sql, "") or "view" in error.message
            assert "process down" not in error.message
    assert not passed
    assert len(ATTACKS) > 150
    assert not out.exists()
    assert _state(context) == before
    assert sorted(path.name for path in context.workspace.queries.iterdir()) == copies
    assert context.store.healthy


BOMBS = [
    "SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 1",
    "SELECT count(*) FROM rows a, rows b, rows c, rows d, rows e, rows f, rows g WHERE a.text > b.text || c.text",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "WITH RECURSIVE n(s) AS (SELECT 'xxxxxxxxxxxxxxxx' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n",
    "SELECT string_agg(a.text || b.text || c.text || d.text || e.text, '') FROM rows a, rows b, rows c, rows d, rows e",
    "SELECT list(r) FROM range(1000000000) t(r)",
    "SELECT len(range(4000000000))",
    "SELECT format('{:>2000000000}', 'x')",
    "SELECT i, count(*) FROM range(1000000000) t(i) GROUP BY i",
    "SELECT regexp_replace(string_agg(i::VARCHAR, ''), '(.*)(.*)(.*)(.*)x', 'y') FROM range(30000000) t(i)",
    "SELECT " + "NOT " * 4_500 + "true",
    "SELECT " + " + ".join(["1"] * 4_000),
    "SELECT factorial(20)::HUGEINT ** 1000, levenshtein(a, a) FROM (SELECT string_agg(i::VARCHAR, '') a "
    "FROM range(200000) t(i))",
]


def _own_bytes(pid: int) -> int:
    resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return (resident - shared) * 4096


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:60])
def test_a_bomb_ends_within_the_limits(context: Context, news: Dataset, newest: Version, bomb: str) -> None:
    """It answers, or is stopped with a word to whoever asked; the app takes no memory for it, and goes on."""
    before, began = _own_bytes(os.getpid()), time.monotonic()
    with pytest.raises(UsageError) as error:
        ask(context, news, newest, bomb, seconds=1.0)
    assert error.value.hint
    assert time.monotonic() - began < 40
    assert _own_bytes(os.getpid()) - before < 100 * 1024**2
    assert ask(context, news, newest, "SELECT count(*) FROM rows").rows == ((40,),)

"""Queries over the views of a version: what they give, and what becomes of those that try more."""

from __future__ import annotations

import json
import os
import time
from datetime import date

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, Version
from core.review.records import Act
from core.services.lists.asked import row_filter
from core.services.lists.written import write_filters
from core.services.review.decisions import make_version, record
from core.services.sql.ask import ask, columns, row_ids
from core.services.sql.saved import query_named, save_query
from core.services.views import save_view
from core.store.datasets import get_dataset
from core.store.query.copies import forget_copies
from core.store.query.functions import FUNCTIONS, TABLE_FUNCTIONS
from core.store.rows import ids_of
from core.store.versions import get_version


@pytest.fixture
def newest(context: Context, news: Dataset) -> Version:
    return get_version(context.store, news.latest_version_id)


def test_a_query_reads_the_rows_of_the_version(context: Context, news: Dataset, newest: Version) -> None:
    found = ask(context, news, newest, "SELECT label, count(*) AS n FROM rows GROUP BY label ORDER BY label; -- all")
    assert found.rows == (("x", 21), ("y", 19))
    assert [(one.name, one.kind) for one in found.columns] == [("label", "words"), ("n", "number")]
    assert [one.name for one in columns(context, news, newest)] == [
        "rows",
        "issues",
        "predictions",
        "decisions",
        "tags",
    ]
    assert ("uid", "VARCHAR") in columns(context, news, newest)[0].columns


def test_more_rows_than_are_shown_are_counted(context: Context, news: Dataset, newest: Version) -> None:
    found = ask(context, news, newest, "SELECT example_id FROM rows ORDER BY example_id DESC", rows=3)
    assert ([row[0] for row in found.rows], found.total) == ([39, 38, 37], 40)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("'a6b4b0a0-0c1e-4b7a-9d6e-1f2e3d4c5b6a'::UUID", "a6b4b0a0-0c1e-4b7a-9d6e-1f2e3d4c5b6a"),
        ("INTERVAL 3 DAY", "3 days"),
        ("INTERVAL 1 MONTH", "1 month"),
        ("12345678901234567890.12::DECIMAL(38, 2)", "12345678901234567890.12"),
        ("0.000000000012345678901234567890::DECIMAL(38, 30)", "0.000000000012345678901234567890"),
        ("1.50::DECIMAL(10, 2)", 1.5),
        ("DATE 'infinity'", "infinity"),
        ("TIMESTAMP '-infinity'", "-infinity"),
        ("DATE '9999-12-31'", date(9999, 12, 31)),
        ("9007199254740993", "9007199254740993"),
    ],
)
def test_a_value_is_shown_as_it_is(context: Context, news: Dataset, newest: Version, value: str, shown: object) -> None:
    found = ask(context, news, newest, f"SELECT {value} AS a, example_id AS a FROM rows ORDER BY example_id", rows=2)
    assert (found.rows, found.total) == (((shown, 0), (shown, 1)), 40)
    assert found.names == ["a", "a_2"]


def test_a_query_that_waits_for_a_processor_ends_too(
    context: Context, news: Dataset, newest: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    monkeypatch.setattr("core.reading.query._Query.most_seconds", 1.0)
    monkeypatch.setattr("core.reading.limits.waited", lambda pid: min(5.0, time.monotonic() - began))
    with pytest.raises(UsageError, match="stopped after 1 s: it waited for a processor"):
        ask(context, news, newest, "SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 1", seconds=2.0)


def test_a_filter_of_many_queries_keeps_its_files(
    context: Context, news: Dataset, newest: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.query.copies.KEPT_IDS", 2)
    asked = [f"example_id = {row}" for row in range(5)]
    assert filtered(context, news, f"sql = {json.dumps(asked)}") == [0, 1, 2, 3, 4]
    files = list(context.workspace.queries.glob("*.ids.*"))
    for file in files:
        os.utime(file, (1, 1))
    assert filtered(context, news, "sql = example_id = 3") == [3]
    assert filtered(context, news, "sql = example_id = 6") == [6]
    kept = list(context.workspace.queries.glob("*.ids.*"))
    assert len(files) == 5 and len(kept) == 2 and len(set(kept) & set(files)) == 1, "what was used last stays"


def test_a_result_with_row_ids_names_rows(context: Context, news: Dataset, newest: Version) -> None:
    ids, reads = row_ids(
        context, news, newest, "SELECT author, example_id FROM rows WHERE author = 'author 1' ORDER BY 2"
    )
    assert (sorted(ids.tolist()), reads) == ([1, 9, 17, 25, 33, 39], ("rows",))
    with pytest.raises(UsageError, match="no column 'example_id'"):
        row_ids(context, news, newest, "SELECT author FROM rows")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT lable FROM rows", 'DuckDB says: Referenced column "lable" not found'),
        ("SELEC 1", "cannot be read: syntax error"),
        ("SELECT text::int FROM rows", "Could not convert string"),
        ("SELECT * FROM row", "There is no view 'row'"),
        ("  ", "no query yet"),
        ("SELECT label BETWEEN SYMMETRIC 'x' AND 'y' FROM rows", "DuckDB cannot read a part of the query"),
        ("SELECT " + "+".join(["1"] * 400), "nested too deeply: 250 levels"),
        ("SELECT " + "[" * 2_000 + "1" + "]" * 2_000, "nested too deeply: 250 levels"),
        ("SELECT '" + "x" * 20_000 + "'", "20,009 characters"),
    ],
)
def test_what_is_wrong_is_said(context: Context, news: Dataset, newest: Version, sql: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        ask(context, news, newest, sql)
    assert error.value.hint
    assert "copy" not in error.value.message and "SET max" not in str(error.value)
    assert str(context.workspace.root) not in str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM rows SELECT author, label LIMIT 2",
        "WITH a AS (SELECT * FROM rows), b AS (FROM a) SELECT count(*) FROM b JOIN a USING (example_id)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
        "SELECT row_number() OVER (PARTITION BY label ORDER BY example_id) AS place FROM rows QUALIFY place = 1",
        "SELECT DISTINCT ON (label) * EXCLUDE (text) FROM rows ORDER BY label",
        "SELECT list_transform(string_split(text, ' '), lambda w: upper(w)) FROM rows LIMIT 1",
        "SELECT date_trunc('day', TIMESTAMP '2026-01-01 10:00'), INTERVAL 3 DAY, current_date FROM rows LIMIT 1",
        "SELECT (SELECT max(example_id) FROM rows) - example_id FROM rows UNION ALL VALUES (1)",
        "SELECT count(*) FILTER (WHERE label = 'x'), median(length(text)), count(DISTINCT author) FROM rows",
        "SELECT unnest(range(3)), 'Ä' COLLATE NOCASE, text SIMILAR TO '.*1', text ILIKE '%1%' FROM rows LIMIT 1",
        "SELECT r.label, d.action, i.score, p.confidence FROM rows r LEFT JOIN decisions d USING (example_id) "
        "LEFT JOIN issues i USING (example_id) LEFT JOIN predictions p USING (example_id) "
        "LEFT JOIN tags t USING (example_id)",
        "SELECT {'a': 1, 'b': [label]} AS s, COLUMNS('aut.*') FROM rows TABLESAMPLE 10 ROWS",
        "SUMMARIZE rows",
        "SUMMARIZE WITH a AS (FROM rows) SELECT label FROM a",
        "SELECT column_name, null_percentage FROM (SUMMARIZE SELECT * FROM rows) WHERE null_percentage > 10",
        "DESCRIBE rows",
        "PIVOT rows ON label IN ('x', 'y') USING count(*)",
        "FROM (PIVOT (SELECT author, label FROM rows) ON label IN ('x', 'y') USING count(*) GROUP BY author) LIMIT 3",
        "UNPIVOT (SELECT example_id, length(text) AS chars, 1 AS one FROM rows) ON chars, one INTO NAME what VALUE n",
        "SELECT label FROM rows GROUP BY ROLLUP (label) HAVING count(*) > 1 ORDER BY ALL",
    ],
)
def test_what_a_query_may_say(context: Context, news: Dataset, newest: Version, sql: str) -> None:
    assert ask(context, news, newest, sql).columns


def test_what_is_summarised_is_told_and_a_pivot_without_values_says_what_it_needs(
    context: Context, news: Dataset, newest: Version
) -> None:
    told = {row[0]: row for row in ask(context, news, newest, "SUMMARIZE SELECT example_id, label FROM rows").rows}
    assert set(told) == {"example_id", "label"} and told["example_id"][2] == "0"
    counted = ask(context, news, newest, "PIVOT (SELECT label FROM rows) ON label IN ('x', 'y') USING count(*)")
    assert [one.name for one in counted.columns] == ["x", "y"]
    with pytest.raises(UsageError) as error:
        ask(context, news, newest, "PIVOT rows ON label USING count(*)")
    assert "PIVOT needs the values" in error.value.hint


def test_what_may_be_called_is_known_and_reads_nothing(context: Context) -> None:
    """The list names functions that there are, but for what DuckDB writes as operators, and no table function."""
    kinds_of = "SELECT lower(function_name), list(DISTINCT function_type) FROM duckdb_functions() GROUP BY 1"
    known = dict(context.store.fetch(kinds_of))
    assert FUNCTIONS - known.keys() <= {"coalesce", "if", "ifnull", "count_if", "unnest"} | {
        name for name in FUNCTIONS if not name[0].isalpha()
    }
    tables = {name for name, kinds in known.items() if set(kinds) <= {"table", "table_macro", "pragma"}}
    assert tables & FUNCTIONS <= {"unnest"}
    assert len(TABLE_FUNCTIONS) == 3


def test_copies_are_kept_for_the_last_two_and_go_with_the_dataset(
    context: Context, news: Dataset, newest: Version
) -> None:
    ask(context, news, newest, "SELECT count(*) FROM rows, issues")
    folder = context.workspace.queries
    [kept] = folder.glob(f"{news.dataset_id}.rows.*")
    kept.write_bytes(b"no database")
    assert ask(context, news, newest, "SELECT count(*) FROM rows").rows == ((40,),), "a damaged copy is made again"
    kept.unlink()
    assert ask(context, news, newest, "SELECT count(*) FROM rows").rows == ((40,),)
    assert len(list(folder.iterdir())) == 2
    forget_copies(folder, news.dataset_id)
    assert list(folder.iterdir()) == []


def filtered(context: Context, news: Dataset, *texts: str) -> list[int]:
    where = row_filter(news, {"where": write_filters(texts)})
    return sorted(ids_of(context.store, news.latest_version_id, where).tolist())


def test_a_query_is_a_filter_of_every_list(context: Context, news: Dataset, newest: Version) -> None:
    assert filtered(context, news, "sql = SELECT unnest([2, 3]) AS example_id") == [2, 3]
    assert filtered(context, news, "sql = author = 'author 1' AND label = 'y' -- both") == [1, 9, 17, 25, 33]
    assert filtered(context, news, "sql != author = 'author 1'", "label = x") == list(range(0, 39, 2))
    save_query(context, news, "of one", "SELECT * FROM rows WHERE author = 'author 1'", "ann")
    assert filtered(context, news, "sql = of one") == [1, 9, 17, 25, 33, 39]
    assert filtered(context, news, 'sql = ["of one", "example_id = 0"]') == [0, 1, 9, 17, 25, 33, 39]
    with pytest.raises(NotFoundError, match=r"no saved query 'of two'.*There are: 'of one'"):
        filtered(context, news, "sql = of two")
    with pytest.raises(UsageError, match="not said"):
        filtered(context, news, "sql present")
    with pytest.raises(UsageError, match=r"'of one'.*no column 'example_id'"):
        save_query(context, news, "of one", "SELECT author FROM rows", "ann")
        filtered(context, news, "sql = of one")
    with pytest.raises(UsageError, match="one SELECT"):
        filtered(context, news, "sql = true; DROP VIEW rows")


def test_a_filter_follows_what_its_query_reads(context: Context, news: Dataset, newest: Version) -> None:
    decided = "sql = SELECT example_id FROM decisions WHERE action = 'exclude'"
    assert filtered(context, news, decided) == []
    record(context, newest.version_id, "ann", [Act("k1", "exclude", 7)])
    assert filtered(context, news, decided) == [7]
    assert filtered(context, news, "sql = example_id = 7") == [7]
    later = make_version(context, newest.version_id, "", "ann")
    corrected = get_dataset(context.store, news.dataset_id)
    assert filtered(context, corrected, "sql = example_id < 9") == [0, 1, 2, 3, 4, 5, 6, 8]
    assert later.row_count == 39


def test_a_saved_query_has_a_name_of_its_own(context: Context, news: Dataset) -> None:
    save_query(context, news, " short  ones ", "SELECT 1 ", "ann")
    assert query_named(context, news, "short ones") == "SELECT 1"
    with pytest.raises(NotFoundError, match="no query 'long ones'"):
        query_named(context, news, "long ones")
    save_view(context, news, "a list", "data", {}, "ann")
    with pytest.raises(UsageError, match="view of a list named 'a list'"):
        save_query(context, news, "a list", "SELECT 1", "ann")

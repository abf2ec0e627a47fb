"""`sql`: queries on the command line."""

from __future__ import annotations

from tests.integration.cli_support import Run

COUNTS = "SELECT label, count(*) AS n FROM rows GROUP BY label ORDER BY label"


def test_a_query_is_answered_as_a_table_as_csv_and_as_json(run: Run) -> None:
    run("load", "bbc-planted", "--name", "news")
    asked = run("sql", "news", COUNTS, "--json")
    assert [one["label"] for one in asked.json["rows"]] == ["business", "entertainment", "politics", "sports", "tech"]
    first = asked.json["rows"][0]
    assert run("sql", "news", COUNTS, "--csv").out.splitlines()[:2] == ["label,n", f"business,{first['n']}"]
    assert run("sql", "news@1", COUNTS, "--rows", "2", "--save", "classes").out.endswith(
        "3 more rows; --rows shows more, up to 100,000.\n"
    )
    assert run("sql", "news", "--saved", "classes", "--json").json["total"] == 5
    assert "classes" in run("views", "news").out
    assert run("sql", "news", "--json").json["rows"]["example_id"] == "BIGINT"


def test_what_may_not_be_asked_is_said(run: Run) -> None:
    run("load", "bbc-planted", "--name", "news")
    refused = run("sql", "news", "SELECT * FROM read_text('/etc/passwd')")
    assert refused.code != 0 and "may not call 'read_text'" in refused.err and "root" not in refused.out
    assert "no query 'x'" in run("sql", "news", "--saved", "x").err
    assert "Give one of them" in run("sql", "news", "SELECT 1", "--saved", "x").err

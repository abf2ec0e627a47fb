"""`tag` and `tags` on the command line: a tag on all rows of a filter, taken off, taken back, listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.services.context import open_context
from core.settings import workspace
from tests.integration.cli_support import Run
from tests.pages.issues_data import load, scan


@pytest.fixture
def news(run: Run, tmp_path: Path) -> None:
    """A scanned dataset in the workspace that `run` works on."""
    context = open_context(workspace(tmp_path / "workspace"))
    scan(context, tmp_path, load(context, tmp_path))
    context.close()


def test_a_tag_is_put_on_a_filter_taken_off_some_and_taken_back(run: Run, news: None) -> None:
    asked = ("tag", "news", "to ask", "--label", "sport", "--reviewer", "ada")
    would = run(*asked, "--dry-run", "--json").json
    assert (would["act"], would["rows"]) == (None, would["matching"])
    assert "No row of news has a tag yet" in run("tags", "news").out
    put = run(*asked, "--json").json
    assert put["rows"] == would["rows"]
    again = run(*asked)
    assert again.code == 2 and "Each of these rows has the tag already" in again.err
    off = run("tag", "news", "TO ASK", "--off", "--label", "sport", "--split", "test", "--json").json
    assert off["tag"] == "to ask" and 0 < off["rows"] < put["rows"]
    left = run("tags", "news", "--json").json["tags"]
    assert left == [{"tag": "to ask", "rows": put["rows"] - off["rows"]}]
    refused = run("tag", "news", "--undo", put["act"], "--reviewer", "bob")
    assert refused.code == 2 and "only they can undo it" in refused.err
    assert run("tag", "news", "--undo", put["act"], "--reviewer", "ada", "--json").json["rows"] == put["rows"]
    assert "taken back already" in run("tag", "news", "--undo", put["act"], "--reviewer", "ada").err
    assert run("tags", "news", "--json").json["tags"] == []
    acts = run("tags", "news", "--acts", "--json").json["acts"]
    assert [(one["act_id"], one["puts"], bool(one["undone_by"])) for one in acts] == [
        (off["act"], False, False),
        (put["act"], True, True),
    ]
    told = run("tags", "news", "--acts", "--top", "1").out
    assert off["act"] in told and put["act"] not in told and "label sport · split test" in told


def test_rows_are_tagged_by_their_numbers_and_by_a_scan(run: Run, news: None) -> None:
    assert run("tag", "news", "odd", "--rows", "3, 17,3", "--json").json["rows"] == 2
    flagged = run("tag", "news", "odd", "--flagged", "--given", "business", "--json").json
    assert flagged["matching"] == 14
    assert "“odd” would be taken off" in run("tag", "news", "odd", "--off", "--all", "--dry-run").out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("odd",), "No option says which rows"),
        (("a, b", "--all"), "is no tag"),
        ((" ", "--all"), "is no tag"),
        (("odd", "--rows", "3,x"), "'x' is no row"),
        (("odd", "--rows", "3", "--label", "sport"), "--rows says which rows already"),
        ((), "Nothing says which tag"),
        (("--undo", "nothing"), "No act on tags has the id"),
    ],
)
def test_what_makes_no_sense_says_why_and_changes_nothing(
    run: Run, news: None, asked: tuple[str, ...], said: str
) -> None:
    told = run("tag", "news", *asked)
    assert told.code != 0 and said in told.err
    assert run("tags", "news", "--json").json["tags"] == []

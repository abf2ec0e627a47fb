"""`decide --act` on the command line: one thing done to every row that a filter keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.services.context import open_context
from core.settings import workspace
from tests import crops
from tests.integration.cli_support import Run
from tests.pages.issues_data import load, scan


@pytest.fixture
def news(run: Run, tmp_path: Path) -> None:
    """A scanned dataset in the workspace that `run` works on."""
    context = open_context(workspace(tmp_path / "workspace"))
    scan(context, tmp_path, load(context, tmp_path))
    context.close()


def test_a_dry_run_says_what_would_change_and_changes_nothing(run: Run, news: None) -> None:
    asked = ("decide", "news", "--act", "suggestion", "--given", "business", "--reviewer", "ada", "--dry-run")
    found = run(*asked, "--json").json
    assert found["changes"] == [{"from": "business", "to": "sport", "rows": 14}]
    assert (found["matching"], found["rows"], found["act"]) == (14, 14, None)
    assert "14 rows of 14 of news would be changed to what is suggested.\n  business → sport: 14" in run(*asked).out
    assert run(*asked, "--json").json["rows"] == 14


def test_an_act_on_a_filter_is_done_and_taken_back_by_its_id(run: Run, news: None) -> None:
    asked = ("decide", "news", "--act", "relabel", "--to", "tech", "--label", "sport", "--split", "test")
    done = run(*asked, "--reviewer", "ada", "--json").json
    assert (done["written"], done["changes"]) == (6, [{"from": "sport", "to": "tech", "rows": 6}])
    again = run(*asked, "--reviewer", "ada", "--json")
    assert again.code != 0
    assert "No row would be changed" in again.err
    by_another = run("decide", "news", "--undo", done["act"], "--reviewer", "bob")
    assert "only they can undo it" in by_another.err
    back = run("decide", "news", "--undo", done["act"], "--reviewer", "ada", "--json").json
    assert (back["written"], back["undoes"]) == (6, done["act"])
    assert run(*asked, "--reviewer", "ada", "--json").json["written"] == 6


def test_rows_are_never_all_taken_by_leaving_options_out(run: Run, news: None) -> None:
    refused = run("decide", "news", "--act", "exclude", "--reviewer", "ada")
    assert refused.code != 0
    assert "No option says which rows" in refused.err
    assert run("decide", "news", "--act", "exclude", "--all", "--reviewer", "ada", "--json").json["written"] == 90
    both = run("decide", "news", "--act", "keep", "--keep-one", "--reviewer", "ada")
    assert "Give one of" in both.err


def test_a_class_is_added_to_the_labels_of_a_filter(run: Run, tmp_path: Path) -> None:
    context = open_context(workspace(tmp_path / "workspace"))
    crops.scan(context, tmp_path, crops.load(context, tmp_path))
    context.close()
    asked = ("decide", "crops", "--act", "add", "--to", "zinc", "--label", "corn", "--reviewer", "ada", "--dry-run")
    assert "corn, grain → corn, grain, zinc" in run(*asked).out
